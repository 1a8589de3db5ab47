// SPDX-License-Identifier: MIT
// Two copies of SQLite in one process: the one that the tests are linked with, and a copied library
// that is loaded beside it, as an application's plugin would.
#include "src/driver/sqlite/process.h"

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>

#include "gander/gander.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_directory.h"

namespace gander {
namespace {

using ::testing::HasSubstr;
using testing_support::SqliteFile;
using testing_support::TempDirectory;

class SecondSqliteTest : public ::testing::Test {
 protected:
  void SetUp() override {
#if !defined(RTLD_DEEPBIND) || defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "no second copy can be loaded here";
#else
    Dl_info own{};
    if (::dladdr(reinterpret_cast<const void*>(&sqlite3_libversion), &own) == 0 ||
        std::string(own.dli_fname).find(".so") == std::string::npos) {
      GTEST_SKIP() << "SQLite is linked statically";
    }
    const std::string copy = directory_.file("second-sqlite.so");
    std::filesystem::copy_file(own.dli_fname, copy);
    library_ = ::dlopen(copy.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    ASSERT_NE(library_, nullptr) << ::dlerror();
    ASSERT_NE(function<decltype(sqlite3_libversion)>("sqlite3_libversion")(), sqlite3_libversion());
    ASSERT_EQ(function<decltype(sqlite3_open)>("sqlite3_open")(path().c_str(), &theirs_),
              SQLITE_OK);
#endif
  }
  ~SecondSqliteTest() override {
    if (library_ == nullptr) return;
    function<decltype(sqlite3_close)>("sqlite3_close")(theirs_);
    ::dlclose(library_);
  }

  template <typename Signature>
  Signature* function(const char* name) const {
    return reinterpret_cast<Signature*>(::dlsym(library_, name));
  }
  int run(const char* sql) const {
    return function<decltype(sqlite3_exec)>("sqlite3_exec")(theirs_, sql, nullptr, nullptr,
                                                            nullptr);
  }
  std::string path() const { return directory_.file("app.db"); }

  TempDirectory directory_;
  Source source_ = in_memory({{"1_a.sql", "-- +goose Up\nCREATE TABLE a (x);\n"}});
  void* library_ = nullptr;
  sqlite3* theirs_ = nullptr;
};

TEST_F(SecondSqliteTest, HandleOfAnotherCopyIsRefusedWithWords) {
  try {
    MigrationRunner(borrow(theirs_), source_).up();
    FAIL() << "borrowed";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
    EXPECT_THAT(error.what(), HasSubstr("belongs to another copy of SQLite"));
  }
}

TEST_F(SecondSqliteTest, FileThatAnotherCopyHasOpenIsRefusedWithWords) {
  ASSERT_EQ(run("CREATE TABLE app (x); BEGIN IMMEDIATE; INSERT INTO app VALUES (1)"), SQLITE_OK);
  try {
    MigrationRunner(open("sqlite:" + path()), source_).up();
    FAIL() << "opened";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
    EXPECT_THAT(error.what(), HasSubstr("two copies of SQLite are loaded"));
  }
  EXPECT_EQ(run("COMMIT"), SQLITE_OK);
  EXPECT_EQ(run("SELECT x FROM app"), SQLITE_OK);
  EXPECT_NE(run("SELECT x FROM a"), SQLITE_OK);
}

TEST_F(SecondSqliteTest, OtherFilesAreNobodysBusiness) {
  EXPECT_EQ(MigrationRunner(open("sqlite:" + directory_.file("other.db")), source_).up().version,
            1);
}

TEST(OneSqlite, FileThatIsOpenTwiceInOneCopyIsNoMatter) {
  TempDirectory directory;
  SqliteFile file(directory.file("app.db"));
  file.run("CREATE TABLE app (x)");
  const Source source = in_memory({{"1_a.sql", "-- +goose Up\nCREATE TABLE a (x);\n"}});
  EXPECT_EQ(MigrationRunner(open("sqlite:" + directory.file("app.db")), source).up().version, 1);
  EXPECT_EQ(MigrationRunner(borrow(file.handle()), source).up().version, 1);
}

}  // namespace
}  // namespace gander
