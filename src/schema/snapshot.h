// SPDX-License-Identifier: MIT
// Snapshot: the schema of a database as a value, without Gander's own tables. Equal schemas give
// equal snapshots, whatever the order in which their objects were made, the ids that the server
// gave them, and the settings of the session that reads.
#pragma once

#include <compare>
#include <string>
#include <vector>

namespace gander::schema {

// What an object is called. Objects of one snapshot have different ids.
struct Id {
  std::string kind;    // "table", "column", "index", "foreign key": in small letters, in English
  std::string name;    // qualified and quoted where the engine needs that, as people write it
  std::string parent;  // the name of the table or other object that it is a part of, or empty

  auto operator<=>(const Id&) const = default;
};

// One thing that two objects of the same id can differ in.
struct Property {
  std::string name;   // "type", "default", "definition"
  std::string value;  // as it is compared, and as a diff shows it. Never a secret

  bool operator==(const Property&) const = default;
};

// One statement of those that make an object, for a dump.
struct Step {
  std::string sql;        // without the semicolon
  std::vector<Id> needs;  // what must be there before it, besides the steps of its object so far
};

struct Object {
  Id id;
  std::vector<Property> properties;  // what is compared; in the engine's order
  // Empty where another object's steps make this one, as a table's make its columns. A loop of
  // needs is broken by the engine: it makes an object in two steps, a stand-in and the whole.
  std::vector<Step> steps;

  // Where equality is coarser or finer than what a dump must keep, that is in `steps` alone.
  bool operator==(const Object& other) const {
    return id == other.id && properties == other.properties;
  }
};

// What a dump cannot carry, and whoever reads it must know: a password that was left out, a
// collation that another program registers.
struct Remark {
  Id about;
  std::string message;  // one sentence
};

struct Snapshot {
  std::vector<Object> objects;  // sorted by id
  std::vector<Remark> remarks;
  // What must be set before the steps run, so that they mean what they say; one statement each.
  std::vector<std::string> settings;
};

}  // namespace gander::schema
