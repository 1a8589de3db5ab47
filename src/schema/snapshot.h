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
  std::string sql;  // without the semicolon
  // What must be there before it, besides the steps of its object so far. Ids that are no object of
  // the snapshot, or one without steps, do not count.
  std::vector<Id> needs;
};

struct Object {
  Id id;
  std::vector<Property> properties;  // what is compared; in the engine's order
  // The names of its parts in their order, where that is a property of its own: a table's columns.
  // Two are compared without those that only one of them has, so that a part that is new is one
  // difference. A place that a part has nowhere else may not be among the properties.
  std::vector<std::string> order = {};
  // Nothing takes it away again, short of what it belongs to: a value of an enum. A Down that
  // leaves it behind is not wrong.
  bool lasting = false;
  // What its properties say depends on who reads: another role may see less of them.
  bool reader_dependent = false;
  // Empty where another object's steps make this one, as a table's make its columns. Where needs
  // form a loop the engine makes an object in two steps, a stand-in and the whole: see ordered().
  std::vector<Step> steps = {};
};

// What a dump cannot carry, and whoever reads it must know: a password that was left out, a
// collation that another program registers.
struct Remark {
  Id about;
  std::string message;  // one sentence
};

struct Snapshot {
  std::vector<Object> objects;  // sorted: see sort()
  // Ids that differ in the case of ASCII letters alone are the same.
  bool names_ignore_case = false;
  // Whose words the properties are, where another version of the server may say the same in others;
  // empty: nobody's but the user's.
  std::string words_of = {};
  std::vector<Remark> remarks;
  // What must be set before the steps run, so that they mean what they say; one statement each.
  std::vector<std::string> settings;
};

// By id, and without regard to case where the snapshot has none. To be called by whoever fills one.
void sort(Snapshot* snapshot);

// Negative, zero or positive.
int compare_ids(const Id& a, const Id& b, bool ignore_case);

}  // namespace gander::schema
