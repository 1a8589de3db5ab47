// SPDX-License-Identifier: MIT
// postgres::Connection by itself: what is deferred, where errors point, values, cancelling, and
// what is left of a session.
#include <csignal>
#include <thread>

#include "tests/postgres/postgres_test.h"

namespace gander {
namespace {

using sql::StatementKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing_support::Client;

class PostgresConnectionTest : public PostgresTest {
 protected:
  // Messages of the simple protocol that the server has received in this database since mark().
  int messages_since_mark() const {
    const std::string log = server().log().substr(mark_);
    int count = 0;
    for (std::size_t at = log.find("statement: "); at != std::string::npos;
         at = log.find("statement: ", at + 1)) {
      ++count;
    }
    return count;
  }
  void mark() { mark_ = server().log().size(); }

 private:
  std::size_t mark_ = 0;
};

TEST_F(PostgresConnectionTest, TransactionIsOneMessage) {
  const auto connection = connect();
  mark();
  connection->begin();
  connection->run(Unit("CREATE TABLE birds (id int)"));
  connection->run(Unit("INSERT INTO birds VALUES (1), (2); INSERT INTO birds VALUES (3);"));
  connection->execute("INSERT INTO birds VALUES (4)");
  EXPECT_TRUE(connection->in_transaction());
  EXPECT_EQ(messages_since_mark(), 0);
  connection->commit();
  EXPECT_EQ(messages_since_mark(), 1);
  EXPECT_FALSE(connection->in_transaction());
  EXPECT_EQ(ask("SELECT count(*) FROM birds"), "4");
}

TEST_F(PostgresConnectionTest, LongTransactionIsSentInParts) {
  const auto connection = connect();
  connection->begin();
  connection->run(Unit("CREATE TABLE texts (t text)"));
  const std::string insert = "INSERT INTO texts VALUES ('" + std::string(100000, 'x') + "')";
  mark();
  for (int i = 0; i < 10; ++i) connection->run(Unit(insert));
  EXPECT_GE(messages_since_mark(), 3);
  connection->commit();
  EXPECT_LE(messages_since_mark(), 5);
  EXPECT_EQ(ask("SELECT count(*), min(length(t)) FROM texts"), "10|100000");
}

TEST_F(PostgresConnectionTest, QueryShareTheMessageOfWhatWaits) {
  const auto connection = connect();
  mark();
  connection->begin();
  connection->run(Unit("CREATE TABLE birds (id int)"));
  const driver::Rows rows = connection->query("SELECT count(*) FROM birds");
  EXPECT_EQ(messages_since_mark(), 1);
  EXPECT_EQ(std::get<std::int64_t>(rows.rows.at(0).at(0)), 0);
  connection->rollback();
  EXPECT_EQ(ask("SELECT to_regclass('birds') IS NULL"), "t");
}

TEST_F(PostgresConnectionTest, RollbackOfNothingSentSendsNothing) {
  const auto connection = connect();
  mark();
  connection->begin();
  connection->run(Unit("CREATE TABLE birds (id int)"));
  connection->rollback();
  EXPECT_EQ(messages_since_mark(), 0);
  EXPECT_FALSE(connection->in_transaction());
}

struct ErrorCase {
  const char* name;
  std::vector<const char*> units;
  const char* sqlstate;
  std::size_t failing;  // index into units
  std::int64_t line;
  std::int64_t column;
};

class PostgresErrorPlaceTest : public PostgresConnectionTest,
                               public ::testing::WithParamInterface<ErrorCase> {};

TEST_P(PostgresErrorPlaceTest, PointsAtItsOwnStatement) {
  const ErrorCase& test = GetParam();
  const auto connection = connect();
  connection->begin();
  connection->execute("SELECT 1");  // as the store's check does
  const Error error = error_of([&] {
    std::int64_t number = 0;
    for (const char* text : test.units) {
      Unit unit(text);
      unit->number = ++number;
      connection->run(unit);
    }
    connection->execute("SELECT 2");
    connection->commit();
  });
  EXPECT_EQ(error.code(), ErrorCode::sql);
  EXPECT_EQ(error.details().sqlstate, test.sqlstate);
  EXPECT_EQ(error.details().statement, static_cast<std::int64_t>(test.failing) + 1);
  EXPECT_EQ(error.details().line, test.line);
  EXPECT_EQ(error.details().column, test.column);
  EXPECT_EQ(error.details().sql, test.units[test.failing]);
  connection->rollback();
  EXPECT_FALSE(connection->in_transaction());
}

INSTANTIATE_TEST_SUITE_P(
    Table, PostgresErrorPlaceTest,
    ::testing::Values(
        ErrorCase{
            "SyntaxError", {"CREATE TABLE a (i int)", "SELEC 1", "SELECT 1"}, "42601", 1, 1, 1},
        ErrorCase{"EndOfInput", {"SELECT 1", "CREATE TABLE a ("}, "42601", 1, 1, 17},
        ErrorCase{
            "UnknownName", {"CREATE TABLE a (i int)", "SELECT 1,\n  x FROM a"}, "42703", 1, 2, 3},
        ErrorCase{"WithoutPosition", {"SELECT 1", "SELECT 1/0", "SELECT 1"}, "22012", 1, 1, 1},
        ErrorCase{"AfterCharactersOfManyBytes",
                  {"SELECT 'gåås, gänse, 鵝'", "SELECT 'é', y"},
                  "42703",
                  1,
                  1,
                  14},
        ErrorCase{"SecondOfOneUnit",
                  {"SELECT 1", "SELECT 'a;b'; -- no ; here\nSELECT 1/0; SELECT 3"},
                  "22012",
                  1,
                  2,
                  1},
        ErrorCase{
            "AfterUnitOfMany",
            {"SELECT 1; SELECT $$;$$; DO $x$ BEGIN PERFORM 1; END $x$; SELECT 4", "SELECT 1/0"},
            "22012",
            1,
            1,
            1},
        ErrorCase{"AfterRuleAndComments",
                  {"CREATE TABLE a (i int)",
                   "CREATE RULE r AS ON INSERT TO a DO ALSO (SELECT 1; SELECT 2)",
                   "/* ; /* ; */ */ SELECT E'\\';' -- ; ", "INSERT INTO a VALUES (1/0)"},
                  "22012",
                  3,
                  1,
                  1},
        ErrorCase{"Constraint",
                  {"CREATE TABLE a (i int UNIQUE)", "INSERT INTO a VALUES (1)",
                   "INSERT INTO a VALUES (1)"},
                  "23505",
                  2,
                  1,
                  1},
        ErrorCase{
            "InFunctionBody",
            {"SELECT 1",
             "CREATE FUNCTION g() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n  RETRN 1;\nEND $$"},
            "42601",
            1,
            3,
            3},
        ErrorCase{"CopyDataInABlock",
                  {"CREATE TABLE a (i int)", "COPY a FROM stdin", "SELECT 1"},
                  "57014",
                  1,
                  1,
                  1}),
    [](const auto& test) { return test.param.name; });

TEST_F(PostgresConnectionTest, ErrorHasAllThatTheServerSays) {
  const auto connection = connect();
  connection->execute("CREATE TABLE a (i int CONSTRAINT small CHECK (i < 10))");
  const Error error = error_of([&] { connection->run(Unit("INSERT INTO a VALUES (11)")); });
  EXPECT_THAT(error.details().message, HasSubstr("violates check constraint"));
  EXPECT_THAT(error.details().detail, HasSubstr("Failing row contains (11)"));
  EXPECT_THAT(error.details().detail, HasSubstr("constraint: small"));
  const Error hinted = error_of([&] { connection->run(Unit("SELECT a.j FROM a AS b")); });
  EXPECT_THAT(hinted.details().hint, HasSubstr("b"));
}

TEST_F(PostgresConnectionTest, DeferredConstraintFailsAtCommit) {
  const auto connection = connect();
  connection->execute("CREATE TABLE a (i int UNIQUE DEFERRABLE INITIALLY DEFERRED)");
  connection->begin();
  connection->run(Unit("INSERT INTO a VALUES (1), (1)"));
  const Error error = error_of([&] { connection->commit(); });
  EXPECT_EQ(error.details().sqlstate, "23505");
  EXPECT_EQ(error.details().statement, 0);
  connection->rollback();
  EXPECT_EQ(ask("SELECT count(*) FROM a"), "0");
}

TEST_F(PostgresConnectionTest, StatementThatEndsTheTransactionShowsAtOnce) {
  const auto connection = connect();
  connection->begin();
  connection->run(Unit("CREATE TABLE a (i int)"));
  EXPECT_TRUE(connection->in_transaction());
  connection->run(Unit("SELECT 1; COMMIT", StatementKind::end_transaction));
  EXPECT_FALSE(connection->in_transaction());
}

TEST_F(PostgresConnectionTest, BareStatementIsRefusedAtOnceAndDoesNothing) {
  const auto connection = connect();
  connection->execute("CREATE TABLE a (i int)");
  for (const char* sql :
       {"VACUUM a", "CREATE INDEX CONCURRENTLY ai ON a (i)", "ALTER SYSTEM SET work_mem = '8MB'",
        "CREATE DATABASE other", "DROP DATABASE other", "REINDEX TABLE CONCURRENTLY a"}) {
    connection->begin();
    const Error error = error_of([&] { connection->run(Unit(sql, StatementKind::bare)); });
    EXPECT_TRUE(connection->refused_transaction(error)) << sql << ": " << error.what();
    connection->rollback();
  }
  EXPECT_EQ(ask("SELECT count(*) FROM pg_index WHERE indrelid = 'a'::regclass"), "0");
  EXPECT_FALSE(
      connection->refused_transaction(error_of([&] { connection->run(Unit("SELECT 1/0")); })));
}

TEST_F(PostgresConnectionTest, ValuesHaveTheirTypes) {
  const auto connection = connect();
  const driver::Rows rows = connection->query(
      "SELECT 1::smallint, 9223372036854775807::bigint, true, 1.5::real, 2.25::float8, "
      "3.10::numeric, 'a', NULL, '\\x00ff'::bytea");
  EXPECT_THAT(
      rows.rows.at(0),
      ElementsAre(Value(std::int64_t{1}), Value(std::int64_t{9223372036854775807}),
                  Value(std::int64_t{1}), Value(1.5), Value(2.25), Value(std::string("3.10")),
                  Value(std::string("a")), Value(std::monostate{}), Value(std::string("\\x00ff"))));
}

TEST_F(PostgresConnectionTest, ParametersAreNotText) {
  const auto connection = connect();
  connection->execute("CREATE TABLE a (i bigint, d float8, t text)");
  const auto lent = connection->lend();
  lent->execute("INSERT INTO a VALUES ($1, $2, $3)", -5, 0.1, "it's; DROP TABLE a --");
  lent->execute("INSERT INTO a VALUES ($1, $2, $3)", nullptr, std::nullopt, Value());
  EXPECT_EQ(ask("SELECT * FROM a ORDER BY i"), "-5|0.1|it's; DROP TABLE a --\n||");
  const Error error = error_of([&] { lent->execute("INSERT INTO a VALUES ($1, 1/0)", -5); });
  EXPECT_EQ(error.details().sqlstate, "22012");
}

TEST_F(PostgresConnectionTest, LiteralsSurviveBothStringSettings) {
  const auto connection = connect();
  const driver::Dialect& dialect = driver::postgres::make_driver(url())->dialect();
  const std::string hard = "a'b\\'c\\\\d\"$$\n\xc3\xa9";
  for (const char* setting : {"on", "off"}) {
    connection->execute(std::string("SET standard_conforming_strings = ") + setting);
    const driver::Rows rows = connection->query("SELECT " + dialect.literal(hard));
    EXPECT_EQ(std::get<std::string>(rows.rows.at(0).at(0)), hard);
  }
  EXPECT_EQ(error_of([&] { dialect.literal(std::string_view("a\0b", 3)); }).code(),
            ErrorCode::usage);
}

TEST_F(PostgresConnectionTest, NulByteIsRefusedWithItsPlace) {
  const auto connection = connect();
  const std::string text("SELECT\n 'a\0b'", 13);
  const Error error = error_of([&] { connection->run(Unit(text)); });
  EXPECT_EQ(error.code(), ErrorCode::invalid_migration);
  EXPECT_EQ(error.details().line, 2);
  EXPECT_EQ(error.details().column, 4);
}

TEST_F(PostgresConnectionTest, CopyStreamsItsData) {
  const auto connection = connect();
  connection->begin();
  connection->run(Unit("CREATE TABLE a (i int, t text)"));
  Unit command("COPY a FROM stdin;", StatementKind::copy_from_stdin);
  command->last_piece = false;
  connection->run(command);
  std::string rows;
  for (int i = 0; i < 100000; ++i) rows += std::to_string(i) + "\tb\\tc\n";
  Unit data(rows, StatementKind::copy_from_stdin);
  data->last_piece = false;
  connection->run(data);
  connection->run(Unit("7\t\\N\n", StatementKind::copy_from_stdin));
  connection->run(Unit("INSERT INTO a VALUES (0, 'last')"));
  connection->commit();
  EXPECT_EQ(ask("SELECT count(*), count(t), max(t) FROM a"), "100002|100001|last");
}

TEST_F(PostgresConnectionTest, CopyErrorNamesTheLineOfTheData) {
  const auto connection = connect();
  connection->execute("CREATE TABLE a (i int)");
  connection->begin();
  Unit command("COPY a FROM stdin;", StatementKind::copy_from_stdin);
  command->last_piece = false;
  connection->run(command);
  const Error error =
      error_of([&] { connection->run(Unit("1\n2\nthree\n4\n", StatementKind::copy_from_stdin)); });
  EXPECT_EQ(error.details().sqlstate, "22P02");
  EXPECT_EQ(error.details().line, 3);
  connection->rollback();
  EXPECT_EQ(ask("SELECT count(*) FROM a"), "0");
}

TEST_F(PostgresConnectionTest, RollbackEndsAnOpenCopy) {
  const auto connection = connect();
  connection->execute("CREATE TABLE a (i int)");
  connection->begin();
  Unit command("COPY a FROM stdin;", StatementKind::copy_from_stdin);
  command->last_piece = false;
  connection->run(command);
  connection->rollback();
  EXPECT_FALSE(connection->in_transaction());
  EXPECT_EQ(std::get<std::int64_t>(connection->query("SELECT 5").rows.at(0).at(0)), 5);
}

TEST_F(PostgresConnectionTest, CopyToStdoutIsReadAndForgotten) {
  const auto connection = connect();
  connection->run(Unit("SELECT 1; COPY (SELECT generate_series(1, 50000)) TO stdout; SELECT 2"));
  EXPECT_EQ(std::get<std::int64_t>(connection->query("SELECT 5").rows.at(0).at(0)), 5);
}

TEST_F(PostgresConnectionTest, NoticesArePassedOn) {
  std::vector<std::string> notices;
  options_.notice = [&](std::string_view severity, std::string_view text) {
    notices.push_back(std::string(severity) + ": " + std::string(text));
  };
  const auto connection = connect();
  connection->run(
      Unit("DROP TABLE IF EXISTS nothing; DO $$ BEGIN RAISE WARNING 'careful' USING "
           "HINT = 'slowly'; END $$"));
  EXPECT_THAT(notices, ElementsAre("NOTICE: table \"nothing\" does not exist, skipping",
                                   "WARNING: careful\nhint: slowly"));
}

TEST_F(PostgresConnectionTest, ExceptionOfAnObserverEndsTheStatement) {
  struct Unwell {};
  options_.notice = [](std::string_view, std::string_view) { throw Unwell(); };
  const auto connection = connect();
  connection->begin();
  connection->run(Unit("DO $$ BEGIN RAISE NOTICE 'x'; PERFORM pg_sleep(600); END $$"));
  EXPECT_THROW(connection->commit(), Unwell);
  connection->rollback();
  EXPECT_FALSE(connection->in_transaction());
  EXPECT_EQ(std::get<std::int64_t>(connection->query("SELECT 5").rows.at(0).at(0)), 5);
}

TEST_F(PostgresConnectionTest, CancelStopsTheStatementOnTheServer) {
  CancelToken token;
  options_.cancel = &token;
  const auto connection = connect();
  connection->execute("CREATE TABLE a (i int)");
  std::thread canceller([&] {
    while (ask("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND state "
               "= 'active' AND pid <> pg_backend_pid()") == "0") {
    }
    token.cancel();
  });
  connection->begin();
  connection->run(Unit("INSERT INTO a VALUES (1)"));
  connection->run(Unit("SELECT pg_sleep(600)"));
  const Error error = error_of([&] { connection->commit(); });
  canceller.join();
  EXPECT_EQ(error.code(), ErrorCode::interrupted);
  EXPECT_EQ(error.details().sql, "SELECT pg_sleep(600)");
  connection->rollback();
  EXPECT_FALSE(connection->in_transaction());
  EXPECT_EQ(ask("SELECT count(*) FROM a"), "0");
}

TEST_F(PostgresConnectionTest, DeadlineStopsTheStatementOnTheServer) {
  CancelToken token;
  options_.cancel = &token;
  const auto connection = connect();
  token.start(std::chrono::milliseconds(100));
  const Error error = error_of([&] { connection->run(Unit("SELECT pg_sleep(600)")); });
  EXPECT_EQ(error.code(), ErrorCode::interrupted);
  EXPECT_THAT(error.details().message, HasSubstr("time limit"));
}

TEST_F(PostgresConnectionTest, StatementTimeoutIsNotAnInterruption) {
  const auto connection = connect("statement_timeout=50ms");
  const Error error = error_of([&] { connection->run(Unit("SELECT pg_sleep(600)")); });
  EXPECT_EQ(error.code(), ErrorCode::sql);
  EXPECT_EQ(error.details().sqlstate, "57014");
}

TEST_F(PostgresConnectionTest, LostConnectionIsSaidToBeLost) {
  const auto connection = connect();
  connection->begin();
  connection->run(Unit("CREATE TABLE a (i int)"));
  connection->flush();
  ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gander'");
  const Error error = error_of([&] { connection->commit(); });
  EXPECT_EQ(error.code(), ErrorCode::connection);
  EXPECT_TRUE(error.details().retryable);
  connection->rollback();
  EXPECT_EQ(error_of([&] { connection->query("SELECT 1"); }).code(), ErrorCode::connection);
}

TEST_F(PostgresConnectionTest, SessionStateDoesNotLeak) {
  ask("CREATE ROLE painter; CREATE SCHEMA other; GRANT CREATE, USAGE ON SCHEMA public TO painter");
  const auto connection = connect("search_path=public&role=painter");
  const auto lock = connection->locks()->lock("public.t");
  EXPECT_EQ(connection->default_schema(), "public");
  const char* state =
      "SELECT concat_ws('|', current_setting('search_path'), current_user, "
      "current_setting('work_mem'), to_regclass('pg_temp.t')::text, (SELECT count(*) FROM "
      "pg_prepared_statements), (SELECT count(*) FROM pg_listening_channels()))";
  const driver::Rows before = connection->query(state);
  connection->begin();
  connection->run(Unit("SELECT pg_catalog.set_config('search_path', '', false)"));
  connection->run(Unit("SET work_mem = '7MB'; RESET ROLE; CREATE TEMP TABLE t (i int)"));
  connection->run(Unit("PREPARE p AS SELECT 1", StatementKind::session));
  connection->run(Unit("LISTEN geese"));
  connection->commit();
  EXPECT_NE(connection->query(state).rows, before.rows);
  connection->session_settings()->reset_session();
  EXPECT_EQ(connection->query(state).rows, before.rows);
  EXPECT_EQ(ask("SELECT count(*) FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database "
                "WHERE locktype = 'advisory' AND datname = current_database()"),
            "2");
  ask("REVOKE ALL ON SCHEMA public FROM painter; DROP ROLE painter");
}

TEST_F(PostgresConnectionTest, QuietMigrationNeedsNoReset) {
  const auto connection = connect();
  connection->begin();
  connection->run(Unit("CREATE TABLE a (i int)"));
  connection->run(Unit("INSERT INTO a SELECT 1"));
  connection->execute("SELECT 1 / (CASE WHEN EXISTS (SELECT 1 FROM a) THEN 1 ELSE 0 END)");
  connection->commit();
  mark();
  connection->session_settings()->reset_session();
  EXPECT_EQ(messages_since_mark(), 0);
}

TEST_F(PostgresConnectionTest, BorrowedConnectionIsLeftAsItWas) {
  ask("CREATE ROLE lender");
  Client client(url());
  client.ask(
      "SET search_path = pg_catalog; SET work_mem = '9MB'; SET ROLE lender; CREATE TEMP TABLE "
      "mine (i int); PREPARE kept AS SELECT 42");
  const char* state =
      "SELECT current_setting('search_path'), current_setting('work_mem'), current_user, "
      "current_setting('client_encoding'), current_setting('standard_conforming_strings')";
  client.ask("SET client_encoding = LATIN1; SET standard_conforming_strings = off");
  const std::string before = client.ask(state);
  {
    const auto driver = driver::postgres::make_driver(client.handle());
    const auto connection = driver->connect(options_);
    connection->session_settings()->enter();
    EXPECT_EQ(std::get<std::string>(
                  connection->query("SELECT current_setting('client_encoding')").rows[0][0]),
              "UTF8");
    connection->begin();
    connection->run(Unit("SET work_mem = '1MB'; SET search_path = public; RESET ROLE"));
    connection->commit();
    connection->session_settings()->reset_session();
    connection->session_settings()->leave();
    EXPECT_FALSE(driver->reconnectable());
  }
  EXPECT_EQ(client.ask(state), before);
  EXPECT_EQ(client.ask("EXECUTE kept"), "42");
  EXPECT_EQ(client.ask("SELECT count(*) FROM pg_temp.mine"), "0");
  client.ask("RESET ROLE; DROP OWNED BY lender; DROP ROLE lender");
}

TEST_F(PostgresConnectionTest, BorrowedConnectionInsideATransactionIsRefused) {
  Client client(url());
  client.ask("BEGIN");
  const auto driver = driver::postgres::make_driver(client.handle());
  EXPECT_EQ(error_of([&] { driver->connect(options_); }).code(), ErrorCode::usage);
}

TEST_F(PostgresConnectionTest, UrlSettingsAreMade) {
  ask("CREATE SCHEMA \"My Schema\"");
  const auto connection = connect("schema=My%20Schema&lock_timeout=150ms&timezone=Asia/Tokyo");
  EXPECT_EQ(connection->default_schema(), "My Schema");
  const driver::Rows rows = connection->query(
      "SELECT current_setting('lock_timeout'), current_setting('timezone'), "
      "current_setting('application_name')");
  EXPECT_THAT(rows.rows[0],
              ElementsAre(Value(std::string("150ms")), Value(std::string("Asia/Tokyo")),
                          Value(std::string("gander"))));
}

TEST_F(PostgresConnectionTest, UnknownUrlSettingIsAUsageError) {
  const Error error = error_of([&] { connect("lokc_timeout=1s"); });
  EXPECT_EQ(error.code(), ErrorCode::usage);
  EXPECT_THAT(error.details().message, HasSubstr("lokc_timeout"));
  EXPECT_EQ(error_of([&] { connect("role=nobody"); }).code(), ErrorCode::usage);
  EXPECT_EQ(error_of([&] { connect("sslmode=sometimes"); }).code(), ErrorCode::usage);
}

TEST_F(PostgresConnectionTest, UnreachableServerIsAConnectionErrorWithoutThePassword) {
  const auto nobody = driver::postgres::make_driver(
      "postgres://me:canary-7@/db?host=" + server().directory() + "/nowhere");
  const Error error = error_of([&] { nobody->connect(options_); });
  EXPECT_EQ(error.code(), ErrorCode::connection);
  EXPECT_TRUE(error.details().retryable);
  EXPECT_THAT(error.what(), ::testing::Not(HasSubstr("canary")));
  const auto missing = driver::postgres::make_driver(server().url("missing"));
  const Error none = error_of([&] { missing->connect(options_); });
  EXPECT_EQ(none.code(), ErrorCode::connection);
  EXPECT_EQ(none.details().sqlstate, "3D000");
  EXPECT_THAT(none.details().hint, HasSubstr("createdb"));
  EXPECT_THAT(none.details().message, ::testing::Not(HasSubstr("LOCATION")));
}

TEST_F(PostgresConnectionTest, ReadOnlyDatabaseIsNotWritable) {
  ask("ALTER DATABASE " + database_ + " SET default_transaction_read_only = on");
  const auto connection = connect();
  connection->begin();
  connection->run(Unit("CREATE TABLE a (i int)"));
  EXPECT_EQ(error_of([&] { connection->commit(); }).code(), ErrorCode::not_writable);
}

TEST_F(PostgresConnectionTest, NativeHandleSeesWhatWaited) {
  const auto connection = connect();
  connection->begin();
  connection->run(Unit("CREATE TABLE a (i int)"));
  connection->native_handle();
  EXPECT_TRUE(connection->in_transaction());
  connection->run(Unit("SELEC"));
  connection->native_handle();
  EXPECT_EQ(error_of([&] { connection->execute("SELECT 1"); }).details().sqlstate, "42601");
  connection->rollback();
}

TEST_F(PostgresConnectionTest, TablesExistByName) {
  ask("CREATE SCHEMA s; CREATE TABLE s.\"T\" (i int); CREATE TABLE t (i int)");
  const auto connection = connect();
  EXPECT_THAT(connection->tables_exist({{"s", "T"}, {"s", "t"}, {"public", "t"}, {"nope", "t"}}),
              ElementsAre(true, false, true, false));
}

}  // namespace
}  // namespace gander
