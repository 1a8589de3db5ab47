// SPDX-License-Identifier: MIT
// Console: the two streams of the program. Results go to out(), everything else to err().
//
// A live line may stand at the end of the error stream; whatever is printed goes above it.
// Thread rule: any thread may call any function.
#pragma once

#include <cstdio>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "cli/output/terminal.h"

namespace gander::cli {

struct ConsoleMode {
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  bool notices = false;
};

class Console {
 public:
  // The streams are borrowed.
  Console(std::FILE* out, std::FILE* err, Terminal out_terminal, Terminal err_terminal,
          ConsoleMode mode);
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  // Written at once, so that a line is seen when it is printed, also through a pipe.
  void out(std::string_view text);
  void err(std::string_view text);

  // "warning: ..." on the error stream; the same sentence is printed once.
  void warn(const std::string& sentence);

  // A line without its line end, or empty to remove it. Nothing happens unless the error stream is
  // an interactive terminal.
  void set_live(const std::string& line);

  const Terminal& out_terminal() const { return out_terminal_; }
  const Terminal& err_terminal() const { return err_terminal_; }
  bool json() const { return mode_.json; }
  bool quiet() const { return mode_.quiet; }
  bool verbose() const { return mode_.verbose; }
  bool notices() const { return mode_.notices || mode_.verbose; }

  // False when something printed by out() was lost: a full disk, a closed descriptor. A reader that
  // went away (`gander history | head`) is no loss.
  bool intact() const;

 private:
  void write(std::FILE* stream, std::string_view text);
  void erase_live();

  std::FILE* const out_;
  std::FILE* const err_;
  const Terminal out_terminal_;
  const Terminal err_terminal_;
  const ConsoleMode mode_;

  mutable std::mutex mutex_;
  std::string live_;
  std::set<std::string> warned_;
  bool lost_ = false;
};

}  // namespace gander::cli
