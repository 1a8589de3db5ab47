// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "gander/error.h"
#include "src/driver/postgres/grammar.h"
#include "src/driver/sqlite/grammar.h"
#include "src/foreign/foreign.h"

namespace gander::source {
namespace {

namespace fs = std::filesystem;

class ForeignDirectoryTest : public testing::Test {
 protected:
  ForeignDirectoryTest() {
    std::string name = (fs::temp_directory_path() / "gander-foreign-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  ~ForeignDirectoryTest() override { fs::remove_all(path_); }

  void write(const std::map<std::string, std::string>& files) {
    for (const auto& [name, text] : files) std::ofstream(path_ / name, std::ios::binary) << text;
  }

  // "id version name up|down", one migration a line.
  std::string dump(Tool tool) {
    std::string text;
    for (const ForeignMigration& each : read_foreign(tool, path_).migrations) {
      text += each.id + " " + std::to_string(each.version) + " " + each.name +
              (each.has_down ? " down" : "") + (each.transactional ? "" : " bare") + "\n";
    }
    return text;
  }

  std::string error(Tool tool) {
    try {
      read_foreign(tool, path_);
    } catch (const Error& error) {
      return error.details().message;
    }
    return "";
  }

  fs::path path_;
};

std::string text_of(std::string up, std::string down = "", bool has_down = false) {
  ForeignMigration migration;
  migration.id = "7";
  migration.up = std::move(up);
  migration.down = std::move(down);
  migration.has_down = has_down;
  return goose_text(migration, Tool::golang_migrate, driver::sqlite::kGrammar);
}

TEST_F(ForeignDirectoryTest, GolangMigratePairsItsFiles) {
  write({{"000001_init.up.sql", "CREATE TABLE a (x);"},
         {"000001_init.down.sql", "DROP TABLE a;"},
         {"000010_late.up.sql", "SELECT 1;"},
         {"README.md", "no"}});
  EXPECT_EQ(detect_tool(path_), Tool::golang_migrate);
  EXPECT_EQ(dump(Tool::golang_migrate), "1 1 000001_init.sql down\n10 10 000010_late.sql\n");
}

TEST_F(ForeignDirectoryTest, DbmateSectionsAreCutAtItsMarks) {
  write({{"20240101000000_a.sql",
          "-- migrate:up transaction:false\nVACUUM;\n\n-- migrate:down\nSELECT 2;\n"}});
  EXPECT_EQ(detect_tool(path_), Tool::dbmate);
  EXPECT_EQ(dump(Tool::dbmate), "20240101000000 20240101000000 20240101000000_a.sql down bare\n");
  const ForeignMigration migration = read_foreign(Tool::dbmate, path_).migrations.front();
  EXPECT_EQ(migration.up, "VACUUM;\n\n");
  EXPECT_EQ(migration.down, "SELECT 2;\n");
}

TEST_F(ForeignDirectoryTest, FlywayVersionsWithPartsAreNumberedAnew) {
  write({{"V1.10__c.sql", "SELECT 3;"},
         {"V1.9__b.sql", "SELECT 2;"},
         {"V1__a.sql", "SELECT 1;"},
         {"U1.9__b.sql", "SELECT -2;"},
         {"R__view.sql", "SELECT 0;"}});
  EXPECT_EQ(detect_tool(path_), Tool::flyway);
  EXPECT_EQ(dump(Tool::flyway), "1 1 00001_a.sql\n1.9 2 00002_b.sql down\n1.10 3 00003_c.sql\n");
  EXPECT_EQ(read_foreign(Tool::flyway, path_).notes.size(), 2U);
}

TEST_F(ForeignDirectoryTest, FlywayLooksIntoDirectories) {
  fs::create_directories(path_ / "1.x" / "old");
  write({{"V2__b.sql", "SELECT 2;"},
         {"1.x/V1__a.sql", "SELECT 1;"},
         {"1.x/old/U1__a.sql", "SELECT -1;"}});
  EXPECT_EQ(detect_tool(path_), Tool::flyway);
  EXPECT_EQ(dump(Tool::flyway), "1 1 00001_a.sql down\n2 2 00002_b.sql\n");
  EXPECT_EQ(read_foreign(Tool::flyway, path_).migrations.front().files,
            "1.x/V1__a.sql, 1.x/old/U1__a.sql");
  write({{"1.x/old/V2__other.sql", "SELECT 3;"}});
  EXPECT_EQ(error(Tool::flyway), "version 2 is also in 1.x/old/V2__other.sql");
}

TEST_F(ForeignDirectoryTest, OtherToolsDoNotLookIntoDirectories) {
  fs::create_directory(path_ / "old");
  write({{"000001_a.up.sql", "SELECT 1;"}, {"old/000002_b.up.sql", "SELECT 2;"}});
  EXPECT_EQ(detect_tool(path_), Tool::golang_migrate);
  EXPECT_EQ(dump(Tool::golang_migrate), "1 1 000001_a.sql\n");
}

TEST_F(ForeignDirectoryTest, WhatFlywayWouldRunBesideMigrationsIsNamed) {
  fs::create_directory(path_ / "sub");
  write({{"V1__a.sql", "SELECT 1;"},
         {"beforeMigrate.sql", "SELECT 2;"},
         {"sub/afterEachMigrate__grants.sql", "SELECT 3;"},
         {"createSchema.sql", "SELECT 4;"},
         {"V2_forgotten.sql", "SELECT 5;"},
         {"V3__code.java", ""},
         {"V9__gone.sql.conf", "executeInTransaction=false"},
         {"README.md", ""}});
  std::string notes;
  for (const std::string& note : read_foreign(Tool::flyway, path_).notes) {
    notes += note.substr(0, note.find(':')) + "\n";
  }
  EXPECT_EQ(notes,
            "V2_forgotten.sql was left out\nV3__code.java was left out\n"
            "V9__gone.sql.conf was left out\nbeforeMigrate.sql was left out\n"
            "createSchema.sql was left out\nsub/afterEachMigrate__grants.sql was left out\n");
}

TEST_F(ForeignDirectoryTest, FlywaysFileOfSettingsIsFollowed) {
  write({{"V1__a.sql", "SELECT '${x}';"},
         {"V1__a.sql.conf",
          "# of this file\n executeInTransaction = FALSE\r\n"
          "placeholderReplacement=false\n"},
         {"V2__b.sql", "SELECT 2;"},
         {"V2__b.sql.conf", "executeInTransaction=true\nencoding=UTF-8\n"},
         {"V3__c.sql", "SELECT '${x}';"}});
  EXPECT_EQ(dump(Tool::flyway), "1 1 00001_a.sql bare\n2 2 00002_b.sql\n3 3 00003_c.sql\n");
  const ForeignDirectory found = read_foreign(Tool::flyway, path_);
  ASSERT_EQ(found.notes.size(), 2U);
  EXPECT_EQ(found.notes[0], "V2__b.sql.conf sets encoding, which has no counterpart in goose");
  EXPECT_TRUE(found.notes[1].starts_with("V3__c.sql holds ${...}"));
  EXPECT_NE(goose_text(found.migrations.front(), Tool::flyway, driver::postgres::kGrammar)
                .find("-- +goose NO TRANSACTION\n"),
            std::string::npos);

  write({{"V2__b.sql.conf", "\nexecuteInTransaction=perhaps\n"}});
  EXPECT_EQ(error(Tool::flyway), "executeInTransaction is neither true nor false");
}

TEST_F(ForeignDirectoryTest, SqlMigrateMarksBecomeGoosesMarks) {
  write({{"002-b.sql",
          "-- +migrate Up\n-- +migrate StatementBegin\nSELECT 1;\n"
          "-- +migrate StatementEnd\n-- +migrate Down notransaction\nSELECT 2;\n"}});
  EXPECT_EQ(detect_tool(path_), Tool::sql_migrate);
  EXPECT_EQ(dump(Tool::sql_migrate), "002-b.sql 2 00002_b.sql down bare\n");
  const ForeignMigration migration = read_foreign(Tool::sql_migrate, path_).migrations.front();
  EXPECT_EQ(migration.up, "-- +goose StatementBegin\nSELECT 1;\n-- +goose StatementEnd\n");
}

TEST_F(ForeignDirectoryTest, SqlMigrateRunsNamesWithoutANumberLast) {
  const std::string text = "-- +migrate Up\nSELECT 1;\n";
  write({{"add.sql", text}, {"10_c.sql", text}, {"9_b.sql", text}});
  EXPECT_EQ(dump(Tool::sql_migrate),
            "9_b.sql 1 00001_b.sql\n10_c.sql 2 00002_c.sql\nadd.sql 3 00003_add.sql\n");
}

TEST_F(ForeignDirectoryTest, RefineryIsKnownByItsProject) {
  fs::create_directory(path_ / "migrations");
  std::ofstream(path_ / "Cargo.toml") << "";
  std::ofstream(path_ / "migrations" / "V2__b.sql") << "SELECT 1;";
  EXPECT_EQ(detect_tool(path_ / "migrations"), Tool::refinery);
  EXPECT_EQ(read_foreign(Tool::refinery, path_ / "migrations").migrations.front().name,
            "00002_b.sql");
}

TEST_F(ForeignDirectoryTest, DefectsAreNamed) {
  EXPECT_EQ(detect_tool(path_), std::nullopt);
  EXPECT_EQ(error(Tool::flyway), "no migrations of flyway found here");
  write({{"1_a.up.sql", ""}, {"01_b.up.sql", ""}});
  EXPECT_EQ(error(Tool::golang_migrate), "version 1 is also in 01_b.up.sql");
  write({{"3_x.down.sql", ""}});
  fs::remove(path_ / "1_a.up.sql");
  EXPECT_EQ(error(Tool::golang_migrate), "this undo has no migration to undo");
  EXPECT_EQ(error(Tool::dbmate), "the file has no line '-- migrate:up'");
}

TEST(ForeignText, PlainStatementsStayAsTheyAre) {
  EXPECT_EQ(text_of("CREATE TABLE a (x);\nSELECT 1;\n\n", "DROP TABLE a;", true),
            "-- Imported from golang-migrate 7\n-- +goose Up\nCREATE TABLE a (x);\nSELECT 1;\n"
            "\n-- +goose Down\nDROP TABLE a;\n");
}

TEST(ForeignText, WhatGooseWouldCutWronglyBecomesABlock) {
  const std::string trigger = "CREATE TRIGGER g AFTER INSERT ON a BEGIN\n  SELECT 1;\nEND;";
  EXPECT_EQ(text_of(trigger),
            "-- Imported from golang-migrate 7\n-- +goose Up\n-- +goose StatementBegin\n" +
                trigger + "\n-- +goose StatementEnd\n");
  EXPECT_NE(text_of("SELECT 1").find("StatementBegin"), std::string::npos);
  EXPECT_NE(text_of("SELECT 1; /* c */").find("StatementBegin"), std::string::npos);
  EXPECT_EQ(text_of("-- only a comment\n"),
            "-- Imported from golang-migrate 7\n-- +goose Up\n-- only a comment\n");
}

TEST(ForeignText, StatementsThatRefuseATransactionGetNone) {
  EXPECT_NE(text_of("VACUUM;").find("-- +goose NO TRANSACTION\n-- +goose Up"), std::string::npos);
  EXPECT_NE(text_of("BEGIN;\nSELECT 1;\nCOMMIT;").find("NO TRANSACTION"), std::string::npos);
  EXPECT_EQ(text_of("SELECT 1;").find("NO TRANSACTION"), std::string::npos);
}

TEST(ForeignText, RemembersItsOrigin) {
  EXPECT_EQ(origin_of(text_of("SELECT 1;"), Tool::golang_migrate), "7");
  EXPECT_EQ(origin_of(text_of("SELECT 1;"), Tool::dbmate), std::nullopt);
  EXPECT_EQ(origin_of("-- +goose Up\n", Tool::golang_migrate), std::nullopt);
}

TEST(ForeignText, RefusesWhatWouldBecomeAnAnnotation) {
  EXPECT_THROW(text_of("-- +goose Down\nSELECT 1;"), Error);
}

}  // namespace
}  // namespace gander::source
