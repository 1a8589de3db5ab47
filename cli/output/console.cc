// SPDX-License-Identifier: MIT
#include "cli/output/console.h"

#include <cerrno>

#include "cli/advice.h"
#include "cli/output/text.h"
#include "cli/secrets.h"

namespace gander::cli {

Console::Console(std::FILE* out, std::FILE* err, Terminal out_terminal, Terminal err_terminal,
                 ConsoleMode mode)
    : out_(out), err_(err), out_terminal_(out_terminal), err_terminal_(err_terminal), mode_(mode) {}

Console::~Console() { set_live({}); }

void Console::write(std::FILE* stream, std::string_view text) {
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stream) == text.size() && std::fflush(stream) == 0;
  if (!written && stream == out_ && errno != EPIPE) lost_ = true;
}

void Console::erase_live() {
  if (live_.empty()) return;
  write(err_, "\r\x1b[K");
}

void Console::out(std::string_view text) {
  const std::lock_guard lock(mutex_);
  erase_live();
  write(out_, text);
  if (!live_.empty()) write(err_, live_);
}

void Console::err(std::string_view text) {
  const std::string shown = secrets().hide(std::string(text));
  const std::lock_guard lock(mutex_);
  erase_live();
  write(err_, shown);
  if (!live_.empty()) write(err_, live_);
}

void Console::warn(const std::string& sentence) {
  {
    const std::lock_guard lock(mutex_);
    if (!warned_.insert(sentence).second) return;
  }
  err(paint(err_terminal_, Color::yellow, "warning:") + " " + continued(advice(sentence)) + "\n");
}

void Console::set_live(const std::string& line) {
  const std::lock_guard lock(mutex_);
  if (!err_terminal_.interactive || line == live_) return;
  erase_live();
  live_ = line;
  if (!live_.empty()) write(err_, live_);
}

bool Console::intact() const {
  const std::lock_guard lock(mutex_);
  return !lost_;
}

}  // namespace gander::cli
