# SPDX-License-Identifier: MIT
# gander::gander, and gander_objects: the same code for the program and the unit tests, which reach
# behind the public interface and so cannot use a shared library with hidden symbols.

gander_sources(gander_library src)
# An engine is a folder, and a build without its client library leaves it out, but for what reading
# its files takes: src/driver/absent stands for it then.
function(gander_engine name is_there)
  if(is_there)
    list(FILTER gander_library_SOURCES EXCLUDE REGEX "/src/driver/absent/${name}")
  else()
    list(FILTER gander_library_SOURCES EXCLUDE REGEX "/src/driver/${name}/")
    list(FILTER gander_library_TESTS EXCLUDE REGEX "/src/driver/${name}/")
    foreach(file IN ITEMS dialect grammar ledger lexical)
      set(path ${PROJECT_SOURCE_DIR}/src/driver/${name}/${file}.cc)
      if(EXISTS ${path})
        list(APPEND gander_library_SOURCES ${path})
      endif()
    endforeach()
  endif()
  set(gander_library_SOURCES ${gander_library_SOURCES} PARENT_SCOPE)
  set(gander_library_TESTS ${gander_library_TESTS} PARENT_SCOPE)
endfunction()
gander_engine(postgres "${GANDER_LIBPQ_INCLUDE_DIR}")
gander_engine(mysql "${GANDER_LIBMARIADB_INCLUDE_DIR}")
gander_engine(clickhouse "${GANDER_LIBCURL_INCLUDE_DIR}")
if(GANDER_STATIC_EXECUTABLE)
  set_source_files_properties(
    ${PROJECT_SOURCE_DIR}/src/driver/absent/clickhouse.cc
    ${PROJECT_SOURCE_DIR}/src/driver/absent/mysql.cc ${PROJECT_SOURCE_DIR}/src/driver/absent/postgres.cc
    PROPERTIES COMPILE_DEFINITIONS GANDER_STATIC_EXECUTABLE)
endif()
set_source_files_properties(${PROJECT_SOURCE_DIR}/src/base/version.cc
                            PROPERTIES COMPILE_DEFINITIONS "GANDER_VERSION=\"${PROJECT_VERSION}\"")

# What code of this project sees: internal headers, and which drivers there are.
add_library(gander_internal INTERFACE)
target_include_directories(gander_internal INTERFACE ${PROJECT_SOURCE_DIR}
                                                     ${PROJECT_SOURCE_DIR}/include)
if(GANDER_LIBPQ_INCLUDE_DIR)
  target_compile_definitions(gander_internal INTERFACE GANDER_WITH_POSTGRES)
  target_include_directories(gander_internal SYSTEM INTERFACE ${GANDER_LIBPQ_INCLUDE_DIR})
endif()
if(GANDER_LIBMARIADB_INCLUDE_DIR)
  target_compile_definitions(gander_internal INTERFACE GANDER_WITH_MYSQL)
  target_include_directories(gander_internal SYSTEM INTERFACE ${GANDER_LIBMARIADB_INCLUDE_DIR})
endif()
if(GANDER_LIBCURL_INCLUDE_DIR)
  target_compile_definitions(gander_internal INTERFACE GANDER_WITH_CLICKHOUSE)
  target_include_directories(gander_internal SYSTEM INTERFACE ${GANDER_LIBCURL_INCLUDE_DIR})
endif()

# Used through $<TARGET_OBJECTS:...> and not by linking, because each user chooses for itself
# between the static and the shared form of the dependencies.
add_library(gander_objects OBJECT ${gander_library_SOURCES})
target_link_libraries(gander_objects PRIVATE gander_internal ${gander_dependencies})
gander_compile_options(gander_objects)
gander_precompile_headers(gander_objects)
if(BUILD_SHARED_LIBS)
  set_target_properties(gander_objects PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_compile_definitions(gander_objects PRIVATE GANDER_BUILDING GANDER_SHARED)
endif()

# Not named `gander`: Ninja would take that for the program of the same name.
add_library(gander_library $<TARGET_OBJECTS:gander_objects>)
add_library(gander::gander ALIAS gander_library)
target_compile_features(gander_library PUBLIC cxx_std_20)
target_link_libraries(gander_library PRIVATE ${gander_dependencies})
if(BUILD_SHARED_LIBS)
  target_compile_definitions(gander_library INTERFACE GANDER_SHARED)
endif()

# While the version is 0.x any minor release may change the ABI, hence the two numbers.
set_target_properties(
  gander_library
  PROPERTIES OUTPUT_NAME gander
             EXPORT_NAME gander
             LINKER_LANGUAGE CXX
             VERSION ${PROJECT_VERSION}
             SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
             VERIFY_INTERFACE_HEADER_SETS ON)

file(GLOB gander_public_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/gander/*.h)
target_sources(
  gander_library PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/include
                FILES ${gander_public_headers})

# The generator behind gander_embed(). It links the static code, so that it runs from any place.
add_executable(gander_embed_tool EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/tools/gander_embed.cc
                                                  $<TARGET_OBJECTS:gander_objects>)
add_executable(gander::embed_tool ALIAS gander_embed_tool)
set_target_properties(gander_embed_tool PROPERTIES OUTPUT_NAME gander-embed EXPORT_NAME embed_tool)
target_link_libraries(gander_embed_tool PRIVATE gander_internal ${gander_dependencies})
gander_compile_options(gander_embed_tool)
