// SPDX-License-Identifier: MIT
// Survey: what one snapshot of a PostgreSQL database collects. It asks, keeps the drafts of the
// objects by their keys, and makes a schema::Snapshot of them when all are there.
//
// A file beside this one reads the kinds of objects that it is named after. See dependencies.cc for
// what comes before what, and how loops are broken.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "src/driver/driver.h"
#include "src/driver/postgres/catalogue/draft.h"
#include "src/driver/postgres/catalogue/relation.h"
#include "src/driver/postgres/catalogue/settled.h"

namespace gander::driver::postgres {

// For WHERE: the namespace `n` is neither the server's own nor a session's.
inline constexpr char kUserSchema[] = " n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ";
// Objects with smaller numbers came with the server (FirstNormalObjectId, access/transam.h).
inline constexpr ObjectId kFirstUser = 16384;

// The cells of a row from left to right.
class Cells {
 public:
  explicit Cells(const Row& row) : row_(row) {}
  std::string text() { return std::string(row_.text(at_++)); }
  // A definition or an expression, as the server writes them.
  std::string expression() { return settled(row_.text(at_++)); }
  std::int64_t integer() { return row_.integer(at_++); }
  ObjectId id() { return static_cast<ObjectId>(row_.integer(at_++)); }
  bool flag() { return row_.integer(at_++) != 0; }
  char letter() {
    const std::string_view cell = row_.text(at_++);
    return cell.empty() ? '\0' : cell[0];
  }

 private:
  const Row& row_;
  int at_ = 0;
};

class Survey {
 public:
  // `version` as the server numbers it: 150004. `connection` outlives the survey.
  Survey(driver::Connection& connection, int version)
      : connection_(connection), version_(version) {}

  bool since(int major) const { return version_ >= major * 10000; }
  int version() const { return version_; }
  // `sql` where the server is of that version or newer, `otherwise` where it is older.
  std::string since(int major, std::string_view sql, std::string_view otherwise = "") const {
    return std::string(since(major) ? sql : otherwise);
  }

  // The rows of a query, now.
  void ask(const std::string& sql, const std::function<void(Cells&)>& each);

  Draft& add(const Key& key, schema::Id id);
  // One that no row of a catalogue that others need tells of.
  Draft& add(schema::Id id);
  // nullptr: it is none of the snapshot's.
  Draft* find(const Key& key);
  // `key` is a part of what is at `whole`, and goes with it.
  void alias(const Key& key, const Key& whole);
  void remark(schema::Id about, std::string message) {
    snapshot_.remarks.push_back({std::move(about), std::move(message)});
  }

  // Objects of the migration tool: left out, with what belongs to them.
  void leave_out(const Key& key) { left_out_.insert(key); }
  bool left_out(const Key& key) const { return left_out_.contains(key); }

  // Of an extension: it makes them.
  void member(const Key& key, const Key& extension);
  bool is_member(const Key& key) const { return members_.contains(key); }
  // Made a member of an extension by hand.
  struct Adoption {
    Key extension;
    std::string extension_name;
    std::string what;  // as ALTER EXTENSION ... ADD names it
  };
  void adopt(const Key& key, Adoption adoption) { adoptions_.emplace(key, std::move(adoption)); }
  // Those of one catalogue as a list of numbers that is never empty, for IN (...).
  std::string adopted(System system) const;

  // Tables, foreign tables and views by their numbers; read_relations() fills it.
  std::unordered_map<ObjectId, Relation>& relations() { return relations_; }
  // nullptr: none of the snapshot's.
  Relation* relation(ObjectId number);

  // Reads the dependencies, and gives everything away.
  schema::Snapshot finish();

 private:
  driver::Connection& connection_;
  int version_;
  std::deque<Draft> drafts_;  // references stay good
  std::unordered_map<Key, Draft*, KeyHash> places_;
  std::unordered_set<Key, KeyHash> left_out_;
  std::unordered_set<Key, KeyHash> members_;
  std::unordered_map<Key, Adoption, KeyHash> adoptions_;
  std::unordered_map<ObjectId, Relation> relations_;
  schema::Snapshot snapshot_;
};

// A kind of objects that are told by one row each: the first columns are the number, the name and
// how COMMENT calls it, then as many statements as `statements` says, then a property each.
struct Plain {
  System system;
  const char* kind;
  int statements = 1;
  std::vector<const char*> properties;
};
void read_plain(Survey& survey, const Plain& plain, const std::string& sql);

}  // namespace gander::driver::postgres
