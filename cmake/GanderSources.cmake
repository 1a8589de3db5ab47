# SPDX-License-Identifier: MIT
# gander_sources(PREFIX DIR): sets PREFIX_SOURCES and PREFIX_TESTS from the files under DIR, and
# gander_compile_options(TARGET): what every target of this project is compiled with, and
# gander_precompile_headers(TARGET HEADERS...): what most of its files include.

function(gander_sources prefix dir)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${dir}/*.cc)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  set(${prefix}_SOURCES ${sources} PARENT_SCOPE)
  set(${prefix}_TESTS ${tests} PARENT_SCOPE)
endfunction()

function(gander_compile_options target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(
    ${target}
    PROPERTIES CXX_EXTENSIONS OFF
               CXX_VISIBILITY_PRESET hidden
               VISIBILITY_INLINES_HIDDEN ON)
  # One section for each function, so that the linker can leave out what a program does not call.
  if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
    target_compile_options(${target} PRIVATE -ffunction-sections -fdata-sections)
  endif()
  if(GANDER_WERROR)
    target_compile_options(
      ${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                        -Werror)
    # libstdc++ 12's own stable_sort calls a function that it has deprecated, which clang 19 reports
    # as the caller's fault. g++ goes on looking for deprecated calls of ours.
    if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
      target_compile_options(${target} PRIVATE -Wno-deprecated-declarations)
    endif()
  endif()
endfunction()

# Reading the standard library is a third of the time that a file takes to compile: once a target is
# enough. Files include what they use nevertheless: the presets for developers do without this.
function(gander_precompile_headers target)
  if(PROJECT_IS_TOP_LEVEL)
    target_precompile_headers(
      ${target}
      PRIVATE
      <algorithm>
      <array>
      <chrono>
      <cstdint>
      <functional>
      <map>
      <memory>
      <optional>
      <set>
      <span>
      <string>
      <string_view>
      <utility>
      <vector>
      ${ARGN})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # ccache keeps what is made with them only so; see "Precompiled headers" in its manual.
      target_compile_options(${target} PRIVATE -fpch-preprocess)
      # g++ 12 takes strings that are put together for overlapping (GCC bug 105651), and with these
      # no longer sees that it looks at the library's own code. Other compilers go on looking.
      if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
        target_compile_options(${target} PRIVATE -Wno-array-bounds -Wno-restrict
                                                 -Wno-stringop-overflow -Wno-stringop-overread)
      endif()
    endif()
  endif()
endfunction()
