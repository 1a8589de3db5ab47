// SPDX-License-Identifier: MIT
// What the catalogue tells of a statement that was caught between intent and outcome, asked of a
// real server before it and behind it.
#include <fstream>
#include <sstream>

#include "tests/mysql/mysql_test.h"

namespace gander {
namespace {

using driver::Outcome;

std::string words(Outcome outcome) {
  switch (outcome) {
    case Outcome::happened:
      return "happened";
    case Outcome::did_not_happen:
      return "did_not_happen";
    case Outcome::unknown:
      break;
  }
  return "unknown";
}

sql::Statement statement_of(std::string_view text) {
  sql::Statement statement;
  statement.text = text;
  return statement;
}

struct Line {
  std::string engine, before, statement, outcome;
  bool fails = false;
};

std::vector<Line> lines() {
  std::ifstream file(GANDER_MYSQL_FOLDER "/witness_statements.txt");
  std::vector<Line> all;
  for (std::string text; std::getline(file, text);) {
    if (text.empty() || text.front() == '#') continue;
    std::istringstream fields(text);
    Line line;
    std::getline(fields, line.engine, '\t');
    std::getline(fields, line.before, '\t');
    std::getline(fields, line.statement, '\t');
    std::getline(fields, line.outcome);
    constexpr std::string_view kFails = "fails ";
    line.fails = line.outcome.starts_with(kFails);
    if (line.fails) line.outcome.erase(0, kFails.size());
    all.push_back(std::move(line));
  }
  return all;
}

class MysqlWitnessTest : public MysqlTest {
 protected:
  // The judgement behind `statement` where `between` has run since its image was taken.
  std::string judged(const std::string& before, const std::string& statement,
                     const std::string& between) {
    const auto connection = connect();
    if (!before.empty()) ask(before);
    const sql::Statement text = statement_of(statement);
    const std::string image = connection->witness()->before_image(text);
    if (!between.empty()) ask(between);
    return words(connection->witness()->judge(text, image));
  }
};

TEST_F(MysqlWitnessTest, EachKindOfStatementIsJudgedAsItWent) {
  std::size_t tried = 0;
  for (const Line& line : lines()) {
    if (line.engine != "both" && line.engine != (is_oracle() ? "mysql" : "mariadb")) continue;
    SCOPED_TRACE(line.before + " => " + line.statement);
    ++tried;
    // Names in the file are those of a database `app`.
    ask("DROP DATABASE IF EXISTS app; CREATE DATABASE app");
    database_ = "app";
    if (!line.before.empty()) ask(line.before);
    const auto connection = connect();
    driver::Witness& witness = *connection->witness();
    const sql::Statement statement = statement_of(line.statement);
    const std::string image = witness.before_image(statement);
    const std::string first = words(witness.judge(statement, image));
    if (line.outcome == "unknown") {
      EXPECT_EQ(image.empty(), first == "unknown");
    } else {
      EXPECT_EQ(first, "did_not_happen");
    }
    bool failed = false;
    try {
      run(*connection, line.statement);
    } catch (const Error& error) {
      failed = true;
      EXPECT_TRUE(line.fails) << error.what();
    }
    EXPECT_EQ(failed, line.fails);
    EXPECT_EQ(words(witness.judge(statement, image)), line.outcome) << image;
  }
  EXPECT_GT(tried, 120U);
}

TEST_F(MysqlWitnessTest, HalfOfAListIsNotGuessed) {
  const std::string tables = "CREATE TABLE a (x INT); CREATE TABLE b (x INT)";
  EXPECT_EQ(judged(tables, "DROP TABLE a, b", "DROP TABLE a"), "unknown");
  // What is repeated passes over it.
  EXPECT_EQ(judged("CREATE TABLE a (x INT)", "DROP TABLE IF EXISTS a, b", "DROP TABLE a"),
            "did_not_happen");
}

TEST_F(MysqlWitnessTest, AnEditedStatementIsNotTakenForTheOneThatRan) {
  const auto connection = connect();
  driver::Witness& witness = *connection->witness();
  const sql::Statement first = statement_of("CREATE TABLE a (x INT)");
  const sql::Statement edited = statement_of("CREATE TABLE a (x INT, y INT)");
  const std::string image = witness.before_image(first);
  EXPECT_EQ(witness.judge(edited, image), Outcome::did_not_happen);
  run(*connection, first.text);
  EXPECT_EQ(witness.judge(edited, image), Outcome::unknown);
  EXPECT_EQ(witness.judge(first, image), Outcome::happened);
}

TEST_F(MysqlWitnessTest, AnotherDatabaseIsNotTakenForTheOneThatWas) {
  const auto connection = connect();
  driver::Witness& witness = *connection->witness();
  const sql::Statement statement = statement_of("CREATE TABLE a (x INT)");
  const std::string image = witness.before_image(statement);
  run(*connection, "CREATE DATABASE IF NOT EXISTS elsewhere");
  run(*connection, "USE elsewhere");
  EXPECT_EQ(witness.judge(statement, image), Outcome::unknown);
}

TEST_F(MysqlWitnessTest, QuotesOfTheSessionChangeNoImage) {
  const auto connection = connect();
  driver::Witness& witness = *connection->witness();
  ask("CREATE TABLE a (x INT COMMENT 'a \"b\"', KEY k (x))");
  const sql::Statement statement = statement_of("ALTER TABLE a ADD COLUMN y INT");
  const std::string image = witness.before_image(statement);
  run(*connection, "SET sql_mode = 'ANSI_QUOTES'");
  EXPECT_EQ(witness.judge(statement, image), Outcome::did_not_happen);
}

TEST_F(MysqlWitnessTest, RowsAreNoChangeOfTheTable) {
  EXPECT_EQ(judged("CREATE TABLE a (x INT PRIMARY KEY AUTO_INCREMENT)", "ALTER TABLE a ADD y INT",
                   "INSERT INTO a VALUES (7)"),
            "did_not_happen");
}

TEST_F(MysqlWitnessTest, WithoutThePrivilegeToSeeIdsATruncateIsUnknown) {
  ask("CREATE TABLE a (x INT); DROP USER IF EXISTS small@localhost; CREATE USER small@localhost; "
      "GRANT ALL ON `" +
      database_ + "`.* TO small@localhost");
  std::string other = url();
  other.replace(other.find("root"), 4, "small");
  const auto driver = driver::mysql::make_driver(other);
  const auto connection = driver->connect(options_);
  driver::Witness& witness = *connection->witness();
  const sql::Statement truncate = statement_of("TRUNCATE a");
  EXPECT_EQ(witness.judge(truncate, witness.before_image(truncate)), Outcome::unknown);
  const sql::Statement alter = statement_of("ALTER TABLE a ADD y INT");
  EXPECT_EQ(witness.judge(alter, witness.before_image(alter)), Outcome::did_not_happen);
  EXPECT_EQ(witness.before_image(statement_of("CREATE USER another")), "");
}

}  // namespace
}  // namespace gander
