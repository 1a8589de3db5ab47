// SPDX-License-Identifier: MIT
#include "tests/crash/scenario.h"

#include <algorithm>
#include <array>
#include <utility>

namespace gander::crash {
namespace {

void up(MigrationRunner& runner) { runner.up(); }
Operate down_to(std::int64_t version) {
  return [version](MigrationRunner& runner) { runner.down_to(version); };
}

Scenario plain(const std::string& name, Files files) {
  Scenario scenario;
  scenario.name = name;
  scenario.files = std::move(files);
  scenario.operation = up;
  scenario.recovery = up;
  return scenario;
}

Scenario backwards(const std::string& name, Files files, std::int64_t version) {
  Scenario scenario = plain(name, std::move(files));
  scenario.prepare = up;
  scenario.operation = scenario.recovery = down_to(version);
  return scenario;
}

// After a crash `up` either finds the migration undone and applies it, or finds nothing to do. Only
// a migration that `status` shows half undone needs a second `redo`.
Scenario redo(const std::string& name, Files files) {
  Scenario scenario = plain(name, std::move(files));
  scenario.prepare = up;
  scenario.operation = [](MigrationRunner& runner) { runner.redo(); };
  scenario.recovery = [](MigrationRunner& runner) {
    const Status status = runner.status();
    const bool half_undone =
        std::ranges::any_of(status.migrations, [](const MigrationStatus& migration) {
          return (migration.state == MigrationState::active ||
                  migration.state == MigrationState::in_doubt) &&
                 migration.direction == Direction::down;
        });
    half_undone ? runner.redo() : runner.up();
  };
  scenario.may_be_undone = true;
  scenario.looks_first = true;
  return scenario;
}

// One `down`. To repeat it could undo one more, so a user says where to go.
Scenario one_down(const std::string& name, Files files, std::int64_t version) {
  Scenario scenario = backwards(name, std::move(files), version);
  scenario.operation = [](MigrationRunner& runner) { runner.down(); };
  scenario.may_be_visited = false;
  return scenario;
}

// The crash comes while the old text runs; its last statement is mended before the next run. Where
// the old one had already been completed, the run refuses, and the user brings the old text back.
Scenario mended_tail() {
  Scenario scenario = plain("mended-tail", trail_files());
  scenario.mended = scenario.files;
  std::string& text = scenario.mended[2].text;
  text.replace(text.find("3d "), 3, "3e ");
  scenario.may_be_undone = true;
  scenario.stops = {ErrorCode::edited};
  scenario.settle = [](MigrationRunner& runner, Stage&) { runner.up(); };
  return scenario;
}

// The third of five files is broken: the two before it stay, and the mended file goes on.
Scenario failing_file(const std::string& name, bool transactional) {
  Scenario scenario = plain(name, many_files());
  scenario.mended = scenario.files;
  MemoryFile& broken = scenario.files[4];
  const std::string text = mark("5") + "INSERT INTO nowhere VALUES (1);\n";
  broken = transactional ? file(broken.name, text) : stepwise(broken.name, text);
  MemoryFile& whole = scenario.mended[4];
  const std::string good = mark("5") + "CREATE TABLE step5 (x INTEGER);\n";
  whole = transactional ? file(whole.name, good) : stepwise(whole.name, good);
  scenario.fails = true;
  scenario.may_be_undone = true;
  return scenario;
}

// The next run goes on one migration at a time: of what the series has only intended nothing stands
// in its way.
Scenario series_one_by_one() {
  Scenario scenario = plain("series-one-by-one", series_files());
  scenario.recovery = [](MigrationRunner& runner) {
    try {
      for (;;) runner.up_by_one();
    } catch (const Error& error) {
      // None is left, or one has happened and is not recorded.
      if (error.code() != ErrorCode::not_found && error.code() != ErrorCode::in_doubt) throw;
    }
    runner.up();
  };
  return scenario;
}

// The table of the fourth is there already: those before it stay, and the mended one goes on.
Scenario failing_series() {
  Scenario scenario = plain("failing-series", series_files());
  scenario.mended = scenario.files;
  MemoryFile& broken = scenario.files[3];
  broken = file(broken.name, "CREATE TABLE step4 (x INTEGER PRIMARY KEY, x INTEGER);\n");
  scenario.fails = true;
  scenario.may_be_undone = true;
  return scenario;
}

// A function outside a transaction: nobody but the user can tell whether it happened.
Scenario function(const std::string& name, bool transactional) {
  Scenario scenario = plain(name, {trail()});
  FunctionMigration migration;
  migration.version = 2;
  migration.name = "function";
  migration.transactional = transactional;
  migration.up = [](Connection& connection) {
    connection.execute("UPDATE trail SET steps = steps || 'f '");
  };
  scenario.functions = {migration};
  if (transactional) return scenario;
  scenario.stops = {ErrorCode::in_doubt};
  scenario.settle = [](MigrationRunner& runner, Stage& stage) {
    const bool happened = stage.picture().data.find("f ") != std::string::npos;
    runner.resolve(2, happened ? Resolution::done : Resolution::redo, "looked at the trail");
    runner.up();
  };
  return scenario;
}

// A file that leaves the transaction around it. Between its two commits nothing can be recorded but
// on MySQL: the user looks at the trail, and does what is missing by hand.
Scenario verbatim(Engine engine) {
  Scenario scenario =
      plain("verbatim",
            {trail(), file("00002_halves.sql", mark("2a") + "COMMIT;\nBEGIN;\n" + mark("2b"))});
  scenario.stops = {ErrorCode::in_doubt};
  scenario.settle = [engine](MigrationRunner& runner, Stage& stage) {
    const bool half_done = stage.picture().data.find("2a ") != std::string::npos;
    if (half_done && engine != Engine::mysql) stage.run_sql(mark("2b"));
    runner.resolve(2, half_done ? Resolution::done : Resolution::redo, "looked at the trail");
    runner.up();
  };
  return scenario;
}

// A database on which goose has worked so far: no history, no journal.
Scenario after_goose() {
  Scenario scenario = plain("after-goose", trail_files());
  scenario.prepare_stage = [](Stage& stage) {
    stage.run_sql(stage.goose_table() + stage.goose_row(0) +
                  "CREATE TABLE trail (steps TEXT NOT NULL); INSERT INTO trail VALUES ('');" +
                  stage.goose_row(1));
  };
  return scenario;
}

// A call that commits in its middle. The user looks at the trail, and does what is missing by hand.
Scenario halves() {
  Scenario scenario = plain("halves", call_files());
  scenario.stops = {ErrorCode::in_doubt};
  scenario.settle = [](MigrationRunner& runner, Stage& stage) {
    const std::string data = stage.picture().data;
    const bool begun = data.find("2b ") != std::string::npos;
    if (begun && data.find("2c ") == std::string::npos) stage.run_sql(mark("2c"));
    runner.resolve(2, begun ? Resolution::done : Resolution::redo, "looked at the trail");
    runner.up();
  };
  return scenario;
}

// A row that was inserted under LOCK TABLES, of which only the user can tell.
Scenario locked() {
  Scenario scenario = plain("locked", locked_files());
  scenario.stops = {ErrorCode::in_doubt};
  scenario.settle = [](MigrationRunner& runner, Stage& stage) {
    const bool happened = stage.picture().data.find("goose") != std::string::npos;
    runner.resolve(2, happened ? Resolution::done : Resolution::redo, "looked at the birds");
    runner.up();
  };
  return scenario;
}

void add_mysql_scenarios(std::vector<Scenario>* all) {
  // The trail is there: goose runs what only changes rows as one transaction, too.
  all->push_back(plain("rows", row_files()));
  all->back().prepare = [](MigrationRunner& runner) { runner.up_to(1); };
  all->back().goose_may_visit = true;
  all->push_back(backwards("down-rows", row_files(), 1));
  all->push_back(plain("series", series_files()));
  all->push_back(series_one_by_one());
  all->push_back(failing_series());
  all->push_back(plain("ddl", ddl_files()));
  all->push_back(backwards("down-ddl", ddl_files(), 1));
  all->push_back(plain("block", block_files()));
  all->push_back(backwards("down-block", block_files(), 1));
  all->push_back(plain("session", session_files()));
  all->push_back(backwards("down-session", session_files(), 1));
  all->push_back(plain("database", database_files()));
  all->push_back(backwards("down-database", database_files(), 1));
  all->push_back(locked());
  all->push_back(halves());
}

// Of PostgreSQL's: has statements that refuse a transaction or change settings, which a pooler in
// transaction mode does not let through.
bool needs_session(const Scenario& scenario) {
  constexpr std::array kNames = {"bare",          "large",    "down-bare",    "settings",
                                 "down-settings", "database", "down-database"};
  return std::find(kNames.begin(), kNames.end(), scenario.name) != kNames.end();
}

void add_postgres_scenarios(std::vector<Scenario>* all) {
  // Many commits that do not wait for the disk, up and down: the server loses some in a crash.
  all->push_back(plain("flight", many_files(20)));
  all->back().goose_may_visit = true;
  all->push_back(backwards("down-flight", many_files(20), 2));
  all->push_back(plain("copy", copy_files()));
  all->push_back(plain("settings", settings_files()));
  all->push_back(backwards("down-settings", settings_files(), 1));
  all->push_back(plain("database", database_files()));
  all->push_back(backwards("down-database", database_files(), 1));
}

}  // namespace

MigrationRunner Scenario::runner(std::unique_ptr<driver::Driver> driver, bool mend,
                                 std::chrono::milliseconds wait) const {
  Options options;
  options.commit = commit;
  options.actor = "campaign";
  options.wait = wait;
  Source source = in_memory(mend && !mended.empty() ? mended : files);
  if (!functions.empty()) source = join({source, gander::functions(functions)});
  return MigrationRunner(Target(std::move(driver)), std::move(source), std::move(options));
}

std::vector<Scenario> scenarios(Engine engine, bool pooled) {
  std::vector<Scenario> all;
  all.push_back(plain("schema", schema_files(engine)));
  all.push_back(plain("mixed", mixed_files()));
  all.push_back(plain("group", many_files()));
  all.push_back(plain("each", many_files()));
  all.back().commit = Commit::each;
  // Where a change of the schema commits, goose would come upon half a file.
  for (Scenario& scenario : all) scenario.goose_may_visit = engine != Engine::mysql;
  all.push_back(plain("bare", bare_files(engine)));
  all.push_back(plain("own-transaction", own_transaction_files(engine)));
  all.push_back(plain("trail", trail_files()));
  all.push_back(plain("triggers", body_files(engine)));
  all.push_back(plain("large", large_files(engine)));
  all.push_back(after_goose());
  all.push_back(mended_tail());
  all.push_back(failing_file("failing-transaction", true));
  all.push_back(failing_file("failing-step", false));
  all.push_back(function("function", true));
  all.push_back(function("bare-function", false));
  all.push_back(verbatim(engine));
  all.push_back(one_down("down", mixed_files(), 2));
  all.push_back(one_down("down-bare", {bare_files(engine)[0], bare_files(engine)[1]}, 1));
  all.push_back(backwards("down-to", many_files(), 2));
  all.push_back(backwards("down-to-steps", trail_files(), 1));
  all.push_back(backwards("down-own-transaction", own_transaction_files(engine), 1));
  all.push_back(backwards("reset", mixed_files(), 0));
  all.back().operation = all.back().recovery = [](MigrationRunner& runner) { runner.reset(); };
  all.push_back(redo("redo", mixed_files()));
  all.push_back(redo("redo-triggers", body_files(engine)));
  all.back().may_be_visited = false;  // the visitor's own redo would be one more
  if (engine == Engine::postgres) add_postgres_scenarios(&all);
  if (engine == Engine::mysql) add_mysql_scenarios(&all);
  if (pooled) std::erase_if(all, needs_session);
  return all;
}

}  // namespace gander::crash
