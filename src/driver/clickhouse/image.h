// SPDX-License-Identifier: MIT
// Image: what is noted of a statement before it runs, and its form as a text for the journal.
// docs/formats.md describes the text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/driver/clickhouse/effect.h"
#include "src/driver/witness.h"

namespace gander::driver::clickhouse {

// An object as the catalogue has it.
struct State {
  Object object;
  bool present = false;
  std::string uuid;    // empty where the server gives none
  std::string digest;  // of what SHOW CREATE says

  friend bool operator==(const State&, const State&) = default;
};

struct Image {
  std::string id;            // what the statement's ids begin with
  std::string statement;     // digest of its text
  std::string host;          // who was asked
  std::int64_t started = 0;  // when that server was, in seconds since 1970
  std::int64_t at = 0;       // when it was asked
  std::string database;      // of unqualified names
  std::vector<State> states;
  std::vector<std::string> mutations;  // ids of those that the table had
};

std::string to_text(const Image& image);
std::optional<Image> image_of(std::string_view text);

// What the server's log says of all tries together.
struct Logged {
  bool finished = false;  // QueryFinish
  // It began, and ended by an error or not at all (QueryStart, ExceptionWhileProcessing).
  bool began = false;
  // ExceptionBeforeStart, which is also what a change of the schema leaves that failed half way.
  bool refused = false;
  bool harmless = true;  // `refused` for reasons that are found before anything is done
  bool whole = false;    // the log holds all that the server was sent since

  bool never_came() const { return whole && !finished && !began && !refused; }
  bool only_refused() const { return whole && !finished && !began && refused; }
};

// Is an error with this number found before a statement does anything?
bool is_harmless(std::int64_t number);

// The judgement by log and catalogue together; mutations apart.
Outcome verdict(const Effect& effect, const Logged& logged, const std::vector<State>& before,
                const std::vector<State>& now);

}  // namespace gander::driver::clickhouse
