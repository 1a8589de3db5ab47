# SPDX-License-Identifier: MIT
# The program gander, left at the top of the build tree; gander_cli_objects is all of it but main().

if(NOT GANDER_BUNDLE)
  find_package(nlohmann_json 3.11 REQUIRED)
  find_package(tomlplusplus REQUIRED)
endif()

# Links `archive` if there is one, and else what `imported` stands for.
function(gander_prefer_static target imported archive)
  find_library(GANDER_${archive} ${archive})
  mark_as_advanced(GANDER_${archive})
  if(GANDER_${archive})
    target_link_libraries(${target} INTERFACE ${GANDER_${archive}})
  else()
    target_link_libraries(${target} INTERFACE ${imported})
  endif()
endfunction()

# The same for fmt, whose archive is made here: see fmt_static.cc.
function(gander_prefer_static_fmt target)
  if(NOT DEFINED GANDER_FMT_STATIC)
    get_target_property(include_dirs fmt::fmt INTERFACE_INCLUDE_DIRECTORIES)
    try_compile(
      GANDER_FMT_STATIC ${PROJECT_BINARY_DIR}/fmt_static SOURCES
      ${PROJECT_SOURCE_DIR}/cmake/fmt_static.cc ${PROJECT_SOURCE_DIR}/cmake/fmt_static_probe.cc
      CMAKE_FLAGS "-DINCLUDE_DIRECTORIES=${include_dirs}"
      CXX_STANDARD 20)
  endif()
  if(GANDER_FMT_STATIC)
    add_library(gander_fmt_static STATIC ${PROJECT_SOURCE_DIR}/cmake/fmt_static.cc)
    target_compile_features(gander_fmt_static PUBLIC cxx_std_20)
    target_compile_options(gander_fmt_static PRIVATE -ffunction-sections -fdata-sections)
    target_include_directories(
      gander_fmt_static SYSTEM
      PUBLIC $<TARGET_PROPERTY:fmt::fmt,INTERFACE_INCLUDE_DIRECTORIES>)
    target_link_libraries(${target} INTERFACE gander_fmt_static)
  else()
    target_link_libraries(${target} INTERFACE fmt::fmt)
  endif()
endfunction()

gander_sources(gander_cli cli)
set(gander_main ${PROJECT_SOURCE_DIR}/cli/main.cc)
list(REMOVE_ITEM gander_cli_SOURCES ${gander_main})

if(gander_cli_SOURCES)
  add_library(gander_cli_objects OBJECT ${gander_cli_SOURCES})
  target_link_libraries(
    gander_cli_objects PRIVATE gander_internal nlohmann_json::nlohmann_json
                               tomlplusplus::tomlplusplus ${gander_dependencies})
  gander_compile_options(gander_cli_objects)
  gander_precompile_headers(gander_cli_objects)
endif()

# Start-up time is mostly the loading of shared libraries, so the program takes the static ones
# where the system has them. It never links a shared libgander: an exception that crosses from one
# libstdc++ into another cannot be caught.
add_library(gander_program_dependencies INTERFACE)
if(GANDER_BUNDLE)
  target_link_libraries(gander_program_dependencies INTERFACE ${gander_dependencies})
  target_link_options(gander_program_dependencies INTERFACE -Wl,--gc-sections
                      $<$<BOOL:${GANDER_STATIC_EXECUTABLE}>:-static>)
elseif(GANDER_STATIC_PROGRAM AND CMAKE_BUILD_TYPE MATCHES "^(Release|MinSizeRel|RelWithDebInfo)$")
  gander_prefer_static(gander_program_dependencies SQLite::SQLite3 libsqlite3.a)
  gander_prefer_static_fmt(gander_program_dependencies)
  # libsqlite3.a uses libm for its mathematical functions.
  target_link_libraries(gander_program_dependencies INTERFACE m Threads::Threads ${CMAKE_DL_LIBS})
  if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang" AND NOT APPLE)
    # -no-pie: relocating the tables of SQLite and the vtables touches fifteen pages at every start,
    # a tenth of the time of a `gander up` that has nothing to do.
    target_link_options(gander_program_dependencies INTERFACE -static-libstdc++ -static-libgcc
                        -Wl,--gc-sections -no-pie)
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
    gander_program PRIVATE gander_internal nlohmann_json::nlohmann_json
                           gander_program_dependencies)
  gander_compile_options(gander_program)
endif()
