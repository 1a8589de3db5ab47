// SPDX-License-Identifier: MIT
// Terminal: what may be printed where. The one place that decides colour, width and characters.
//
// decide_terminal() is pure; terminal_facts() asks the machine.
#pragma once

#include <cstdio>
#include <optional>
#include <string>

#include "cli/system.h"

namespace gander::cli {

struct TerminalFacts {
  bool is_terminal = false;
  int columns = 0;  // as the terminal says, 0 if it does not
  bool no_color_option = false;
  std::optional<std::string> no_color, clicolor_force, force_color, term, columns_variable;
  std::optional<std::string> lc_all, lc_ctype, lang;
};

struct Terminal {
  bool interactive = false;  // a line may be drawn again
  bool color = false;
  bool unicode = false;
  int width = 0;  // 0: no limit
};

// NO_COLOR (https://no-color.org) and --no-color win over FORCE_COLOR and CLICOLOR_FORCE, which win
// over what the stream is. TERM=dumb or no TERM: no colour, no drawing. UTF-8 is decided as
// setlocale does: LC_ALL, else LC_CTYPE, else LANG.
Terminal decide_terminal(const TerminalFacts& facts);

TerminalFacts terminal_facts(const System& system, std::FILE* stream, bool no_color_option);

}  // namespace gander::cli
