// SPDX-License-Identifier: MIT
// gander_simulation: plays schedules, and those of the seeds file first; see --help.
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/simulation/schedule.h"

namespace gander::simulation {
namespace {

constexpr const char* kHelp =
    "usage: gander_simulation [--schedules N] [--from SEED] [--seeds FILE] [--trace SEED]\n"
    "                         [--defect lock-dies-with-client|blind]\n"
    "Plays N schedules of runners, a database and a network in which things go wrong. FILE has "
    "one\n"
    "seed a line that once failed: they are played first. --trace prints one schedule. With a\n"
    "defect of the database the exit code is 0 when the simulation notices.\n";

struct Arguments {
  std::uint32_t schedules = 2000;
  std::uint32_t from = 1;
  std::string seeds;
  std::uint32_t trace = 0;
  Defect defect = Defect::none;
  bool help = false;
};

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  const auto number = [](const std::string& text) {
    return static_cast<std::uint32_t>(std::stoul(text));
  };
  for (int i = 1; i < argc; ++i) {
    const std::string flag = argv[i];
    if (flag == "--help") {
      arguments.help = true;
      continue;
    }
    if (i + 1 >= argc) throw std::invalid_argument("what is " + flag + "?");
    const std::string value = argv[++i];
    if (flag == "--schedules") {
      arguments.schedules = number(value);
    } else if (flag == "--from") {
      arguments.from = number(value);
    } else if (flag == "--seeds") {
      arguments.seeds = value;
    } else if (flag == "--trace") {
      arguments.trace = number(value);
    } else if (flag == "--defect" && value == "lock-dies-with-client") {
      arguments.defect = Defect::lock_dies_with_client;
    } else if (flag == "--defect" && value == "blind") {
      arguments.defect = Defect::blind;
    } else {
      throw std::invalid_argument("what is " + flag + " " + value + "?");
    }
  }
  return arguments;
}

std::vector<std::uint32_t> seeds_to_play(const Arguments& arguments) {
  std::vector<std::uint32_t> seeds;
  if (!arguments.seeds.empty()) {
    std::ifstream in(arguments.seeds);
    if (!in) throw std::runtime_error("cannot read " + arguments.seeds);
    for (std::string line; std::getline(in, line);) {
      if (!line.empty() && line[0] != '#') {
        seeds.push_back(static_cast<std::uint32_t>(std::stoul(line)));
      }
    }
  }
  for (std::uint32_t i = 0; i < arguments.schedules; ++i) seeds.push_back(arguments.from + i);
  return seeds;
}

int run(const Arguments& arguments) {
  constexpr int kShown = 5;
  if (arguments.trace != 0) {
    const Result result = play(arguments.trace, arguments.defect, true);
    std::printf("%s%s\n", result.log.c_str(), result.wrong.c_str());
    return result.wrong.empty() ? 0 : 1;
  }
  const auto start = std::chrono::steady_clock::now();
  std::size_t failed = 0;
  long long runs = 0;
  const std::vector<std::uint32_t> seeds = seeds_to_play(arguments);
  for (const std::uint32_t seed : seeds) {
    const Result result = play(seed, arguments.defect, false);
    runs += result.runs;
    if (result.wrong.empty()) continue;
    if (++failed <= kShown) std::printf("FAILED: seed %u: %s\n", seed, result.wrong.c_str());
  }
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
  std::printf("%zu schedules of %lld runs: %zu right, %zu failed; %.0f schedules a second\n",
              seeds.size(), runs, seeds.size() - failed, failed,
              static_cast<double>(seeds.size()) / time.count());
  if (arguments.defect == Defect::none) return failed == 0 ? 0 : 1;
  std::printf("%s\n",
              failed > 0 ? "the defect was noticed, as it must be" : "THE DEFECT WAS NOT NOTICED");
  return failed > 0 ? 0 : 1;
}

}  // namespace
}  // namespace gander::simulation

int main(int argc, char** argv) {
  try {
    const gander::simulation::Arguments arguments = gander::simulation::parse(argc, argv);
    if (arguments.help) {
      std::fputs(gander::simulation::kHelp, stdout);
      return 0;
    }
    return gander::simulation::run(arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "gander_simulation: %s\n", error.what());
    return 2;
  }
}
