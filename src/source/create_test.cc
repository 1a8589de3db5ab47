// SPDX-License-Identifier: MIT
#include "src/source/create.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "gander/error.h"

namespace gander::source {
namespace {

namespace fs = std::filesystem;

class CreateTest : public ::testing::Test {
 protected:
  CreateTest() {
    std::string pattern = (fs::temp_directory_path() / "gander-create-XXXXXX").string();
    root = ::mkdtemp(pattern.data());
  }
  ~CreateTest() override {
    std::error_code ignored;
    fs::remove_all(root, ignored);
  }

  void add(const std::string& name) { std::ofstream(root / name) << name; }

  std::string names() const {
    std::vector<std::string> all;
    for (const auto& entry : fs::directory_iterator(root)) {
      all.push_back(entry.path().filename().string());
    }
    std::ranges::sort(all);
    std::string text;
    for (const std::string& name : all) text += (text.empty() ? "" : " ") + name;
    return text;
  }

  static std::string text_of(const fs::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
  }

  CreatedFile create(const std::string& name, bool sequential) const {
    CreateRequest request;
    request.directory = root;
    request.name = name;
    request.sequential = sequential;
    request.text = "-- +goose Up\n";
    request.now = std::chrono::sys_days{std::chrono::year{2024} / 1 / 31} +
                  std::chrono::seconds{12 * 3600 + 5};
    return create_migration(request);
  }

  template <class Function>
  static ErrorCode code_of(Function function) {
    try {
      function();
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::internal;
  }

  fs::path root;
};

TEST(SnakeName, IsThatOfGoose) {
  EXPECT_EQ(snake_name("add users"), "add_users");
  EXPECT_EQ(snake_name("AddUsers"), "addusers");
  EXPECT_EQ(snake_name("$()&^%(_--crazy__--input$)"), "crazy_input");
  EXPECT_EQ(snake_name("trailing!"), "trailing_");
  EXPECT_EQ(snake_name("trailing!!"), "trailing");
  EXPECT_EQ(snake_name("v2 of 3"), "v2_of_3");
  EXPECT_EQ(snake_name("\xC3\x84rger \xD0\x94\xD0\x90"), "\xC3\xA4rger_\xD0\xB4\xD0\xB0");
  EXPECT_EQ(snake_name(""), "");
  EXPECT_EQ(snake_name("!"), "");
  EXPECT_EQ(snake_name("../../etc"), "etc");
}

TEST(IsTimestamp, NeedsACalendarTime) {
  EXPECT_TRUE(is_timestamp(20240131120000));
  EXPECT_TRUE(is_timestamp(20240229235959));
  EXPECT_FALSE(is_timestamp(20230229000000));
  EXPECT_FALSE(is_timestamp(20241301000000));
  EXPECT_FALSE(is_timestamp(20240131240000));
  EXPECT_FALSE(is_timestamp(20240131126000));
  EXPECT_FALSE(is_timestamp(19700101000000));
  EXPECT_TRUE(is_timestamp(19700101000001));
  EXPECT_FALSE(is_timestamp(2024013112000));
  EXPECT_FALSE(is_timestamp(202401311200000));
  EXPECT_FALSE(is_timestamp(1));
}

TEST_F(CreateTest, NumbersByTime) {
  const CreatedFile created = create("Add users", false);
  EXPECT_EQ(created.version, 20240131120005);
  EXPECT_EQ(names(), "20240131120005_add_users.sql");
  EXPECT_EQ(text_of(created.path), "-- +goose Up\n");
}

TEST_F(CreateTest, NeverOverwrites) {
  CreateRequest request{
      .directory = root, .name = "b", .sequential = true, .extension = "txt", .text = "new"};
  add("00001_b.txt");
  EXPECT_EQ(code_of([&] { create_migration(request); }), ErrorCode::invalid_migration);
  EXPECT_EQ(names(), "00001_b.txt") << "and leaves nothing else behind";
  EXPECT_EQ(text_of(root / "00001_b.txt"), "00001_b.txt");
}

TEST_F(CreateTest, TwiceInASecondGivesTwoVersions) {
  EXPECT_EQ(create("one", false).version, 20240131120005);
  EXPECT_EQ(create("two", false).version, 20240131120006);
  EXPECT_EQ(create("one", false).version, 20240131120007);
  add("20240131120008_go.go");
  EXPECT_EQ(create("four", false).version, 20240131120009);
}

TEST_F(CreateTest, TheNextSecondMayBeTheNextDay) {
  CreateRequest request{.directory = root, .name = "x", .text = "y"};
  request.now = std::chrono::sys_days{std::chrono::year{2024} / 12 / 31} +
                std::chrono::seconds{24 * 3600 - 1};
  EXPECT_EQ(create_migration(request).version, 20241231235959);
  EXPECT_EQ(create_migration(request).version, 20250101000000);
}

TEST_F(CreateTest, AtTheSameTimeGivesEachAVersionOfItsOwn) {
  constexpr int kAtOnce = 16;
  for (const bool sequential : {false, true}) {
    std::vector<std::int64_t> versions(kAtOnce);
    std::vector<std::thread> threads;
    for (int i = 0; i < kAtOnce; ++i) {
      threads.emplace_back([&, i] {
        versions[static_cast<std::size_t>(i)] =
            create("at once " + std::to_string(i), sequential).version;
      });
    }
    for (std::thread& thread : threads) thread.join();
    std::ranges::sort(versions);
    EXPECT_TRUE(std::ranges::adjacent_find(versions) == versions.end());
  }
}

// No time has 99 seconds, so that is a sequence, and the timestamps move up behind it.
TEST_F(CreateTest, FixGivesAFileTheNameThatAnotherHasJustLeft) {
  add("20200101000099_s.sql");
  add("20200101000101_a.sql");
  add("20200101000102_a.sql");
  fix_versions(root);
  EXPECT_EQ(names(), "20200101000099_s.sql 20200101000100_a.sql 20200101000101_a.sql");
  EXPECT_EQ(text_of(root / "20200101000101_a.sql"), "20200101000102_a.sql");
}

}  // namespace
}  // namespace gander::source
