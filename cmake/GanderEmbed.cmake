# SPDX-License-Identifier: MIT
# gander_embed(TARGET NAME name DIR dir [NAMESPACE ns] [DRIVER sqlite|postgres])
#
# Compiles every *.sql file of DIR into TARGET, byte for byte. The target can then
#
#   #include "name.h"
#   gander::MigrationRunner runner{gander::open("sqlite:app.db"), ns::name()};
#
# The files are checked as `gander validate` does whenever one of them changes, appears or goes
# away; a malformed file or a duplicate version fails the build. DRIVER says whose SQL they are in,
# sqlite unless given. TARGET must be made in the directory that calls this, and must link
# gander::gander itself.
#
# When cross compiling, set GANDER_EMBED_EXECUTABLE to the gander-embed of the building machine.

function(gander_embed target)
  cmake_parse_arguments(PARSE_ARGV 1 embed "" "NAME;DIR;NAMESPACE;DRIVER" "")
  if(embed_UNPARSED_ARGUMENTS OR NOT embed_NAME OR NOT embed_DIR)
    message(FATAL_ERROR "usage: gander_embed(TARGET NAME name DIR dir [NAMESPACE ns] "
                        "[DRIVER sqlite|postgres])")
  endif()
  if(NOT embed_NAME MATCHES "^[A-Za-z_][A-Za-z0-9_]*$")
    message(FATAL_ERROR "gander_embed: NAME ${embed_NAME} is not a C++ identifier")
  endif()
  if(NOT embed_DRIVER)
    set(embed_DRIVER sqlite)
  endif()
  get_target_property(target_dir ${target} SOURCE_DIR)
  if(NOT target_dir STREQUAL CMAKE_CURRENT_SOURCE_DIR)
    message(FATAL_ERROR "gander_embed: call it in ${target_dir}, where ${target} is made")
  endif()
  cmake_path(ABSOLUTE_PATH embed_DIR NORMALIZE OUTPUT_VARIABLE dir)
  if(NOT IS_DIRECTORY "${dir}")
    message(FATAL_ERROR "gander_embed: there is no directory ${dir}")
  endif()

  gander_embed_find_tool(tool)
  set(output_dir "${CMAKE_CURRENT_BINARY_DIR}/gander_embed")
  set(source ${output_dir}/${embed_NAME}.cc)
  gander_embed_write_header("${output_dir}/${embed_NAME}.h" ${embed_NAME} "${embed_NAMESPACE}")

  # The list of names is written to a file that the command depends on, so that a file that goes
  # away is noticed too.
  file(GLOB files CONFIGURE_DEPENDS "${dir}/*.sql")
  set(list ${output_dir}/${embed_NAME}.list)
  file(CONFIGURE OUTPUT "${list}" CONTENT "${files}\n" @ONLY)

  set(namespace_arguments)
  if(embed_NAMESPACE)
    set(namespace_arguments --namespace ${embed_NAMESPACE})
  endif()
  add_custom_command(
    OUTPUT "${source}"
    COMMAND ${tool} --dir "${dir}" --driver ${embed_DRIVER} --function ${embed_NAME}
            ${namespace_arguments} --output "${source}"
    DEPENDS ${files} "${list}" ${tool}
    COMMENT "Checking and embedding ${dir}"
    VERBATIM)
  target_sources(${target} PRIVATE "${source}")
  target_include_directories(${target} PRIVATE "${output_dir}")
endfunction()

# The tool to run: the one told, the one of this build or package, or one on the PATH.
function(gander_embed_find_tool result)
  if(NOT GANDER_EMBED_EXECUTABLE AND TARGET gander::embed_tool AND NOT CMAKE_CROSSCOMPILING)
    set(${result} gander::embed_tool PARENT_SCOPE)
    return()
  endif()
  find_program(GANDER_EMBED_EXECUTABLE gander-embed)
  if(NOT GANDER_EMBED_EXECUTABLE)
    message(FATAL_ERROR "gander_embed: set GANDER_EMBED_EXECUTABLE to a gander-embed that runs on "
                        "this machine")
  endif()
  set(${result} ${GANDER_EMBED_EXECUTABLE} PARENT_SCOPE)
endfunction()

function(gander_embed_write_header path name namespace)
  set(declaration "gander::Source ${name}();")
  if(namespace)
    set(declaration "namespace ${namespace} {\n${declaration}\n}")
  endif()
  file(
    CONFIGURE
    OUTPUT "${path}"
    CONTENT "// Written by gander_embed().
#pragma once

#include \"gander/source.h\"

${declaration}
"
    @ONLY)
endfunction()
