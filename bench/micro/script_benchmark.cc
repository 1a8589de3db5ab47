// SPDX-License-Identifier: MIT
// How fast scripts are read: bytes a second of scan() (check, count, hash) and of StatementReader;
// and of the digest alone, which is a part of both.
#include <benchmark/benchmark.h>

#include <string>

#include "src/base/input.h"
#include "src/base/sha256.h"
#include "src/driver/postgres/grammar.h"
#include "src/driver/sqlite/grammar.h"
#include "src/script/reader.h"

namespace gander {
namespace {

constexpr std::size_t kBytes = 16 * 1024 * 1024;

// The text of a seed, `rows` rows a statement.
std::string inserts(int rows) {
  std::string text = "-- +goose Up\n";
  text.reserve(kBytes + 64 * 1024);
  for (int number = 1; text.size() < kBytes;) {
    text += "INSERT INTO seed (id, name, amount) VALUES ";
    for (int row = 0; row < rows; ++row, ++number) {
      if (row > 0) text += ",\n";
      text += "(" + std::to_string(number) + ", 'customer " + std::to_string(number * 7919) +
              "', " + std::to_string(number % 100000) + ")";
    }
    text += ";\n";
  }
  return text;
}

script::ReadOptions options_of(const sql::Grammar& grammar) {
  script::ReadOptions options;
  options.grammar = &grammar;
  return options;
}

void scan(benchmark::State& state, const sql::Grammar& grammar) {
  const std::string text = inserts(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    const auto input = string_input(text);
    benchmark::DoNotOptimize(script::scan(*input, options_of(grammar)).up.statements);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}

void read(benchmark::State& state, const sql::Grammar& grammar) {
  const std::string text = inserts(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    const auto input = string_input(text);
    script::StatementReader reader(*input, options_of(grammar));
    sql::Statement statement;
    std::size_t bytes = 0;
    while (reader.next(&statement)) bytes += statement.text.size();
    benchmark::DoNotOptimize(bytes);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}

void digest(benchmark::State& state) {
  const std::string text = inserts(1);
  for (auto _ : state) benchmark::DoNotOptimize(sha256_hex(text));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}

BENCHMARK(digest);
BENCHMARK_CAPTURE(scan, sqlite, driver::sqlite::kGrammar)->Arg(1)->Arg(500);
BENCHMARK_CAPTURE(scan, postgres, driver::postgres::kGrammar)->Arg(1)->Arg(500);
BENCHMARK_CAPTURE(read, sqlite, driver::sqlite::kGrammar)->Arg(1)->Arg(500);
BENCHMARK_CAPTURE(read, postgres, driver::postgres::kGrammar)->Arg(1)->Arg(500);

}  // namespace
}  // namespace gander
