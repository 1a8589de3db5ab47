// SPDX-License-Identifier: MIT
// Effect: which objects a statement of MySQL or MariaDB touches and what is to become of them, told
// from its words. The witness looks at these objects before the statement and after it.
//
// What is not told apart here is `unknown`, never guessed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gander::driver::mysql {

enum class ObjectType : std::uint8_t {
  table,  // views and sequences among them, which share its names
  trigger,
  procedure,
  function,
  package,
  package_body,
  library,
  event,
  database,
  user,    // `schema` is the host
  role,    // as a user
  grants,  // of the account in `name`, as written
  server,
  tablespace,
  plugin,
  component,
  resource_group,
  reference_system,
};

struct Object {
  ObjectType type = ObjectType::table;
  std::string schema;  // empty: the session's database
  std::string name;
  std::string table = {};  // of a trigger, if it is known

  friend bool operator==(const Object&, const Object&) = default;
};

// What the statement is to make of an object.
enum class Change : std::uint8_t {
  comes,      // it is made where there is none
  replaced,   // it is made whether there is one or not, and empty
  goes,       // it is taken away
  altered,    // its definition becomes another
  refilled,   // its rows are thrown away, or exchanged for others
  moves_off,  // RENAME: it gets another name; `moves_in` follows it at once
  moves_in,
};

struct Touch {
  Object object;
  Change change = Change::comes;
};

struct Effect {
  enum class Kind : std::uint8_t {
    unknown,     // nothing can be known of it
    repeatable,  // doing it twice comes to the same as doing it once
    objects,
  };
  Kind kind = Kind::unknown;
  std::vector<Touch> touches;
  bool guarded = false;  // IF [NOT] EXISTS: what is done already is passed over
};

Effect effect_of(std::string_view statement);

}  // namespace gander::driver::mysql
