// SPDX-License-Identifier: MIT
// CApiTest: what the tests of the C interface share.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gander/c.h"
#include "tests/support/temp_directory.h"

namespace gander::c {

// Frees any object of the C interface.
struct Free {
  void operator()(gander_error* object) const { gander_error_free(object); }
  void operator()(gander_options* object) const { gander_options_free(object); }
  void operator()(gander_source* object) const { gander_source_free(object); }
  void operator()(gander_runner* object) const { gander_runner_free(object); }
  void operator()(gander_report* object) const { gander_report_free(object); }
  void operator()(gander_status* object) const { gander_status_free(object); }
  void operator()(gander_plan* object) const { gander_plan_free(object); }
  void operator()(gander_history* object) const { gander_history_free(object); }
  void operator()(gander_validation* object) const { gander_validation_free(object); }
  void operator()(gander_doctor_report* object) const { gander_doctor_report_free(object); }
  void operator()(gander_lock* object) const { gander_lock_free(object); }
  void operator()(gander_dump* object) const { gander_dump_free(object); }
  void operator()(gander_differences* object) const { gander_differences_free(object); }
  void operator()(gander_verification* object) const { gander_verification_free(object); }
  void operator()(gander_rehearsal* object) const { gander_rehearsal_free(object); }
};

template <typename Object>
using Owned = std::unique_ptr<Object, Free>;

class CApiTest : public ::testing::Test {
 protected:
  CApiTest() : options_(gander_options_new()) {}

  Owned<gander_source> files(const std::vector<std::pair<std::string, std::string>>& texts) {
    std::vector<gander_file> list;
    for (const auto& [name, text] : texts) {
      list.push_back({name.c_str(), text.data(), text.size()});
    }
    gander_source* source = nullptr;
    EXPECT_EQ(gander_source_files(list.data(), list.size(), &source, &error_), GANDER_OK);
    return Owned<gander_source>(source);
  }

  Owned<gander_source> two_files() {
    return files({{"00001_birds.sql",
                   "-- +goose Up\nCREATE TABLE birds (name TEXT);\n"
                   "INSERT INTO birds VALUES ('greylag');\n-- +goose Down\nDROP TABLE birds;\n"},
                  {"00002_nests.sql",
                   "-- +goose Up\nCREATE TABLE nests (place TEXT);\n"
                   "-- +goose Down\nDROP TABLE nests;\n"}});
  }

  Owned<gander_runner> runner(const Owned<gander_source>& source) {
    gander_runner* opened = nullptr;
    const std::string url = "sqlite:" + path();
    EXPECT_EQ(gander_runner_open(url.c_str(), source.get(), options_.get(), &opened, &error_),
              GANDER_OK)
        << gander_error_what(error_);
    return Owned<gander_runner>(opened);
  }

  // Takes the last error over, so that it is freed.
  Owned<gander_error> take_error() {
    Owned<gander_error> taken(error_);
    error_ = nullptr;
    return taken;
  }

  std::string path() const { return directory_.file("app.db"); }

  testing_support::TempDirectory directory_;
  Owned<gander_options> options_;
  gander_error* error_ = nullptr;
};

}  // namespace gander::c
