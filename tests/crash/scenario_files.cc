// SPDX-License-Identifier: MIT
#include "tests/crash/scenario_files.h"

namespace gander::crash {
namespace {

std::string body(const std::string& text) {
  return "-- +goose StatementBegin\n" + text + "-- +goose StatementEnd\n";
}

Files sqlite_bare_files() {
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

Files postgres_bare_files() {
  return {trail(),
          stepwise("00002_bare.sql",
                   mark("2a") + "CREATE TABLE birds (name TEXT);\n" +
                       "CREATE TYPE plumage AS ENUM ('grey');\n" +
                       "INSERT INTO birds VALUES ('goose');\n" +
                       "CREATE INDEX CONCURRENTLY birds_name ON birds (name);\n" +
                       "INSERT INTO birds SELECT name || '2' FROM birds;\n" + mark("2b") +
                       "CREATE UNIQUE INDEX CONCURRENTLY birds_key ON birds (name);\n" +
                       "DROP INDEX CONCURRENTLY birds_name;\nVACUUM birds;\n" +
                       "ALTER TYPE plumage ADD VALUE 'white';\n" +
                       "REINDEX INDEX CONCURRENTLY birds_key;\n" + mark("2c"),
                   mark("-2a") + "DROP INDEX CONCURRENTLY birds_key;\n" + mark("-2b") +
                       "DROP TABLE birds;\nDROP TYPE plumage;\n" + mark("-2c")),
          file("00003_last.sql", mark("3a"), mark("-3a"))};
}

// OPTIMIZE rebuilds the table, and may be repeated.
Files mysql_bare_files() {
  return {trail(),
          stepwise("00002_bare.sql",
                   mark("2a") + "CREATE TABLE birds (name VARCHAR(60));\n" +
                       "INSERT INTO birds VALUES ('goose');\n" +
                       "CREATE INDEX birds_name ON birds (name);\n" +
                       "INSERT INTO birds SELECT name || '2' FROM birds;\n" + mark("2b") +
                       "ALTER TABLE birds ADD COLUMN legs INTEGER DEFAULT 2, ADD UNIQUE INDEX "
                       "birds_key (name);\n" +
                       "SET TRANSACTION READ WRITE;\n" + "DROP INDEX birds_name ON birds;\n" +
                       "OPTIMIZE TABLE birds;\n" + mark("2c"),
                   mark("-2a") + "DROP INDEX birds_key ON birds;\n" + mark("-2b") +
                       "DROP TABLE birds;\n" + mark("-2c")),
          file("00003_last.sql", mark("3a"), mark("-3a"))};
}

Files mysql_own_transaction_files() {
  return {trail(),
          stepwise("00002_own.sql",
                   mark("2a") + "BEGIN;\n" + mark("2b") + mark("2c") + "COMMIT;\n" + mark("2d") +
                       "CREATE TABLE birds (name VARCHAR(60));\nSTART TRANSACTION;\n" +
                       "SAVEPOINT s;\nINSERT INTO birds VALUES ('lost');\nROLLBACK TO s;\n" +
                       "COMMIT;\n" + mark("2e") + "BEGIN;\n" +
                       "INSERT INTO birds VALUES ('kept');\nCOMMIT WORK;\n",
                   "BEGIN;\nDELETE FROM birds;\n" + mark("-2a") + "COMMIT;\nDROP TABLE birds;\n" +
                       mark("-2b")),
          file("00003_last.sql", mark("3a"), mark("-3a"))};
}

Files sqlite_body_files() {
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

Files postgres_body_files() {
  const std::string function =
      "CREATE OR REPLACE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n"
      "  UPDATE trail SET steps = steps || new.name || ' ';\n  RETURN new;\nEND;\n$$;\n";
  const std::string loop =
      "DO $$\nBEGIN\n  FOR i IN 1..3 LOOP\n    INSERT INTO birds VALUES ('b' || i);\n"
      "  END LOOP;\nEND;\n$$;\n";
  return {trail(),
          file("00002_trigger.sql",
               "CREATE TABLE birds (name TEXT);\n" + body(function) +
                   "CREATE TRIGGER note AFTER INSERT ON birds FOR EACH ROW EXECUTE FUNCTION "
                   "note();\nINSERT INTO birds VALUES ('a');\n",
               mark("-2a") + "DROP TABLE birds;\nDROP FUNCTION note();\n"),
          stepwise("00003_loop.sql",
                   body(loop) +
                       "DROP TRIGGER note ON birds;\nINSERT INTO birds VALUES "
                       "('silent');\n" +
                       mark("3a"),
                   "DELETE FROM birds WHERE name <> 'a';\n" + mark("-3a") +
                       "CREATE TRIGGER note AFTER INSERT ON birds FOR EACH ROW EXECUTE FUNCTION "
                       "note();\n")};
}

Files mysql_body_files() {
  const std::string trigger =
      "CREATE TRIGGER note AFTER INSERT ON birds FOR EACH ROW BEGIN\n"
      "  UPDATE trail SET steps = steps || new.name || ' ';\n"
      "  IF new.name = 'a' THEN UPDATE trail SET steps = steps || 'A '; END IF;\nEND;\n";
  const std::string loop =
      "CREATE PROCEDURE breed()\nBEGIN\n  DECLARE i INT DEFAULT 0;\n  WHILE i < 3 DO\n"
      "    SET i = i + 1;\n    INSERT INTO birds VALUES ('b' || i);\n  END WHILE;\nEND;\n";
  return {trail(),
          file("00002_trigger.sql",
               "CREATE TABLE birds (name VARCHAR(60));\n" + trigger +
                   "INSERT INTO birds VALUES ('a');\n",
               mark("-2a") + "DROP TABLE birds;\n"),
          stepwise("00003_loop.sql",
                   body(loop) +
                       "CALL breed();\nDROP TRIGGER note;\nINSERT INTO birds VALUES "
                       "('silent');\n" +
                       mark("3a"),
                   "DELETE FROM birds WHERE name <> 'a';\n" + mark("-3a") +
                       "DROP PROCEDURE breed;\n" + trigger)};
}

}  // namespace

MemoryFile file(const std::string& name, const std::string& up, const std::string& down) {
  return {name, "-- +goose Up\n" + up + (down.empty() ? "" : "-- +goose Down\n" + down)};
}

MemoryFile stepwise(const std::string& name, const std::string& up, const std::string& down) {
  MemoryFile made = file(name, up, down);
  made.text = "-- +goose NO TRANSACTION\n" + made.text;
  return made;
}

std::string mark(const std::string& word) {
  return "UPDATE trail SET steps = steps || '" + word + " ';\n";
}

MemoryFile trail() {
  return file("00001_trail.sql",
              "CREATE TABLE trail (steps TEXT NOT NULL);\nINSERT INTO trail VALUES ('');\n",
              "DROP TABLE trail;\n");
}

Files schema_files(Engine engine) {
  const std::string key = engine == Engine::postgres ? "SERIAL" : "INTEGER";
  const std::string name = engine == Engine::mysql ? "VARCHAR(60)" : "TEXT";
  return {
      file("00001_birds.sql",
           "CREATE TABLE birds (id " + key + " PRIMARY KEY, name " + name +
               ");\n"
               "CREATE INDEX birds_name ON birds (name);\nALTER TABLE birds ADD weight INTEGER;\n",
           "DROP TABLE birds;\n"),
      file("00002_nests.sql",
           "CREATE TABLE nests (id " + key +
               " PRIMARY KEY, bird INTEGER REFERENCES birds (id));\n"
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

Files many_files(int count) {
  Files files = {trail()};
  for (int i = 2; i <= count; ++i) {
    const std::string number = std::to_string(i);
    files.push_back(file((i < 10 ? "0000" : "000") + number + "_step.sql",
                         "CREATE TABLE step" + number + " (x INTEGER);\n" + mark(number),
                         mark("-" + number) + "DROP TABLE step" + number + ";\n"));
  }
  return files;
}

Files bare_files(Engine engine) {
  if (engine == Engine::mysql) return mysql_bare_files();
  return engine == Engine::postgres ? postgres_bare_files() : sqlite_bare_files();
}

Files own_transaction_files(Engine engine) {
  if (engine == Engine::mysql) return mysql_own_transaction_files();
  const std::string begin =
      engine == Engine::postgres ? "BEGIN ISOLATION LEVEL SERIALIZABLE;\n" : "BEGIN IMMEDIATE;\n";
  return {
      trail(),
      stepwise("00002_own.sql",
               mark("2a") + "BEGIN;\n" + mark("2b") + "CREATE TABLE birds (name TEXT);\n" +
                   mark("2c") + "COMMIT;\n" + mark("2d") + begin +
                   "SAVEPOINT s;\nINSERT INTO birds VALUES ('lost');\nROLLBACK TO s;\nCOMMIT;\n" +
                   mark("2e") + "BEGIN;\n" +
                   "INSERT INTO birds VALUES ('kept');\nEND TRANSACTION;\n",
               "BEGIN;\nDROP TABLE birds;\n" + mark("-2a") + "COMMIT;\n" + mark("-2b")),
      file("00003_last.sql", mark("3a"), mark("-3a"))};
}

Files body_files(Engine engine) {
  if (engine == Engine::mysql) return mysql_body_files();
  return engine == Engine::postgres ? postgres_body_files() : sqlite_body_files();
}

Files trail_files() {
  return {trail(), file("00002_tx.sql", mark("2a") + mark("2b") + mark("2c"), mark("-2a")),
          stepwise("00003_steps.sql", mark("3a") + mark("3b") + mark("3c") + mark("3d"),
                   mark("-3a") + mark("-3b")),
          file("00004_tx.sql", mark("4a"), mark("-4a"))};
}

Files large_files(Engine engine) {
  const std::string bytes = engine == Engine::sqlite ? "hex(zeroblob(40))" : "repeat('00', 40)";
  const std::string numbers =
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) ";
  const std::string insert = "INSERT INTO birds ";
  const std::string fill = (engine == Engine::mysql ? insert + numbers : numbers + insert) +
                           "SELECT i, " + bytes + " FROM n;\n";
  const std::string clean = engine == Engine::mysql ? "OPTIMIZE TABLE birds;\n" : "VACUUM;\n";
  const std::string drop =
      engine == Engine::mysql ? "DROP INDEX birds_name ON birds;\n" : "DROP INDEX birds_name;\n";
  const std::string text = engine == Engine::mysql ? "VARCHAR(200)" : "TEXT";
  return {
      trail(),
      file("00002_fill.sql",
           "CREATE TABLE birds (id INTEGER PRIMARY KEY, name " + text + ");\n" + fill + mark("2a"),
           "DROP TABLE birds;\n" + mark("-2a")),
      stepwise("00003_change.sql",
               "UPDATE birds SET name = name || id;\nCREATE INDEX birds_name ON birds (name);\n" +
                   mark("3a") + "DELETE FROM birds WHERE id % 3 = 0;\n" + clean + mark("3b"),
               drop + mark("-3a"))};
}

Files copy_files() {
  std::string rows;
  for (int i = 0; i < 200; ++i) rows += std::to_string(i) + "\tgoose " + std::to_string(i) + "\n";
  const std::string copy = "COPY birds (id, name) FROM stdin;\n" + rows + "\\.\n";
  return {trail(),
          file("00002_copy.sql",
               "CREATE TABLE birds (id INTEGER, name TEXT);\n" + mark("2a") + copy + mark("2b"),
               "DROP TABLE birds;\n"),
          stepwise("00003_copy.sql", mark("3a") + copy + mark("3b") + copy,
                   "DELETE FROM birds;\n" + mark("-3a"))};
}

Files settings_files() {
  const std::string update = "UPDATE public.trail SET steps = steps || current_schema() || ' ';\n";
  return {trail(),
          stepwise(
              "00002_settings.sql",
              "CREATE SCHEMA nest;\nSET search_path = nest;\nCREATE TABLE birds (i INTEGER);\n" +
                  update + "SET lock_timeout = '9s';\nCREATE INDEX CONCURRENTLY i ON birds (i);\n" +
                  update + "SET search_path = public, nest;\n" + update,
              "SET search_path = nest;\n" + update + "DROP TABLE birds;\nDROP SCHEMA nest;\n" +
                  "RESET search_path;\n" + mark("-2a")),
          file("00003_last.sql", mark("3a"), mark("-3a"))};
}

Files database_files() {
  return {trail(),
          stepwise("00002_database.sql", mark("2a") + "CREATE DATABASE aviary;\n" + mark("2b"),
                   mark("-2a") + "DROP DATABASE aviary;\n" + mark("-2b"))};
}

Files row_files() {
  return {trail(), file("00002_rows.sql", mark("2a") + mark("2b") + mark("2c"), mark("-2a")),
          file("00003_rows.sql",
               mark("3a") +
                   "INSERT INTO trail VALUES ('more ');\nDELETE FROM trail WHERE steps = "
                   "'more ';\n" +
                   mark("3b"),
               mark("-3a") + mark("-3b")),
          file("00004_rows.sql", mark("4a"), mark("-4a"))};
}

Files series_files() {
  Files files = {trail()};
  for (const char number : {'2', '3', '4', '5'}) {
    const std::string table = std::string("step") + number;
    files.push_back(file(std::string("0000") + number + "_" + table + ".sql",
                         "CREATE TABLE " + table + " (x INTEGER PRIMARY KEY);\n",
                         "DROP TABLE " + table + ";\n"));
  }
  files.push_back(file("00006_last.sql", mark("6a"), mark("-6a")));
  return files;
}

Files ddl_files() {
  return {
      trail(),
      file("00002_make.sql",
           mark("2a") + "CREATE TABLE birds (id INTEGER PRIMARY KEY, name VARCHAR(60));\n" +
               "INSERT INTO birds VALUES (1, 'goose'), (2, 'gander');\n" + mark("2b") +
               "CREATE TABLE fowl AS SELECT id, name FROM birds;\n" + mark("2c") +
               "CREATE OR REPLACE VIEW named AS SELECT name FROM birds;\n" +
               "CREATE TABLE nests LIKE birds;\n" +
               "ALTER TABLE birds ADD COLUMN legs INTEGER NOT NULL DEFAULT 2;\n" + mark("2d") +
               "ALTER TABLE birds MODIFY name VARCHAR(90) NOT NULL, ADD INDEX by_name (name), "
               "COMMENT 'of a feather';\n" +
               "CREATE TEMPORARY TABLE passing AS SELECT * FROM fowl;\nDROP TEMPORARY TABLE "
               "passing;\n" +
               mark("2e"),
           mark("-2a") + "DROP VIEW named;\nDROP TABLE nests;\nDROP TABLE fowl;\n" + mark("-2b") +
               "ALTER TABLE birds DROP INDEX by_name;\nDROP TABLE IF EXISTS birds;\n" +
               mark("-2c")),
      file(
          "00003_change.sql",
          mark("3a") + "RENAME TABLE fowl TO poultry, nests TO homes;\n" + mark("3b") +
              "TRUNCATE TABLE poultry;\nINSERT INTO poultry VALUES (3, 'duck');\n" +
              "CREATE UNIQUE INDEX key_name ON homes (name);\n" +
              "ALTER TABLE homes RENAME COLUMN name TO place;\n" + mark("3c") +
              "CREATE OR REPLACE VIEW named AS SELECT name, legs FROM birds;\n" +
              "ALTER TABLE homes ADD CONSTRAINT of_bird FOREIGN KEY (id) REFERENCES birds (id);\n" +
              mark("3d"),
          "ALTER TABLE homes DROP FOREIGN KEY of_bird;\n" + mark("-3a") +
              "CREATE OR REPLACE VIEW named AS SELECT name FROM birds;\n" +
              "ALTER TABLE homes RENAME COLUMN place TO name, DROP INDEX key_name;\n" +
              "RENAME TABLE poultry TO fowl, homes TO nests;\n" + mark("-3b"))};
}

Files block_files() {
  return {
      trail(),
      file("00002_block.sql",
           mark("2a") +
               body("CREATE TABLE birds (name VARCHAR(60));\nINSERT INTO birds VALUES "
                    "('goose');\n" +
                    mark("2b") + "CREATE TABLE nests (place VARCHAR(60));\n" + mark("2c")) +
               mark("2d") + "DELIMITER //\nCREATE FUNCTION twice(x INT) RETURNS INT NO SQL\n" +
               "BEGIN\n  SET x = x * 2;\n  RETURN x;\nEND//\n" +
               "UPDATE trail SET steps = steps || twice(21) || ' '//\nDELIMITER ;\n" + mark("2e"),
           body(mark("-2a") + "DROP TABLE nests;\n" + mark("-2b") + "DROP TABLE birds;\n") +
               "DROP FUNCTION twice;\n" + mark("-2c")),
      stepwise("00003_block.sql",
               body(mark("3a") + mark("3b") + "CREATE TABLE eggs (n INTEGER);\n" + mark("3c")),
               body("DROP TABLE eggs;\n" + mark("-3a")))};
}

Files locked_files() {
  return {trail(),
          file("00002_locked.sql",
               "CREATE TABLE birds (name VARCHAR(60));\n" + mark("2a") +
                   "LOCK TABLES birds WRITE, trail WRITE;\nINSERT INTO birds VALUES ('goose');\n" +
                   "ALTER TABLE birds ADD COLUMN legs INTEGER DEFAULT 2;\nUNLOCK TABLES;\n" +
                   mark("2b"),
               "DROP TABLE birds;\n" + mark("-2a")),
          file("00003_last.sql", mark("3a"), mark("-3a"))};
}

Files session_files() {
  const std::string zone = "UPDATE campaign.trail SET steps = steps || @@time_zone || ' ';\n";
  const std::string update = "UPDATE campaign.trail SET steps = steps || database() || ' ';\n";
  return {trail(),
          file("00002_autocommit.sql",
               "SET autocommit = 0;\n" + mark("2a") + mark("2b") + "CREATE TABLE nests (n INT);\n" +
                   mark("2c") + "SET autocommit = 1;\n" + mark("2d"),
               mark("-2a") + "DROP TABLE nests;\n"),
          stepwise("00003_elsewhere.sql",
                   "SET time_zone = '+05:30';\n" + zone + "CREATE DATABASE nest;\nUSE nest;\n" +
                       "CREATE TABLE eggs (n INT);\n" + update + zone +
                       "INSERT INTO eggs VALUES (1);\nUSE campaign;\n" + update,
                   "USE nest;\n" + update + "DROP TABLE eggs;\nUSE campaign;\n" + mark("-3a") +
                       "DROP DATABASE nest;\n"),
          file("00004_last.sql", mark("4a"), mark("-4a"))};
}

Files call_files() {
  return {trail(), file("00002_call.sql",
                        "CREATE PROCEDURE halves()\nBEGIN\n  " + mark("2b") + "  COMMIT;\n  " +
                            mark("2c") + "END;\n" + mark("2a") + "CALL halves();\n" + mark("2d"),
                        "DROP PROCEDURE halves;\n")};
}

}  // namespace gander::crash
