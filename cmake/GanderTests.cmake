# SPDX-License-Identifier: MIT
# The unit tests (one binary for src, one for cli), the bigger tests under tests/ and the examples.

include(CTest)
find_package(GTest REQUIRED)
include(GoogleTest)

# What a test is compiled with. The compiler spends longer on optimizing GoogleTest's macros than any
# test runs: without, all tests build in about half the time. What is tested is optimized.
function(gander_test_options target)
  gander_compile_options(${target})
  if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
    target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O0>)
  endif()
endfunction()

file(GLOB gander_support_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/support/*.cc)
add_library(gander_test_support STATIC ${gander_support_SOURCES})
target_link_libraries(gander_test_support PUBLIC gander_internal ${gander_dependencies} GTest::gmock)
gander_test_options(gander_test_support)
gander_precompile_headers(gander_test_support <gmock/gmock.h> <gtest/gtest.h>)

# A target with the options of a test shares what is compiled for their support.
function(gander_reuse_test_headers target)
  if(PROJECT_IS_TOP_LEVEL)
    target_precompile_headers(${target} REUSE_FROM gander_test_support)
  endif()
endfunction()

# gander_unit_tests(NAME SOURCES... ): one GoogleTest binary, each test of it known to ctest.
function(gander_unit_tests name)
  add_executable(${name} ${ARGN} $<TARGET_OBJECTS:gander_objects>)
  target_link_libraries(${name} PRIVATE gander_test_support gander_internal ${gander_dependencies} GTest::gmock
                                        GTest::gmock_main)
  gander_test_options(${name})
  gander_reuse_test_headers(${name})
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST NO_PRETTY_VALUES PROPERTIES TIMEOUT 120)
endfunction()

if(gander_library_TESTS)
  gander_unit_tests(gander_tests ${gander_library_TESTS})
endif()
if(GANDER_BUILD_CLI AND gander_cli_TESTS)
  gander_unit_tests(gander_cli_tests ${gander_cli_TESTS} $<TARGET_OBJECTS:gander_cli_objects>)
  target_link_libraries(gander_cli_tests PRIVATE nlohmann_json::nlohmann_json ${CMAKE_DL_LIBS})
  # options_test.cc looks for the setters of the C interface by name.
  target_link_options(gander_cli_tests PRIVATE -rdynamic)
endif()
if(EXISTS ${PROJECT_SOURCE_DIR}/tests/CMakeLists.txt)
  add_subdirectory(tests)
endif()
if(EXISTS ${PROJECT_SOURCE_DIR}/examples/CMakeLists.txt)
  add_subdirectory(examples)
endif()
