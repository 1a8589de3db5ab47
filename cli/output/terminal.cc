// SPDX-License-Identifier: MIT
#include "cli/output/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

namespace gander::cli {
namespace {

constexpr int kUsualWidth = 80;

bool is_on(const std::optional<std::string>& variable) { return variable && *variable != "0"; }

bool is_utf8(const TerminalFacts& facts) {
  const auto& first = facts.lc_all ? facts.lc_all : facts.lc_ctype ? facts.lc_ctype : facts.lang;
  if (!first) return false;
  std::string name = *first;
  std::erase(name, '-');
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  return name.find("utf8") != std::string::npos;
}

int width_of(const TerminalFacts& facts) {
  if (!facts.is_terminal) return 0;
  if (facts.columns_variable) {
    const std::string& text = *facts.columns_variable;
    int columns = 0;
    std::from_chars(text.data(), text.data() + text.size(), columns);
    if (columns > 0) return columns;
  }
  return facts.columns > 0 ? facts.columns : kUsualWidth;
}

}  // namespace

Terminal decide_terminal(const TerminalFacts& facts) {
  const bool capable = facts.is_terminal && facts.term && *facts.term != "dumb";
  const bool forced = is_on(facts.force_color) || is_on(facts.clicolor_force);
  const bool refused = facts.no_color_option || facts.no_color;
  return {.interactive = capable,
          .color = !refused && (forced || capable),
          .unicode = is_utf8(facts),
          .width = width_of(facts)};
}

TerminalFacts terminal_facts(const System& system, std::FILE* stream, bool no_color_option) {
  TerminalFacts facts;
  const int descriptor = ::fileno(stream);
  facts.is_terminal = ::isatty(descriptor) != 0;
  winsize size{};
  if (facts.is_terminal && ::ioctl(descriptor, TIOCGWINSZ, &size) == 0) facts.columns = size.ws_col;
  facts.no_color_option = no_color_option;
  facts.no_color = system.environment("NO_COLOR");
  facts.clicolor_force = system.environment("CLICOLOR_FORCE");
  facts.force_color = system.environment("FORCE_COLOR");
  facts.term = system.environment("TERM");
  facts.columns_variable = system.environment("COLUMNS");
  facts.lc_all = system.environment("LC_ALL");
  facts.lc_ctype = system.environment("LC_CTYPE");
  facts.lang = system.environment("LANG");
  return facts;
}

}  // namespace gander::cli
