// SPDX-License-Identifier: MIT
#include "src/sql/traits.h"

#include <gtest/gtest.h>

#include "src/driver/clickhouse/grammar.h"
#include "src/driver/mysql/grammar.h"
#include "src/driver/postgres/grammar.h"
#include "src/driver/sqlite/grammar.h"

namespace gander::sql {
namespace {

using Kind = StatementKind;

struct Case {
  const char* sql;
  Kind kind;
};

void expect_kinds(const Grammar& grammar, std::initializer_list<Case> cases) {
  for (const Case& c : cases) {
    EXPECT_EQ(static_cast<int>(classify(grammar, c.sql).kind), static_cast<int>(c.kind)) << c.sql;
  }
}

TEST(TraitsTest, TransactionCommandsOfAllGrammars) {
  for (const Grammar* grammar :
       {&driver::sqlite::kGrammar, &driver::postgres::kGrammar, &driver::mysql::kGrammar}) {
    expect_kinds(*grammar, {{"BEGIN;", Kind::begin_transaction},
                            {"begin immediate", Kind::begin_transaction},
                            {"/* c */ -- c\n Begin Work;", Kind::begin_transaction},
                            {"START TRANSACTION;", Kind::begin_transaction},
                            {"COMMIT;", Kind::end_transaction},
                            {"ROLLBACK;", Kind::end_transaction},
                            {"ROLLBACK WORK AND CHAIN;", Kind::end_transaction},
                            {"ROLLBACK TO a;", Kind::ordinary},
                            {"ROLLBACK TRANSACTION TO SAVEPOINT a;", Kind::ordinary},
                            {"SAVEPOINT a;", Kind::ordinary},
                            {"RELEASE a;", Kind::ordinary},
                            {"INSERT INTO a VALUES (1);", Kind::ordinary},
                            {"insert into a values (1);", Kind::ordinary},
                            {"SELECT 1;", Kind::ordinary},
                            {"BEGINNING;", Kind::ordinary},
                            {"", Kind::nothing},
                            {";", Kind::nothing},
                            {" /* c */ -- c", Kind::nothing},
                            {"/* open", Kind::nothing}});
  }
}

TEST(TraitsTest, Sqlite) {
  expect_kinds(driver::sqlite::kGrammar, {{"END;", Kind::end_transaction},
                                          {"VACUUM;", Kind::bare},
                                          {"vacuum into 'x'", Kind::bare},
                                          {"PRAGMA foreign_keys = off;", Kind::session},
                                          {"ATTACH 'x' AS y;", Kind::session},
                                          {"DETACH y;", Kind::session},
                                          {"REINDEX;", Kind::ordinary}});
}

TEST(TraitsTest, PostgresStatementsThatRefuseTransactions) {
  expect_kinds(
      driver::postgres::kGrammar,
      {{"VACUUM FULL a;", Kind::bare},
       {"CREATE DATABASE a;", Kind::bare},
       {"DROP DATABASE IF EXISTS a;", Kind::bare},
       {"CREATE TABLESPACE a LOCATION 'x';", Kind::bare},
       {"DROP TABLESPACE a;", Kind::bare},
       {"ALTER SYSTEM SET a = 1;", Kind::bare},
       {"CREATE INDEX CONCURRENTLY a ON b (c);", Kind::bare},
       {"create unique index\n concurrently if not exists a on b (c);", Kind::bare},
       {"CREATE INDEX a ON concurrently (c);", Kind::ordinary},
       {"CREATE UNIQUE INDEX a ON b (c);", Kind::ordinary},
       {"DROP INDEX CONCURRENTLY a;", Kind::bare},
       {"DROP INDEX a;", Kind::ordinary},
       {"REINDEX INDEX CONCURRENTLY a;", Kind::bare},
       {"REINDEX (VERBOSE, CONCURRENTLY) TABLE a;", Kind::bare},
       {"REINDEX (VERBOSE) TABLE a;", Kind::ordinary},
       {"REINDEX DATABASE a;", Kind::bare},
       {"REINDEX SYSTEM a;", Kind::bare},
       {"REINDEX SCHEMA a;", Kind::bare},
       {"REINDEX TABLE a;", Kind::ordinary},
       {"CLUSTER;", Kind::bare},
       {"CLUSTER VERBOSE;", Kind::bare},
       {"CLUSTER (VERBOSE)", Kind::bare},
       {"CLUSTER a USING b;", Kind::ordinary},
       {"CREATE SUBSCRIPTION a CONNECTION 'x' PUBLICATION b;", Kind::bare},
       {"ALTER SUBSCRIPTION a REFRESH PUBLICATION;", Kind::bare},
       {"ALTER SUBSCRIPTION a REFRESH PUBLICATION;", Kind::bare},
       {"ALTER TABLE a DETACH PARTITION b CONCURRENTLY;", Kind::bare},
       {"ALTER TABLE IF EXISTS ONLY \"s\".\"a b\" DETACH PARTITION s.b CONCURRENTLY;", Kind::bare},
       {"ALTER TABLE a DETACH PARTITION b;", Kind::ordinary},
       {"ALTER TABLE a ADD concurrently int;", Kind::ordinary},
       {"ALTER DATABASE a SET TABLESPACE b;", Kind::bare},
       {"ALTER DATABASE a SET search_path TO b;", Kind::ordinary},
       {"DISCARD ALL;", Kind::bare},
       {"COMMIT PREPARED 'a';", Kind::bare},
       {"ROLLBACK PREPARED 'a';", Kind::bare},
       {"PREPARE TRANSACTION 'a';", Kind::end_transaction},
       {"PREPARE a AS SELECT 1;", Kind::ordinary}});
}

TEST(TraitsTest, WhatTheEndOfATransactionDoesWithIt) {
  const auto end = [](std::string_view sql) {
    return transaction_end(driver::postgres::kGrammar.lexical, sql);
  };
  EXPECT_EQ(end("COMMIT;"), TransactionEnd::keeps);
  EXPECT_EQ(end("-- ROLLBACK\nEND TRANSACTION;"), TransactionEnd::keeps);
  EXPECT_EQ(end("commit work and no chain;"), TransactionEnd::keeps);
  EXPECT_EQ(end("/* COMMIT; */ -- c\n rollback;"), TransactionEnd::undoes);
  EXPECT_EQ(end("ABORT"), TransactionEnd::undoes);
  EXPECT_EQ(end("ROLLBACK WORK AND CHAIN;"), TransactionEnd::chains);
  EXPECT_EQ(end("COMMIT AND CHAIN;"), TransactionEnd::chains);
  EXPECT_EQ(end("PREPARE TRANSACTION 'a';"), TransactionEnd::prepares);
  EXPECT_EQ(transaction_end(driver::mysql::kGrammar.lexical, "XA PREPARE 'x';"),
            TransactionEnd::prepares);
}

TEST(TraitsTest, PostgresSession) {
  expect_kinds(driver::postgres::kGrammar,
               {{"END;", Kind::end_transaction},
                {"SET search_path TO a;", Kind::session},
                {"SET SESSION a = 1;", Kind::session},
                {"SET LOCAL a = 1;", Kind::ordinary},
                {"SET CONSTRAINTS ALL DEFERRED;", Kind::ordinary},
                {"SET TRANSACTION READ ONLY;", Kind::ordinary},
                {"RESET ALL;", Kind::session},
                {"DISCARD TEMP;", Kind::session},
                {"SELECT pg_catalog.set_config('search_path', '', false);", Kind::session},
                {"SELECT set_config('a', 'b', false);", Kind::session},
                {"SELECT a.set_config('a');", Kind::ordinary}});
}

TEST(TraitsTest, PostgresCopyFromStdin) {
  expect_kinds(
      driver::postgres::kGrammar,
      {{"COPY a FROM stdin;", Kind::copy_from_stdin},
       {"COPY public.a (b, \"from\") FROM STDIN WITH (FORMAT csv);", Kind::copy_from_stdin},
       {"COPY BINARY a FROM stdin;", Kind::copy_from_stdin},
       {"COPY \"from\" FROM 'file';", Kind::ordinary},
       {"COPY a FROM PROGRAM 'x';", Kind::ordinary},
       {"COPY (SELECT * FROM stdin) TO STDOUT;", Kind::ordinary},
       {"COPY a TO STDOUT;", Kind::ordinary},
       {"COPY", Kind::ordinary}});
}

TEST(TraitsTest, Mysql) {
  expect_kinds(driver::mysql::kGrammar, {{"SET NAMES utf8;", Kind::session},
                                         {"USE a;", Kind::session},
                                         {"END;", Kind::ordinary},
                                         {"/*!40101 SET NAMES utf8 */;", Kind::session},
                                         {"# c\nUSE a;", Kind::session},
                                         {"XA START 'x';", Kind::bare},
                                         {"XA COMMIT 'x';", Kind::bare},
                                         {"LOCK TABLES a WRITE;", Kind::session},
                                         {"UNLOCK TABLES;", Kind::session},
                                         {"LOCK INSTANCE FOR BACKUP;", Kind::ordinary},
                                         {"SET PASSWORD = 'a';", Kind::ordinary},
                                         {"SET STATEMENT a = 1 FOR SELECT 1;", Kind::ordinary},
                                         {"BEGIN NOT ATOMIC SELECT 1; END;", Kind::ordinary}});
  expect_kinds(driver::clickhouse::kGrammar,
               {{"SET a = 1;", Kind::session}, {"OPTIMIZE TABLE a;", Kind::ordinary}});
}

TEST(TraitsTest, ALaterSettingReplacesOneOfTheSameName) {
  const auto mysql = [](std::string_view sql) { return setting_of(driver::mysql::kGrammar, sql); };
  EXPECT_EQ(mysql("USE a"), mysql("/* c */ use b"));
  EXPECT_EQ(mysql("LOCK TABLES a WRITE"), mysql("UNLOCK TABLES"));
  EXPECT_EQ(mysql("SET a = 1"), mysql("SET a = 2"));
  EXPECT_NE(mysql("SET a = 1"), mysql("SET b = 1"));
  EXPECT_NE(mysql("USE a"), mysql("SET a = 1"));
  EXPECT_EQ(setting_of(driver::sqlite::kGrammar, "PRAGMA a = 1"),
            setting_of(driver::sqlite::kGrammar, "PRAGMA a = 2"));
}

TEST(TraitsTest, DropsOrRenamesTable) {
  for (const char* sql : {"DROP TABLE a;", "drop table if exists a", "DROP /* c */ TABLE a",
                          "ALTER TABLE a RENAME TO b;", "alter table \"a \"\" b\" rename to c",
                          "ALTER TABLE main.[a b] RENAME TO c;"}) {
    EXPECT_TRUE(classify(driver::sqlite::kGrammar, sql).drops_or_renames_table) << sql;
  }
  for (const char* sql : {"DROP INDEX a;", "DROP VIEW a;", "ALTER TABLE a RENAME COLUMN b TO c;",
                          "ALTER TABLE a RENAME b TO c;", "ALTER TABLE a ADD b;",
                          "INSERT INTO a VALUES ('DROP TABLE b');"}) {
    EXPECT_FALSE(classify(driver::sqlite::kGrammar, sql).drops_or_renames_table) << sql;
  }
  EXPECT_TRUE(classify(driver::mysql::kGrammar, "DROP TEMPORARY TABLE a").drops_or_renames_table);
  EXPECT_TRUE(classify(driver::mysql::kGrammar, "RENAME TABLE a TO b").drops_or_renames_table);
}

TEST(TraitsTest, AUnitIsWhatMattersMostInIt) {
  auto both = [](const char* a, const char* b) {
    return combine(classify(driver::sqlite::kGrammar, a), classify(driver::sqlite::kGrammar, b))
        .kind;
  };
  EXPECT_EQ(both("PRAGMA a", "PRAGMA b"), Kind::session);
  EXPECT_EQ(both("PRAGMA a", "SELECT 1"), Kind::ordinary);
  EXPECT_EQ(both("SELECT 1", "VACUUM"), Kind::bare);
  EXPECT_EQ(both("BEGIN", "COMMIT"), Kind::bare);
  EXPECT_EQ(both("BEGIN", "INSERT"), Kind::bare);
  EXPECT_EQ(both("PRAGMA a", "COMMIT"), Kind::bare);
  EXPECT_EQ(both(";", "COMMIT"), Kind::end_transaction);
  EXPECT_EQ(both(";", ";"), Kind::nothing);
}

}  // namespace
}  // namespace gander::sql
