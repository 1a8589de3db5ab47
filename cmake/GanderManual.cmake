# SPDX-License-Identifier: MIT
# The manual page and the shell completions, printed by the program itself and installed with it.
if(CMAKE_CROSSCOMPILING)
  return()
endif()

set(gander_manual_dir ${PROJECT_BINARY_DIR}/manual)
file(MAKE_DIRECTORY ${gander_manual_dir})
add_custom_command(
  OUTPUT ${gander_manual_dir}/gander.1 ${gander_manual_dir}/gander ${gander_manual_dir}/_gander
         ${gander_manual_dir}/gander.fish
  COMMAND gander_program man > ${gander_manual_dir}/gander.1
  COMMAND gander_program completion bash > ${gander_manual_dir}/gander
  COMMAND gander_program completion zsh > ${gander_manual_dir}/_gander
  COMMAND gander_program completion fish > ${gander_manual_dir}/gander.fish
  DEPENDS gander_program
  COMMENT "Printing the manual page and the completions"
  VERBATIM)
add_custom_target(gander_manual ALL DEPENDS ${gander_manual_dir}/gander.1)

# Optional, for those who install after building the program alone.
install(FILES ${gander_manual_dir}/gander.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 OPTIONAL)
install(FILES ${gander_manual_dir}/gander
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions OPTIONAL)
install(FILES ${gander_manual_dir}/_gander
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions OPTIONAL)
install(FILES ${gander_manual_dir}/gander.fish
        DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d OPTIONAL)
