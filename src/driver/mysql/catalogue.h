// SPDX-License-Identifier: MIT
// Catalogue: asks the server what is there. It never looks through all tables of a server but where
// InnoDB's own ids are wanted.
#pragma once

#include <string>
#include <vector>

#include "gander/connection.h"
#include "gander/error.h"
#include "src/driver/mysql/image.h"

namespace gander::driver::mysql {

class Connection;

// What is to be known of an object besides whether it is there.
struct Question {
  Object object;
  bool digest = false;
  bool id = false;
};

class Catalogue {
 public:
  // `connection` must outlive the catalogue.
  explicit Catalogue(Connection& connection) : connection_(connection) {}

  struct Answer {
    std::string database;  // the session's, empty if it has none
    std::vector<State> states;
  };
  // In the order of the questions. One round trip, and one more for each digest and for all ids.
  // Throws Error where the user may not look.
  Answer look(const std::vector<Question>& questions);

 private:
  std::string schema_sql(const Object& object) const;
  std::string existence_sql(const Question& question) const;
  bool is_told_by_show(const Object& object) const;
  bool is_shown(const std::string& sql);
  std::string definition(const Object& object);
  void find_ids(const std::vector<Question>& questions, Answer* answer);

  bool mariadb() const;

  Connection& connection_;
};

// Does this error of a question say no more than that the server has no answer for us?
bool is_refusal(const Error& error);

// The text of a cell; empty for NULL.
std::string cell_text(const Value& value);

}  // namespace gander::driver::mysql
