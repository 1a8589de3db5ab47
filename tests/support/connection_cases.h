// SPDX-License-Identifier: MIT
// What gander::Connection promises on every database, as a suite that each engine's tests
// instantiate with a way to run a function migration.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "gander/gander.h"

namespace gander::testing_support {

inline std::string usage_error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

// One up() with one migration, which is this function.
inline void migrate(Target target, std::function<void(Connection&)> up, bool transactional) {
  MigrationRunner runner(
      std::move(target),
      functions(
          {{.version = 1, .name = "case", .up = std::move(up), .transactional = transactional}}));
  EXPECT_EQ(runner.up().migrations.size(), 1U);
}

inline void values_survive(Connection& db, const std::string& blob) {
  db.execute("CREATE TABLE v (i bigint, d double precision, t text, b " + blob + ")");
  const Blob bytes = {std::byte{0}, std::byte{0xff}, std::byte{'\\'}, std::byte{'a'}};
  const std::string text = "it's; DROP TABLE v --\n\xc3\xa9";
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(db.execute("INSERT INTO v VALUES ($1, $2, $3, $4)", kLeast, 0.1, text, bytes), 1);
  EXPECT_EQ(db.execute("INSERT INTO v VALUES ($1, $2, $3, $4)", std::nullopt,
                       std::optional<double>(), nullptr, std::optional<Blob>()),
            1);
  EXPECT_EQ(db.execute("INSERT INTO v VALUES ($1, $2, $3, $4)", 1, 2, "", Blob()), 1);
  EXPECT_EQ(db.execute("INSERT INTO v VALUES ($2, 7, $1, NULL)", "swapped", 7), 1);
  const Rows rows = db.query("SELECT * FROM v WHERE i = $1", kLeast);
  const Row row = rows.one();
  EXPECT_EQ(row.get<std::int64_t>("i"), kLeast);
  EXPECT_EQ(row.get<double>("d"), 0.1);
  EXPECT_EQ(row.get<std::string_view>("T"), text);
  EXPECT_EQ(row.get<Blob>("b"), bytes);
  EXPECT_EQ(row.get<std::vector<unsigned char>>(3).size(), 4U);
  const Row nothing = db.query("SELECT * FROM v WHERE i IS NULL").one();
  EXPECT_EQ(nothing.get<std::optional<std::int64_t>>("i"), std::nullopt);
  EXPECT_EQ(nothing.get<std::optional<double>>("d"), std::nullopt);
  EXPECT_EQ(nothing.get<std::optional<std::string>>("t"), std::nullopt);
  EXPECT_EQ(nothing.get<std::optional<Blob>>("b"), std::nullopt);
  const Row empty = db.query("SELECT * FROM v WHERE i = 1").one();
  EXPECT_EQ(empty.get<std::optional<std::string>>("t"), "");
  EXPECT_EQ(empty.get<std::optional<Blob>>("b"), Blob());
  EXPECT_EQ(db.query("SELECT d FROM v WHERE t = $1", "swapped").one().get<double>(0), 7);
  EXPECT_EQ(db.query("SELECT sum(i) AS s FROM v WHERE i > 0").one().get<int>("s"), 8);
  EXPECT_TRUE(db.query("SELECT i FROM v WHERE i = 99").empty());
}

inline void wrong_reads_are_errors(Connection& db) {
  using ::testing::HasSubstr;
  const Row row = db.query("SELECT 300 AS n, 'x' AS t, NULL AS none, 1 AS t").one();
  EXPECT_THAT(usage_error_of([&] { row.get<std::int8_t>("n"); }), HasSubstr("\"n\""));
  EXPECT_THAT(usage_error_of([&] { row.get<std::int8_t>("n"); }),
              HasSubstr("holds 300, not a whole number from -128 to 127"));
  EXPECT_THAT(usage_error_of([&] { row.get<bool>(0); }), HasSubstr("truth value"));
  EXPECT_THAT(usage_error_of([&] { row.get<int>(1); }), HasSubstr("holds text, not a whole"));
  EXPECT_THAT(usage_error_of([&] { row.get<Blob>(1); }), HasSubstr("binary data"));
  EXPECT_THAT(usage_error_of([&] { row.get<std::string>(0); }), HasSubstr("holds 300, not text"));
  EXPECT_THAT(usage_error_of([&] { row.get<int>("none"); }), HasSubstr("std::optional"));
  EXPECT_THAT(usage_error_of([&] { row.get<int>("m"); }), HasSubstr("there are: n, t, none"));
  EXPECT_THAT(usage_error_of([&] { row.get<int>(4); }), HasSubstr("no column 4"));
  EXPECT_THAT(usage_error_of([&] { row.get<int>("t"); }), HasSubstr("two columns"));
  EXPECT_THAT(usage_error_of([&] { (void)db.query("SELECT 1; SELECT 2"); }),
              HasSubstr("one statement"));
  EXPECT_THAT(usage_error_of([&] { db.execute("SELECT 1; SELECT 2", 1); }),
              HasSubstr("one statement"));
  EXPECT_THAT(usage_error_of([&] { db.execute("SELECT 1", std::uint64_t{1} << 63); }),
              HasSubstr("9223372036854775808"));
  EXPECT_THAT(usage_error_of([&] { db.query("SELECT 1 WHERE 1 = 2").one(); }), HasSubstr("0 rows"));
}

inline void rows_are_counted(Connection& db) {
  EXPECT_EQ(db.execute("CREATE TABLE c (x integer)"), 0);
  EXPECT_EQ(db.execute("INSERT INTO c VALUES (1), (2); INSERT INTO c VALUES (3)"), 3);
  EXPECT_EQ(db.execute("UPDATE c SET x = x + $1 WHERE x > $2", 10, 1), 2);
  EXPECT_EQ(db.execute("UPDATE c SET x = 0 WHERE x = 99"), 0);
  EXPECT_EQ(db.execute("SELECT x FROM c"), 0);
  EXPECT_EQ(db.execute("CREATE TABLE copy AS SELECT * FROM c"), 0);
  EXPECT_EQ(db.execute("DELETE FROM c"), 3);
  EXPECT_EQ(db.execute("DROP TABLE c"), 0);
  EXPECT_EQ(db.execute("-- nothing\n"), 0);
}

// Reads while it writes, with the same text within itself, and many rows.
inline void visits_nest(Connection& db) {
  db.execute("CREATE TABLE n (i integer, square integer)");
  constexpr int kRows = 3000;
  for (int i = 0; i < kRows; ++i) db.execute("INSERT INTO n (i) VALUES ($1)", i);
  int seen = 0;
  db.for_each("SELECT i FROM n WHERE i < $1 ORDER BY i", kRows, [&](const Row& row) {
    EXPECT_EQ(row.get<int>("i"), seen++);
    const int i = row.get<int>(0);
    EXPECT_EQ(db.execute("UPDATE n SET square = $1 WHERE i = $2", i % 1000, i), 1);
  });
  EXPECT_EQ(seen, kRows);
  EXPECT_EQ(db.query("SELECT count(*) FROM n WHERE square = i % 1000").one().get<int>(0), kRows);
  int pairs = 0;
  const char* few = "SELECT i FROM n WHERE i < 3 ORDER BY i";
  db.for_each(few, [&](const Row&) { db.for_each(few, [&](const Row&) { ++pairs; }); });
  EXPECT_EQ(pairs, 9);
  int stopped = 0;
  db.for_each(few, [&](const Row&) { return ++stopped < 2; });
  EXPECT_EQ(stopped, 2);
  struct Mine {};
  EXPECT_THROW(db.for_each(few, [](const Row&) { throw Mine(); }), Mine);
  int returned = 0;
  db.for_each("DELETE FROM n WHERE i < 2 RETURNING i", [&](const Row&) { ++returned; });
  EXPECT_EQ(returned, 2);
  const std::vector<Parameter> values = {5, 6};
  EXPECT_EQ(db.query("SELECT i FROM n WHERE i IN ($1, $2)", values).size(), 2U);
}

// A statement that is prepared goes on when the table changes under it.
inline void prepared_statements_follow_the_schema(Connection& db) {
  db.execute("CREATE TABLE p (x integer)");
  for (int i = 0; i < 5; ++i) db.execute("INSERT INTO p VALUES ($1)", i);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(db.query("SELECT * FROM p WHERE x = $1", i).size(), 1U);
  db.execute("ALTER TABLE p ADD COLUMN y integer");
  EXPECT_EQ(db.query("SELECT * FROM p WHERE x = $1", 1).one().size(), 2U);
}

}  // namespace gander::testing_support
