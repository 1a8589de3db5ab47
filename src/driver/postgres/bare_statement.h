// SPDX-License-Identifier: MIT
// BareStatement: what a statement that runs outside a transaction leaves in the catalogue, so that
// after a crash the catalogue can be asked whether it happened.
//
// Entry point: bare_statement(). Connection::before_image() and judge(), which ask, are in
// recover.cc. What is not recognized is never guessed.
#pragma once

#include <string>
#include <string_view>

namespace gander::driver::postgres {

struct BareStatement {
  enum class Kind {
    unknown,
    repeatable,        // VACUUM, ALTER SYSTEM, ...: once more does no harm
    create_index,      // CREATE INDEX CONCURRENTLY
    drop_index,        // DROP INDEX CONCURRENTLY
    reindex,           // REINDEX ... CONCURRENTLY
    detach_partition,  // ALTER TABLE ... DETACH PARTITION ... CONCURRENTLY
    create_database,
    drop_database,
    create_tablespace,
    drop_tablespace,
    create_subscription,
    drop_subscription,
  };
  Kind kind = Kind::unknown;
  // As written, ready for SQL: the index of drop_index, the partition, the database; for
  // create_index the table.
  std::string name;
  std::string table;          // detach_partition: the partitioned table
  std::string name_of_index;  // create_index; empty: the server makes one up
};

BareStatement bare_statement(std::string_view sql);

// Does it wait for other transactions without keeping anybody from the table?
bool works_concurrently(std::string_view sql);

// A quoted or plain identifier as the catalogue has it: unquoted, or folded to lower case.
std::string catalogue_name(std::string_view identifier);

}  // namespace gander::driver::postgres
