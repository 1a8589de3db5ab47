// SPDX-License-Identifier: MIT
#include "gander/postgres.h"
#include "tests/postgres/postgres_test.h"
#include "tests/support/scratch_cases.h"

namespace gander {
namespace {

class PostgresScratchTest : public PostgresTest {
 protected:
  std::string left() const {
    return ask("SELECT count(*) FROM pg_database WHERE datname ~ '^gander_(scratch|rehearsal)_'");
  }
};

TEST_F(PostgresScratchTest, DatabasesAreBesideTheGivenOneAndGoWithTheirObjects) {
  Target given = open(url());
  testing_support::check_scratches(given.driver(), "gander_kept_" + database_);
  EXPECT_EQ(left(), "0");
}

TEST_F(PostgresScratchTest, SessionThatIsLeftInOneEndsWithIt) {
  auto scratch = open(url()).driver().scratches({})->make();
  const auto to_it = scratch->driver();
  const auto session = to_it->connect({});
  session->execute("CREATE TABLE a (x integer)");
  scratch.reset();
  EXPECT_EQ(left(), "0");
  EXPECT_THROW(session->execute("SELECT 1"), Error);
}

TEST_F(PostgresScratchTest, KeywordStringLeadsToTheSameServer) {
  Target server = open(url());
  const auto session = server.driver().connect({});
  const driver::Rows place = session->query(
      "SELECT current_setting('unix_socket_directories'), current_setting('port'), current_user");
  const auto text = [&](int column) {
    return std::get<std::string>(place.rows.at(0).at(static_cast<std::size_t>(column)));
  };
  Target given = postgres("host=" + text(0) + " port=" + text(1) + " user=" + text(2) +
                          " dbname=" + database_);
  const auto scratch = given.driver().scratches({})->make();
  const auto seen = scratch->driver()->connect({})->query("SELECT current_database()");
  EXPECT_EQ(std::get<std::string>(seen.rows.at(0).at(0)), scratch->name());
  EXPECT_THAT(scratch->driver()->display_name(), ::testing::HasSubstr(scratch->name()));
}

}  // namespace
}  // namespace gander
