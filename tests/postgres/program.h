// SPDX-License-Identifier: MIT
// PostgresProgramTest: the real program, whose path is in GANDER, on a directory of migrations.
#pragma once

#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "tests/postgres/trail.h"
#include "tests/support/temp_directory.h"

namespace gander {

class PostgresProgramTest : public TrailTest {
 protected:
  void SetUp() override {
    TrailTest::SetUp();
    if (IsSkipped()) return;
    const char* program = std::getenv("GANDER");
    if (program == nullptr) GTEST_SKIP() << "GANDER does not name the program";
    program_ = program;
  }

  // `arguments`: the command and its options.
  std::unique_ptr<testing_support::Process> start(const std::string& where,
                                                  const std::vector<std::string>& arguments) {
    std::vector<std::string> argv = {program_, "--db", where, "--dir", directory_.path().string()};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return std::make_unique<testing_support::Process>(argv, directory_.file("log"), "");
  }
  std::unique_ptr<testing_support::Process> start_up(const std::string& where,
                                                     const std::vector<std::string>& options = {}) {
    std::vector<std::string> arguments = {"up"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return start(where, arguments);
  }
  std::unique_ptr<testing_support::Process> start_up() { return start_up(url()); }

  // What all of them have printed.
  std::string output() const {
    std::ifstream in(directory_.file("log"));
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::string program_;
  testing_support::TempDirectory directory_;
};

}  // namespace gander
