// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/statement_text.h"

#include <gtest/gtest.h>

#include "src/driver/sqlite/pragma_effect.h"

namespace gander::driver::sqlite {
namespace {

std::string pragma(std::string_view sql) {
  const std::optional<PragmaText> found = pragma_of(sql);
  if (!found) return "none";
  return found->schema + "|" + found->name + (found->sets ? "=" + found->value : "");
}

std::string vanishing(std::string_view sql) {
  const std::optional<VanishingTable> found = vanishing_table(sql);
  if (!found) return "none";
  return (found->dropped ? "drops " : "renames ") + found->name;
}

TEST(StatementText, PragmaIsReadInAllItsForms) {
  EXPECT_EQ(pragma("PRAGMA journal_mode = WAL;"), "|journal_mode=WAL");
  EXPECT_EQ(pragma("-- why\n/* and */ pragma/**/Main . \"Journal_Mode\" ( 'wal' );"),
            "Main|journal_mode=wal");
  EXPECT_EQ(pragma("PRAGMA [a]]"), "|a");
  EXPECT_EQ(pragma("PRAGMA cache_size=-2000"), "|cache_size=-2000");
  EXPECT_EQ(pragma("PRAGMA encoding=\"UTF-16le\""), "|encoding=UTF-16le");
  EXPECT_EQ(pragma("PRAGMA foreign_keys; SELECT 1"), "|foreign_keys");
  EXPECT_EQ(pragma("EXPLAIN PRAGMA foreign_keys = 1"), "none");
  EXPECT_EQ(pragma("SELECT 'PRAGMA x = 1'"), "none");
  EXPECT_EQ(pragma(""), "none");
}

TEST(StatementText, TableThatVanishesIsNamed) {
  EXPECT_EQ(vanishing("DROP TABLE a"), "drops a");
  EXPECT_EQ(vanishing("drop /* it */ table if exists main.\"a \"\"b\"\"\";"), "drops a \"b\"");
  EXPECT_EQ(vanishing("ALTER TABLE `x` RENAME TO y"), "renames x");
  EXPECT_EQ(vanishing("ALTER TABLE temp.[x] RENAME TO y"), "renames x");
  EXPECT_EQ(vanishing("ALTER TABLE x RENAME a TO y"), "none");
  EXPECT_EQ(vanishing("ALTER TABLE x ADD COLUMN y"), "none");
  EXPECT_EQ(vanishing("DROP INDEX a"), "none");
  EXPECT_EQ(vanishing("CREATE TABLE a (b)"), "none");
}

TEST(PragmaEffect, ValueIsComparedAsSqliteReadsIt) {
  EXPECT_TRUE(is_in_force("journal_mode", "WAL", "wal"));
  EXPECT_TRUE(is_in_force("journal_mode", "w", "wal"));
  EXPECT_FALSE(is_in_force("journal_mode", "wal", "delete"));
  EXPECT_TRUE(is_in_force("journal_mode", "no such mode", "delete"));
  EXPECT_TRUE(is_in_force("foreign_keys", "yes", "1"));
  EXPECT_TRUE(is_in_force("foreign_keys", "2", "1"));
  EXPECT_TRUE(is_in_force("foreign_keys", "perhaps", "0"));
  EXPECT_FALSE(is_in_force("foreign_keys", "ON", "0"));
  EXPECT_TRUE(is_in_force("auto_vacuum", "Incremental", "2"));
  EXPECT_FALSE(is_in_force("auto_vacuum", "1", "0"));
  EXPECT_FALSE(is_in_force("page_size", "8192", "4096"));
  EXPECT_TRUE(is_in_force("encoding", "UTF16", "UTF-16le"));
  EXPECT_FALSE(is_in_force("encoding", "utf-16be", "UTF-8"));
  EXPECT_TRUE(is_in_force("cache_size", "1", "2"));
}

}  // namespace
}  // namespace gander::driver::sqlite
