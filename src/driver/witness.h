// SPDX-License-Identifier: MIT
// Witness: what a database can tell of a statement that runs outside of transactions, after the run
// that sent it has died.
#pragma once

#include <string>

#include "src/sql/statement.h"

namespace gander::driver {

// Whether a statement that was caught between intent and outcome happened.
enum class Outcome { happened, did_not_happen, unknown };

class Witness {
 public:
  // What to store with the intent of a statement that runs bare.
  virtual std::string before_image(const sql::Statement& statement) = 0;
  // Whether it happened. May clean up what a half-run statement left (an invalid index) when it
  // answers did_not_happen.
  virtual Outcome judge(const sql::Statement& statement, const std::string& before_image) = 0;

 protected:
  ~Witness() = default;
};

}  // namespace gander::driver
