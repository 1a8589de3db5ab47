// SPDX-License-Identifier: MIT
// The statement that makes an index, for the usual ones, in the server's own words.
//
// pg_get_indexdef() tells it of every index; but to know whether an operator class is the default
// of its type it reads all those of the access method anew for each column (GetDefaultOpClass(),
// commands/indexcmds.c, PostgreSQL 10 to 18), which takes as long as all the rest of a catalogue.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "src/driver/postgres/catalogue/survey.h"

namespace gander::driver::postgres {

struct IndexParts {
  std::string name;  // quoted where it must be, not qualified
  bool unique;
  bool nulls_not_distinct;
  std::string columns;     // pg_index.indkey, and so on
  std::string classes;     // indclass
  std::string collations;  // indcollation
  std::string options;     // indoption
  int keys;                // the columns before INCLUDE
};

class IndexTexts {
 public:
  explicit IndexTexts(Survey& survey);

  // nullopt: ask the server. Only for a B-tree that has neither expressions nor a condition nor
  // storage options, and is not that of a partitioned table as a whole.
  std::optional<std::string> text(const IndexParts& parts, Relation& relation) const;

 private:
  bool is_usual(ObjectId operator_class, ObjectId type) const;

  // The types whose default the operator classes of B-trees are that came with the server.
  std::unordered_map<ObjectId, ObjectId> types_;
  bool others_ = false;  // there are more
};

}  // namespace gander::driver::postgres
