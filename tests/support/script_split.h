// SPDX-License-Identifier: MIT
// expect_splits(): checks a table of scripts against what they split into, and that neither the
// size of the window, nor short reads, nor pieces, nor the direction asked for change the result.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>

#include "tests/support/script_dump.h"

namespace gander::script {

struct SplitCase {
  std::string script;
  std::string dump;
};

inline void expect_splits(std::initializer_list<SplitCase> cases, const ReadOptions& options) {
  for (const SplitCase& c : cases) {
    SCOPED_TRACE(c.script);
    EXPECT_EQ(dump(c.script, options), c.dump);
    for (std::size_t window : {8, 64, 130, 200}) {
      for (std::size_t chunk : {1, 13, 1000}) {
        EXPECT_EQ(dump(c.script, options, {window, 1000}, chunk), c.dump)
            << "window " << window << ", chunk " << chunk;
        EXPECT_EQ(dump(c.script, options, {window, 2}, chunk), c.dump)
            << "pieces, window " << window << ", chunk " << chunk;
      }
    }
    if (c.dump.front() == '!' && c.dump.find('/') == std::string::npos) continue;
    std::string up = read_direction(c.script, options, Direction::up);
    std::string down = read_direction(c.script, options, Direction::down);
    EXPECT_EQ(up + "/" + down, c.dump);
  }
}

inline void expect_splits(std::initializer_list<SplitCase> cases,
                          const sql::Grammar& grammar = driver::sqlite::kGrammar) {
  expect_splits(cases, test_options(grammar));
}

}  // namespace gander::script
