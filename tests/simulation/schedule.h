// SPDX-License-Identifier: MIT
// Schedule: one simulated history, from a seed: a few processes that migrate up and down while
// things go wrong, then an operator who finishes, then the verdict.
#pragma once

#include <cstdint>
#include <string>

namespace gander::simulation {

// What is wrong with the simulated database: a simulation that does not notice is worth nothing.
enum class Defect {
  none,
  lock_dies_with_client,  // a run lock is free before its session's last request is carried out
  blind,  // commits by other runs are not noticed (SQLite's data_version stands still)
};

struct Result {
  std::string wrong;  // empty: all invariants hold
  std::string log;    // when asked for
  int killed = 0;
  int runs = 0;
};

Result play(std::uint32_t seed, Defect defect, bool keep_log);

}  // namespace gander::simulation
