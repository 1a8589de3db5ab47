// SPDX-License-Identifier: MIT
// Which commands lock what, as data: kTableActions for the actions of ALTER TABLE, kOnTable for
// commands of the form COMMAND name ON table, kNamed for those that name what they lock, kUntold
// for those that nobody can tell of.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "src/driver/postgres/lock_needs.h"

namespace gander::driver::postgres {

using enum LockMode;
using Object = LockNeed::Object;

// What an action of ALTER TABLE locks. `words`, separated by blanks: `?word` may be there, `@` is a
// name, `*` anything up to the end of the action. The first that matches counts.
struct Action {
  std::string_view words;
  LockMode mode;
  std::uint32_t reach = 0;
};

// PostgreSQL 18 manual, ALTER TABLE; AlterTableGetLockLevel() where it names no mode.
inline constexpr auto kTableActions = std::to_array<Action>({
    {"add foreign key", share_row_exclusive, reach::partitions},
    {"add constraint @ foreign key", share_row_exclusive, reach::partitions},
    {"add", access_exclusive, reach::children},
    {"drop constraint ?if ?exists @", access_exclusive, reach::children | reach::constraint},
    {"drop ?column ?if ?exists @", access_exclusive, reach::children | reach::column},
    {"alter constraint", access_exclusive, reach::partitions},
    {"alter ?column @ set statistics", share_update_exclusive, reach::children},
    {"alter ?column @ set (", share_update_exclusive, reach::children},
    {"alter ?column @ reset (", share_update_exclusive, reach::children},
    {"alter ?column @ type", access_exclusive, reach::children | reach::column},
    {"alter ?column @ set data type", access_exclusive, reach::children | reach::column},
    {"alter ?column @ drop identity", access_exclusive, reach::children | reach::sequences},
    {"alter ?column @ restart", access_exclusive, reach::children | reach::sequences},
    {"alter ?column @ set generated", access_exclusive, reach::children | reach::sequences},
    {"alter", access_exclusive, reach::children},
    {"validate constraint @", share_update_exclusive, reach::children | reach::constraint},
    {"disable trigger", share_row_exclusive, reach::partitions},
    {"enable trigger", share_row_exclusive, reach::partitions},
    {"enable replica trigger", share_row_exclusive, reach::partitions},
    {"enable always trigger", share_row_exclusive, reach::partitions},
    {"disable", access_exclusive},
    {"enable", access_exclusive},
    {"cluster on", share_update_exclusive},
    {"set without cluster", share_update_exclusive},
    {"set ( user_catalog_table", access_exclusive},
    {"reset ( user_catalog_table", access_exclusive},
    {"set (", share_update_exclusive},
    {"reset (", share_update_exclusive},
    {"set", access_exclusive},
    {"inherit", access_exclusive},
    {"no inherit", access_exclusive},
    {"of", access_exclusive},
    {"not of", access_exclusive},
    {"owner to", access_exclusive},
    {"replica identity", access_exclusive},
    {"force", access_exclusive},
    {"no force", access_exclusive},
    {"rename constraint", access_exclusive, reach::children},
    {"rename to", access_exclusive},
    {"rename", access_exclusive, reach::children},
    {"options", access_exclusive},
    {"attach partition", share_update_exclusive, reach::default_partition | reach::referenced},
    {"detach partition", access_exclusive, reach::default_partition},
    {"no", access_exclusive},
});

// COMMAND @ ON table.
struct OnTable {
  std::string_view words;
  LockMode mode;
  std::uint32_t reach = 0;
};
inline constexpr auto kOnTable = std::to_array<OnTable>({
    {"create ?or ?replace rule", access_exclusive},
    {"create policy", access_exclusive},
    {"alter policy", access_exclusive},
    {"alter rule", access_exclusive},
    {"alter trigger", access_exclusive},
    {"drop trigger ?if ?exists", access_exclusive, reach::partitions},
    {"drop rule ?if ?exists", access_exclusive},
    {"drop policy ?if ?exists", access_exclusive},
    {"create ?or ?replace ?constraint trigger", share_row_exclusive, reach::partitions},
    {"comment on", access_share},
});

// COMMAND name [, name ...].
struct Named {
  std::string_view words;
  LockMode mode;
  std::uint32_t reach = 0;
  LockMode other = access_exclusive;
  Object object = Object::relation;
};
inline constexpr std::uint32_t kDropped = reach::parent | reach::children | reach::referenced;
inline constexpr auto kNamed = std::to_array<Named>({
    {"drop table", access_exclusive, kDropped},
    {"drop foreign table", access_exclusive, kDropped},
    {"drop materialized view", access_exclusive},
    {"drop view", access_exclusive},
    {"drop sequence", access_exclusive},
    {"drop index concurrently", share_update_exclusive, reach::table, share_update_exclusive},
    {"drop index", access_exclusive, reach::table | reach::partitions},
    {"drop type", access_exclusive, 0, access_exclusive, Object::type},
    {"drop domain", access_exclusive, 0, access_exclusive, Object::type},
    {"drop function", access_exclusive, reach::not_itself, access_exclusive, Object::routine},
    {"drop procedure", access_exclusive, reach::not_itself, access_exclusive, Object::routine},
    {"drop routine", access_exclusive, reach::not_itself, access_exclusive, Object::routine},
    {"drop aggregate", access_exclusive, reach::not_itself, access_exclusive, Object::routine},
    {"drop statistics", share_update_exclusive, 0, access_exclusive, Object::statistics},
    {"drop schema", access_exclusive, reach::not_itself, access_exclusive, Object::schema},
    {"drop extension", access_exclusive, reach::not_itself | reach::dependents, access_exclusive,
     Object::extension},
    {"comment on table", share_update_exclusive},
    {"comment on foreign table", share_update_exclusive},
    {"comment on view", share_update_exclusive},
    {"comment on materialized view", share_update_exclusive},
    {"comment on index", share_update_exclusive},
    {"comment on sequence", share_update_exclusive},
    {"alter view", access_exclusive},
    {"refresh materialized view", access_exclusive},
});

// What runs code that nobody can look into, or names nothing that it locks.
struct Untold {
  std::string_view words;
  std::string_view why;
};
inline constexpr auto kUntold = std::to_array<Untold>({
    {"do", "a DO block runs code"},
    {"call", "a procedure runs code"},
    {"execute", "it was prepared elsewhere"},
    {"drop owned", "it goes by owners"},
    {"reassign", "it goes by owners"},
    {"alter table all", "it names no table"},
    {"alter index all", "it names no index"},
    {"alter materialized view all", "it names no view"},
    {"alter extension", "the extension's script runs"},
    {"import", "it depends on the foreign server"},
    {"load", "it runs code"},
});

}  // namespace gander::driver::postgres
