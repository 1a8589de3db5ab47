# SPDX-License-Identifier: MIT
# The program gander, left at the top of the build tree; gander_cli_objects is all of it but main().

find_package(CLI11 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(tomlplusplus REQUIRED)

gander_sources(gander_cli cli)
set(gander_main ${PROJECT_SOURCE_DIR}/cli/main.cc)
list(REMOVE_ITEM gander_cli_SOURCES ${gander_main})

if(gander_cli_SOURCES)
  add_library(gander_cli_objects OBJECT ${gander_cli_SOURCES})
  target_link_libraries(
    gander_cli_objects PRIVATE gander_internal CLI11::CLI11 nlohmann_json::nlohmann_json
                               tomlplusplus::tomlplusplus ${gander_dependencies})
  gander_compile_options(gander_cli_objects)
endif()

# Start-up time is mostly the loading of shared libraries, so the program takes the static ones
# where the system has them. It never links a shared libgander: an exception that crosses from one
# libstdc++ into another cannot be caught.
add_library(gander_program_dependencies INTERFACE)
if(GANDER_STATIC_PROGRAM AND CMAKE_BUILD_TYPE MATCHES "^(Release|MinSizeRel|RelWithDebInfo)$")
  find_library(GANDER_STATIC_SQLITE3 libsqlite3.a)
  find_library(GANDER_STATIC_CRYPTO libcrypto.a)
  mark_as_advanced(GANDER_STATIC_SQLITE3 GANDER_STATIC_CRYPTO)
  foreach(pair "GANDER_STATIC_SQLITE3;SQLite::SQLite3" "GANDER_STATIC_CRYPTO;OpenSSL::Crypto")
    list(GET pair 0 archive)
    list(GET pair 1 target)
    if(${archive})
      target_link_libraries(gander_program_dependencies INTERFACE ${${archive}})
    else()
      target_link_libraries(gander_program_dependencies INTERFACE ${target})
    endif()
  endforeach()
  # libsqlite3.a needs libm when it has the mathematical functions, and libz for its archives.
  target_link_libraries(gander_program_dependencies INTERFACE fmt::fmt m Threads::Threads
                                                              ${CMAKE_DL_LIBS})
  if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang" AND NOT APPLE)
    target_link_options(gander_program_dependencies INTERFACE -static-libstdc++ -static-libgcc
                        -Wl,--gc-sections)
  endif()
else()
  target_link_libraries(gander_program_dependencies INTERFACE ${gander_dependencies})
endif()

if(EXISTS ${gander_main})
  add_executable(gander_program ${gander_main} $<TARGET_OBJECTS:gander_cli_objects>
                                $<TARGET_OBJECTS:gander_objects>)
  set_target_properties(gander_program PROPERTIES OUTPUT_NAME gander RUNTIME_OUTPUT_DIRECTORY
                                                                     ${PROJECT_BINARY_DIR})
  target_link_libraries(
    gander_program PRIVATE gander_internal CLI11::CLI11 nlohmann_json::nlohmann_json
                           tomlplusplus::tomlplusplus gander_program_dependencies)
  gander_compile_options(gander_program)
endif()
