// SPDX-License-Identifier: MIT
// Witness: what a database can tell of a statement that runs outside of transactions, after the run
// that sent it has died.
#pragma once

#include <span>
#include <string>
#include <vector>

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

  // Does the statement make one object that must not be there yet, and nothing else?
  virtual bool only_makes(const sql::Statement& /*statement*/) const { return false; }
  // For statements of that kind that are to run one behind the other, with nothing between them:
  // what before_image() would say of each when its turn comes, empty where the object is there now.
  // Of as many, from the first on, as make another one each.
  virtual std::vector<std::string> images_ahead(std::span<const sql::Statement> /*statements*/) {
    return {};
  }

 protected:
  ~Witness() = default;
};

}  // namespace gander::driver
