// SPDX-License-Identifier: MIT
// Secrets: whatever the user has typed that may be a password, taken out of what is printed.
//
// redacted() shows a database designation as far as it is understood. Messages of libpq, of SQLite
// and of the program itself quote parts of what was not: those are found here. Everything that came
// from outside is added, recognised or not; what it may hold as a password is hidden from then on
// on the error stream, in errors and in the name of the database.
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gander/error.h"

namespace gander::cli {

class Secrets {
 public:
  // A text that may name a database, in any tool's form, well or badly written.
  void add(std::string_view text);
  // The words of the command line, each and in a row: `--db host=h password = x` is five words.
  void add_words(const std::vector<std::string>& words);
  // A text of which nothing may be shown.
  void add_whole(std::string_view text);

  std::string hide(std::string text) const;
  Error hide(const Error& error) const;

 private:
  void add_user_part(std::string_view text);
  void add_named_values(std::string_view text);
  void add_candidate(std::string_view candidate, std::string_view harmless);

  mutable std::mutex mutex_;
  struct LongestFirst {
    bool operator()(const std::string& a, const std::string& b) const {
      return a.size() != b.size() ? a.size() > b.size() : a < b;
    }
  };
  std::set<std::string, LongestFirst> hidden_;
  std::string harmless_;  // what redacted() shows of the text at hand
};

// Those of this process.
Secrets& secrets();

// A word of the command line as a message may show it: as it is where it can be no password's
// place, else as redacted() shows it.
std::string shown_word(std::string_view word);

}  // namespace gander::cli
