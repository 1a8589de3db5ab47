// SPDX-License-Identifier: MIT
// Calls into each part of fmt's compiled half, to see whether fmt_static.cc has it.
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

int main(int argc, char** argv) {
  std::vector<int> numbers(static_cast<std::size_t>(argc), 7);
  fmt::print("{} {:>8.3f} {:L} {:?} {}\n", numbers, argc * 1.5, 100000 * argc, *argv,
             fmt::localtime(0));
}
