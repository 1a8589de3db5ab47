# SPDX-License-Identifier: MIT
# What `cmake --install` lays down: library, headers, program, gander-embed, and what
# find_package(gander) and pkg-config need. Everything can be moved to another prefix afterwards.
include(CMakePackageConfigHelpers)

set(gander_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/gander)

install(
  TARGETS gander_library gander_embed_tool
  EXPORT gander-targets
  FILE_SET HEADERS)
if(TARGET gander_program)
  install(TARGETS gander_program)
  if(GANDER_GOOSE_LINK)
    # Relative, so that the prefix may be moved.
    file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/goose-link)
    file(CREATE_LINK gander ${PROJECT_BINARY_DIR}/goose-link/goose SYMBOLIC)
    install(FILES ${PROJECT_BINARY_DIR}/goose-link/goose DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
  include(GanderManual)
endif()
# Excluded from `all` for those who add this directory to their project; installed, it is needed.
set_target_properties(gander_embed_tool PROPERTIES EXCLUDE_FROM_ALL OFF)

install(
  EXPORT gander-targets
  NAMESPACE gander::
  DESTINATION ${gander_package_dir})

get_target_property(gander_type gander_library TYPE)
configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/cmake/gander-config.cmake.in ${PROJECT_BINARY_DIR}/gander-config.cmake
  INSTALL_DESTINATION ${gander_package_dir})
# While the version is 0.x a minor release may break its users.
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/gander-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/gander-config.cmake
              ${PROJECT_BINARY_DIR}/gander-config-version.cmake
              ${PROJECT_SOURCE_DIR}/cmake/GanderEmbed.cmake DESTINATION ${gander_package_dir})

# The prefix in gander.pc is relative to the file, so that the tree can be moved.
file(RELATIVE_PATH gander_pc_prefix "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig"
     "${CMAKE_INSTALL_PREFIX}")
configure_file(${PROJECT_SOURCE_DIR}/cmake/gander.pc.in ${PROJECT_BINARY_DIR}/gander.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/gander.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
