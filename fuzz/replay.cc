// SPDX-License-Identifier: MIT
// Runs a fuzz target without libFuzzer, so that any compiler and `make test` can: on every file of
// the given directories, on each beginning of it, and on a few hundred mutations from a fixed seed.
//
//   replay_NAME DIRECTORY...
//
// Ends by abort() at a violated property; the input is then left as replay-failure in the working
// directory.
#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr int kMutations = 200;  // of each file
constexpr std::size_t kLongestForBeginnings = 1024;

// What the signal handler writes.
std::string* current_input() {
  static std::string input;
  return &input;
}

void keep_input(int) {
  if (std::FILE* file = std::fopen("replay-failure", "wb")) {
    std::fwrite(current_input()->data(), 1, current_input()->size(), file);
    std::fclose(file);
  }
}

void run(const std::string& input) {
  *current_input() = input;
  // A copy of the exact size, so that a sanitizer sees a read behind its end.
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

std::string mutated(std::string input, const std::string& other, std::mt19937& random) {
  const auto below = [&](std::size_t limit) { return limit == 0 ? 0 : random() % limit; };
  for (auto changes = 1 + below(3); changes > 0; --changes) {
    const std::size_t at = below(input.size());
    switch (below(4)) {
      case 0:
        if (!input.empty()) input[at] = static_cast<char>(below(256));
        break;
      case 1:
        input.erase(at, 1 + below(8));
        break;
      case 2:
        input.insert(at, input.substr(below(input.size()), 1 + below(16)));
        break;
      default:
        input.insert(at, other.substr(below(other.size()), 1 + below(32)));
        break;
    }
  }
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::filesystem::path> paths;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> inputs;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  if (inputs.empty()) {
    std::fprintf(stderr, "usage: replay DIRECTORY... with at least one file\n");
    return 2;
  }
  std::signal(SIGABRT, keep_input);

  std::size_t runs = 0;
  std::mt19937 random(1);
  for (const std::string& input : inputs) {
    run(input);
    for (std::size_t size = 0; size < std::min(input.size(), kLongestForBeginnings); ++size) {
      run(input.substr(0, size));
    }
    for (int i = 0; i < kMutations; ++i)
      run(mutated(input, inputs[random() % inputs.size()], random));
    runs += 1 + std::min(input.size(), kLongestForBeginnings) + kMutations;
  }
  std::printf("%zu inputs from %zu files\n", runs, inputs.size());
  return 0;
}
