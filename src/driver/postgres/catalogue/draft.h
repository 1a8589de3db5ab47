// SPDX-License-Identifier: MIT
// Draft: an object of the schema while it is read. What it needs is known only when everything has
// been read, and its first step too where parts of it may have to come later.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "src/schema/snapshot.h"

namespace gander::driver::postgres {

using ObjectId = std::uint32_t;

// The catalogues by their own numbers, which never change (src/include/catalog/*.h).
enum class System : ObjectId {
  type = 1247,
  procedure = 1255,
  relation = 1259,
  default_acl = 826,
  foreign_server = 1417,
  user_mapping = 1418,
  foreign_data_wrapper = 2328,
  access_method = 2601,
  amop = 2602,
  amproc = 2603,
  attribute_default = 2604,
  cast = 2605,
  constraint = 2606,
  conversion = 2607,
  language = 2612,
  schema = 2615,
  operator_class = 2616,
  operator_ = 2617,
  rewrite = 2618,
  trigger = 2620,
  operator_family = 2753,
  extension = 3079,
  policy = 3256,
  statistics = 3381,
  collation = 3456,
  event_trigger = 3466,
  transform = 3576,
  ts_dictionary = 3600,
  ts_parser = 3601,
  ts_configuration = 3602,
  ts_template = 3764,
  subscription = 6100,
  publication = 6104,
  publication_relation = 6106,
  publication_schema = 6237,
};

// A row of a catalogue, and a column of a relation where that is asked for.
struct Key {
  System system = {};
  ObjectId object = 0;
  int column = 0;

  bool operator==(const Key&) const = default;
};

struct KeyHash {
  std::size_t operator()(const Key& key) const {
    const auto system = static_cast<std::uint64_t>(key.system);
    const auto column = static_cast<std::uint64_t>(key.column);
    return static_cast<std::size_t>((system << 32U | key.object) * 0x9e3779b97f4a7c15U ^ column);
  }
};

struct Draft {
  schema::Object object;
  Key key = {};        // where it is in the catalogues
  std::string called;  // as COMMENT ON and SECURITY LABEL ON name it; empty: they cannot
  // The first step, where it is known only when everything has been read.
  std::function<std::string()> compose = nullptr;

  std::string index_called = {};  // of a constraint: as they name its index
  // A column with its default, a check: it is made with another draft, by whose first step, unless
  // it needs something that needs that one. Then `by_itself` makes it, later. Empty: it cannot.
  Draft* made_with = nullptr;
  std::string by_itself = {};
  bool later = false;

  // A step to run before the first, where there are objects that this one needs and that need it.
  // Empty: there is no such step.
  std::string stand_in = {};
  bool stands_in = false;

  // What is needed besides what the server has recorded.
  std::vector<schema::Id> needs = {};

  void set(std::string name, std::string value) {
    if (!value.empty()) object.properties.push_back({std::move(name), std::move(value)});
  }
  void step(std::string sql) {
    if (!sql.empty()) object.steps.push_back({std::move(sql), {}});
  }
};

}  // namespace gander::driver::postgres
