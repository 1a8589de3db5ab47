// SPDX-License-Identifier: MIT
// What an embedding program pays on SQLite: "is anything pending?", planning, reading the store.
#include <benchmark/benchmark.h>
#include <stdlib.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "gander/gander.h"
#include "src/driver/driver.h"
#include "src/plan/plan.h"
#include "src/source/migration.h"
#include "src/store/store.h"

namespace gander {
namespace {

Source embedded_tables(std::int64_t count) {
  std::vector<MemoryFile> files;
  for (std::int64_t number = 1; number <= count; ++number) {
    files.push_back({std::to_string(number) + "_table.sql",
                     "-- +goose Up\nCREATE TABLE t" + std::to_string(number) + " (id INTEGER);\n"});
  }
  return in_memory(std::move(files));
}

// A migrated file that is removed at the end.
class MigratedFile {
 public:
  explicit MigratedFile(std::int64_t count) {
    char path[] = "/tmp/gander-micro-XXXXXX";
    const int descriptor = ::mkstemp(path);
    if (descriptor >= 0) ::close(descriptor);
    path_ = path;
    MigrationRunner(open(url()), embedded_tables(count)).up();
  }
  ~MigratedFile() { ::unlink(path_.c_str()); }
  MigratedFile(const MigratedFile&) = delete;
  MigratedFile& operator=(const MigratedFile&) = delete;
  std::string url() const { return "sqlite:" + path_; }

 private:
  std::string path_;
};

// The runner is kept, as by a server that asks before each piece of work.
void pending_again(benchmark::State& state) {
  const MigratedFile file(state.range(0));
  MigrationRunner runner(open(file.url()), embedded_tables(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(runner.pending());
}

// A runner made for the question alone: a new connection, which reads the whole schema.
void pending_once(benchmark::State& state) {
  const MigratedFile file(state.range(0));
  const Source source = embedded_tables(state.range(0));
  for (auto _ : state) {
    benchmark::DoNotOptimize(MigrationRunner(open(file.url()), source).pending());
  }
}

void up_again(benchmark::State& state) {
  const MigratedFile file(state.range(0));
  MigrationRunner runner(open(file.url()), embedded_tables(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(runner.up().pending);
}

void plan_of_all(benchmark::State& state) {
  const Source source = embedded_tables(state.range(0));
  const std::vector<source::Migration> migrations = source::list(source);
  for (auto _ : state) {
    benchmark::DoNotOptimize(plan::make({}, migrations, {}).steps.size());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void store_load(benchmark::State& state) {
  const MigratedFile file(state.range(0));
  Target target = open(file.url());
  const auto connection = target.driver().connect({});
  store::Store store(*connection, target.driver().dialect(), TableName::parse("goose_db_version"),
                     {}, true);
  for (auto _ : state) {
    store.load({.fingerprints = true});
    benchmark::DoNotOptimize(store.fingerprints().size());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(pending_again)->Arg(1)->Arg(1000)->Arg(10000);
BENCHMARK(pending_once)->Arg(1)->Arg(1000);
BENCHMARK(up_again)->Arg(1)->Arg(1000);
BENCHMARK(plan_of_all)->Arg(1000)->Arg(10000);
BENCHMARK(store_load)->Arg(1)->Arg(1000);

}  // namespace
}  // namespace gander
