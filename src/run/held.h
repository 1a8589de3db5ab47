// SPDX-License-Identifier: MIT
// Held: a statement with its text, which outlives the reader that gave it.
#pragma once

#include <string>
#include <vector>

#include "src/sql/statement.h"

namespace gander::run {

struct Held {
  explicit Held(const sql::Statement& from)
      : text(from.text),
        source(from.source),
        anchors(from.anchors.begin(), from.anchors.end()),
        statement(from) {
    statement.text = text;
    statement.source = source;
    statement.anchors = anchors;
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

  std::string text;
  std::string source;
  std::vector<sql::Anchor> anchors;
  sql::Statement statement;  // its views are into this object
};

}  // namespace gander::run
