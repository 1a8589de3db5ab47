// SPDX-License-Identifier: MIT
// Effect: what a statement does to which objects of the catalogue, told from its words. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gander::driver::clickhouse {

enum class ObjectType : std::uint8_t { table, database, function };

struct Object {
  ObjectType type = ObjectType::table;  // whatever shares the names of tables: views, dictionaries
  std::string database;                 // empty: the session's
  std::string name;

  friend bool operator==(const Object&, const Object&) = default;
};

struct Effect {
  enum class Kind : std::uint8_t {
    other,       // only the server's log can tell of it
    repeatable,  // to do it again comes to the same
    insert,      // into objects[0]
    creates,     // objects[0]
    drops,       // all of the objects
    renames,     // objects[0] to objects[1], [2] to [3] ...
    exchanges,   // the same, both ways
    defines,     // the definition of objects[0] changes, perhaps with a mutation
    mutates,     // rows of objects[0], by mutations
  };
  Kind kind = Kind::other;
  std::vector<Object> objects;
  bool guarded = false;     // IF [NOT] EXISTS
  bool replaces = false;    // OR REPLACE
  bool fills = false;       // what it creates has rows: AS SELECT, POPULATE
  bool on_cluster = false;  // other hosts do it as well
  bool waits = true;        // false: the statement says that its mutation is not to be waited for
};

Effect effect_of(std::string_view sql);

}  // namespace gander::driver::clickhouse
