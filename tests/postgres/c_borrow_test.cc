// SPDX-License-Identifier: MIT
// gander/c.h on a PGconn of the application.
#include "gander/c.h"
#include "tests/postgres/postgres_test.h"

namespace gander {
namespace {

using testing_support::Client;

using CBorrowTest = PostgresTest;

TEST_F(CBorrowTest, AConnectionOfTheApplicationIsMigratedAndStaysOpen) {
  const std::string text = "-- +goose Up\nCREATE TABLE birds (name text);\n";
  const gander_file file = {"00001_birds.sql", text.data(), text.size()};
  gander_source* source = nullptr;
  ASSERT_EQ(gander_source_files(&file, 1, &source, nullptr), GANDER_OK);
  Client client(url());
  gander_runner* runner = nullptr;
  ASSERT_EQ(gander_runner_borrow_postgres(client.handle(), source, nullptr, &runner, nullptr),
            GANDER_OK);
  gander_source_free(source);
  EXPECT_EQ(gander_runner_up(runner, nullptr, nullptr), GANDER_OK);
  gander_runner_free(runner);
  EXPECT_EQ(client.ask("SELECT count(*) FROM birds"), "0");
}

}  // namespace
}  // namespace gander
