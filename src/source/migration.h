// SPDX-License-Identifier: MIT
// source::Migration: one listed migration, not yet read. source::list(): all of a Source, in order.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gander/source.h"
#include "src/base/input.h"

namespace gander::source {

enum class Kind {
  sql,
  function,
  go_file,  // a goose migration written in Go: it has a place in the order, but cannot be run here
};

struct Migration {
  std::int64_t version = 0;
  std::string name;   // base name, or the function's name
  std::string place;  // where it is, for messages: a path or a base name
  Kind kind = Kind::sql;

  // Exactly one of these says where the text or the function is. Views and pointers live as long as
  // the Source.
  bool on_disk = false;  // in the file `place`
  std::string_view text;
  const FunctionMigration* function = nullptr;

  // Opens the text of a `sql` migration. Throws Error(invalid_migration).
  std::unique_ptr<Input> open() const;
};

// Where migrations are found; one implementation a kind of source.
class Reader {
 public:
  virtual ~Reader() = default;

  // Appends what is there, in any order. Throws Error(not_found, invalid_migration).
  virtual void append(std::vector<Migration>* migrations) const = 0;

  // append() gives the same each time: nothing is read from where somebody else could write.
  virtual bool fixed() const { return false; }

  // What the source is, for messages: "the directory migrations".
  virtual std::string description() const = 0;
};

// Sorted by version, each version once. Throws Error: not_found when there is none,
// invalid_migration for a duplicate version and what the readers throw.
std::vector<Migration> list(const Source& source);

}  // namespace gander::source
