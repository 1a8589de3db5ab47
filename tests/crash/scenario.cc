// SPDX-License-Identifier: MIT
#include "tests/crash/scenario.h"

#include <utility>

namespace gander::crash {
namespace {

using Files = std::vector<MemoryFile>;

void up(MigrationRunner& runner) { runner.up(); }
Operate down_to(std::int64_t version) {
  return [version](MigrationRunner& runner) { runner.down_to(version); };
}

// A file with both directions.
MemoryFile file(const std::string& name, const std::string& up, const std::string& down = "") {
  return {name, "-- +goose Up\n" + up + (down.empty() ? "" : "-- +goose Down\n" + down)};
}

MemoryFile stepwise(const std::string& name, const std::string& up, const std::string& down = "") {
  MemoryFile made = file(name, up, down);
  made.text = "-- +goose NO TRANSACTION\n" + made.text;
  return made;
}

// Appends one word to the trail: run twice or not at all, it shows.
std::string mark(const std::string& word) {
  return "UPDATE trail SET steps = steps || '" + word + " ';\n";
}

MemoryFile trail() {
  return file("00001_trail.sql",
              "CREATE TABLE trail (steps TEXT NOT NULL);\nINSERT INTO trail VALUES ('');\n",
              "DROP TABLE trail;\n");
}

Files schema_files() {
  return {file("00001_birds.sql",
               "CREATE TABLE birds (id INTEGER PRIMARY KEY, name TEXT);\n"
               "CREATE INDEX birds_name ON birds (name);\nALTER TABLE birds ADD weight INTEGER;\n",
               "DROP TABLE birds;\n"),
          file("00002_nests.sql",
               "CREATE TABLE nests (id INTEGER PRIMARY KEY, bird INTEGER REFERENCES birds (id));\n"
               "CREATE VIEW nested AS SELECT name FROM birds JOIN nests ON bird = birds.id;\n",
               "DROP VIEW nested;\nDROP TABLE nests;\n")};
}

Files mixed_files() {
  return {trail(),
          file("00002_birds.sql",
               mark("2a") + "CREATE TABLE birds (name TEXT);\n" + mark("2b") +
                   "INSERT INTO birds VALUES ('goose'), ('gander');\n" + mark("2c"),
               mark("-2a") + "DROP TABLE birds;\n" + mark("-2b")),
          file("00003_rebuild.sql",
               "CREATE TABLE new_birds (name TEXT NOT NULL, legs INTEGER DEFAULT 2);\n"
               "INSERT INTO new_birds (name) SELECT name FROM birds;\nDROP TABLE birds;\n"
               "ALTER TABLE new_birds RENAME TO birds;\n" +
                   mark("3a"),
               "ALTER TABLE birds DROP COLUMN legs;\n" + mark("-3a"))};
}

Files many_files() {
  Files files = {trail()};
  for (int i = 2; i <= 8; ++i) {
    const std::string number = std::to_string(i);
    files.push_back(file("0000" + number + "_step.sql",
                         "CREATE TABLE step" + number + " (x);\n" + mark(number),
                         mark("-" + number) + "DROP TABLE step" + number + ";\n"));
  }
  return files;
}

Files bare_files() {
  return {trail(),
          stepwise("00002_bare.sql",
                   mark("2a") + "VACUUM;\n" + mark("2b") + "PRAGMA user_version = 7;\n" +
                       "CREATE TABLE birds (name TEXT);\nINSERT INTO birds VALUES ('goose');\n" +
                       "INSERT INTO birds SELECT name || '2' FROM birds;\n" + mark("2c") +
                       "PRAGMA application_id = 42;\nVACUUM;\n" + mark("2d"),
                   mark("-2a") + "PRAGMA user_version = 0;\nVACUUM;\nDROP TABLE birds;\n" +
                       "PRAGMA application_id = 0;\n" + mark("-2b")),
          file("00003_last.sql", mark("3a"), mark("-3a"))};
}

Files own_transaction_files() {
  return {trail(),
          stepwise("00002_own.sql",
                   mark("2a") + "BEGIN;\n" + mark("2b") + "CREATE TABLE birds (name TEXT);\n" +
                       mark("2c") + "COMMIT;\n" + mark("2d") + "BEGIN IMMEDIATE;\n" +
                       "INSERT INTO birds VALUES ('lost');\nROLLBACK;\n" + mark("2e") + "BEGIN;\n" +
                       "INSERT INTO birds VALUES ('kept');\nEND TRANSACTION;\n",
                   "BEGIN;\nDROP TABLE birds;\n" + mark("-2a") + "COMMIT;\n" + mark("-2b")),
          file("00003_last.sql", mark("3a"), mark("-3a"))};
}

Files trigger_files() {
  return {trail(),
          file("00002_trigger.sql",
               "CREATE TABLE birds (name TEXT);\n"
               "CREATE TRIGGER note AFTER INSERT ON birds BEGIN\n"
               "  UPDATE trail SET steps = steps || new.name || ' ';\n"
               "  UPDATE trail SET steps = steps || CASE new.name WHEN 'a' THEN 'A ' ELSE '' END;\n"
               "END;\nINSERT INTO birds VALUES ('a');\n",
               "DROP TRIGGER note;\nDROP TABLE birds;\n"),
          stepwise("00003_trigger.sql",
                   "DROP TRIGGER note;\nINSERT INTO birds VALUES ('silent');\n"
                   "CREATE TRIGGER note AFTER DELETE ON birds BEGIN\n"
                   "  UPDATE trail SET steps = steps || old.name || '; ';\nEND;\n"
                   "DELETE FROM birds WHERE name = 'silent';\n" +
                       mark("3a"),
                   "DROP TRIGGER note;\n" + mark("-3a") +
                       "CREATE TRIGGER note AFTER INSERT ON birds BEGIN\n"
                       "  SELECT 1;\nEND;\n")};
}

Files trail_files() {
  return {trail(), file("00002_tx.sql", mark("2a") + mark("2b") + mark("2c"), mark("-2a")),
          stepwise("00003_steps.sql", mark("3a") + mark("3b") + mark("3c") + mark("3d"),
                   mark("-3a") + mark("-3b")),
          file("00004_tx.sql", mark("4a"), mark("-4a"))};
}

// Large enough that pages reach the file before the commit.
Files large_files() {
  const std::string fill =
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) "
      "INSERT INTO birds SELECT i, hex(zeroblob(40)) FROM n;\n";
  return {
      trail(),
      file("00002_fill.sql",
           "CREATE TABLE birds (id INTEGER PRIMARY KEY, name TEXT);\n" + fill + mark("2a"),
           "DROP TABLE birds;\n" + mark("-2a")),
      stepwise("00003_change.sql",
               "UPDATE birds SET name = name || id;\nCREATE INDEX birds_name ON birds (name);\n" +
                   mark("3a") + "DELETE FROM birds WHERE id % 3 = 0;\nVACUUM;\n" + mark("3b"),
               "DROP INDEX birds_name;\n" + mark("-3a"))};
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
    const bool half_undone = !runner.pending() && runner.status().unfinished > 0;
    half_undone ? runner.redo() : runner.up();
  };
  scenario.may_be_undone = true;
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
  const std::string good = mark("5") + "CREATE TABLE step5 (x);\n";
  whole = transactional ? file(whole.name, good) : stepwise(whole.name, good);
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

// A database on which goose has worked so far: no history, no journal.
Scenario after_goose() {
  Scenario scenario = plain("after-goose", trail_files());
  scenario.prepare_stage = [](Stage& stage) {
    stage.run_sql(
        "CREATE TABLE goose_db_version (\n\t\tid INTEGER PRIMARY KEY AUTOINCREMENT,\n"
        "\t\tversion_id INTEGER NOT NULL,\n\t\tis_applied INTEGER NOT NULL,\n"
        "\t\ttstamp TIMESTAMP DEFAULT (datetime('now'))\n\t);"
        "INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1);"
        "CREATE TABLE trail (steps TEXT NOT NULL); INSERT INTO trail VALUES ('');"
        "INSERT INTO goose_db_version (version_id, is_applied) VALUES (1, 1);");
  };
  return scenario;
}

}  // namespace

MigrationRunner Scenario::runner(std::unique_ptr<driver::Driver> driver, bool mend,
                                 std::chrono::milliseconds wait) const {
  Options options;
  options.commit = commit;
  options.actor = "campaign";
  options.lock_timeout = wait;
  Source source = in_memory(mend && !mended.empty() ? mended : files);
  if (!functions.empty()) source = join({source, gander::functions(functions)});
  return MigrationRunner(Target(std::move(driver)), std::move(source), std::move(options));
}

std::vector<Scenario> sqlite_scenarios() {
  std::vector<Scenario> all;
  all.push_back(plain("schema", schema_files()));
  all.push_back(plain("mixed", mixed_files()));
  all.push_back(plain("group", many_files()));
  all.push_back(plain("each", many_files()));
  all.back().commit = Commit::each;
  for (Scenario& scenario : all) scenario.goose_may_visit = true;
  all.push_back(plain("bare", bare_files()));
  all.push_back(plain("own-transaction", own_transaction_files()));
  all.push_back(plain("trail", trail_files()));
  all.push_back(plain("triggers", trigger_files()));
  all.push_back(plain("large", large_files()));
  all.push_back(after_goose());
  all.push_back(mended_tail());
  all.push_back(failing_file("failing-transaction", true));
  all.push_back(failing_file("failing-step", false));
  all.push_back(function("function", true));
  all.push_back(function("bare-function", false));
  all.push_back(one_down("down", mixed_files(), 2));
  all.push_back(one_down("down-bare", {bare_files()[0], bare_files()[1]}, 1));
  all.push_back(backwards("down-to", many_files(), 2));
  all.push_back(backwards("down-to-steps", trail_files(), 1));
  all.push_back(backwards("down-own-transaction", own_transaction_files(), 1));
  all.push_back(backwards("reset", mixed_files(), 0));
  all.back().operation = all.back().recovery = [](MigrationRunner& runner) { runner.reset(); };
  all.push_back(redo("redo", mixed_files()));
  all.push_back(redo("redo-triggers", trigger_files()));
  all.back().may_be_visited = false;  // the visitor's own redo would be one more
  return all;
}

}  // namespace gander::crash
