// SPDX-License-Identifier: MIT
// An application with a database in it: a notebook in one SQLite file. Its migrations are compiled
// into the program, and the file is brought up to date whenever the program starts.
//
//   notes FILE add TEXT...
//   notes FILE find WORD
//
// What Gander adds: gander_embed() in CMakeLists.txt, the two #include lines, the line in open().
#include <gander/gander.h>
#include <sqlite3.h>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

#include "notes_migrations.h"

namespace {

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, Close>;
using Statement = std::unique_ptr<sqlite3_stmt, Close>;

Database open(const char* path) {
  sqlite3* handle = nullptr;
  const int result = sqlite3_open(path, &handle);
  Database database(handle);
  if (result != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(handle));
  gander::MigrationRunner(gander::borrow(handle), notes_migrations()).up();
  return database;
}

Statement prepare(sqlite3* database, const char* sql, const std::string& parameter) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) != SQLITE_OK) {
    throw std::runtime_error(sqlite3_errmsg(database));
  }
  sqlite3_bind_text(statement, 1, parameter.c_str(), -1, SQLITE_TRANSIENT);
  return Statement(statement);
}

void add(sqlite3* database, const std::string& text) {
  const Statement insert = prepare(database, "INSERT INTO note (text) VALUES (?1)", text);
  if (sqlite3_step(insert.get()) != SQLITE_DONE) {
    throw std::runtime_error(sqlite3_errmsg(database));
  }
}

void find(sqlite3* database, const std::string& word) {
  const Statement query =
      prepare(database,
              "SELECT rowid, text FROM note_index WHERE note_index MATCH ?1 ORDER BY rowid", word);
  while (sqlite3_step(query.get()) == SQLITE_ROW) {
    std::printf("%d  %s\n", sqlite3_column_int(query.get(), 0),
                reinterpret_cast<const char*>(sqlite3_column_text(query.get(), 1)));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string command = argc > 3 ? argv[2] : "";
  if (command != "add" && command != "find") {
    std::fprintf(stderr, "usage: notes FILE add TEXT... | notes FILE find WORD\n");
    return 2;
  }
  try {
    const Database database = open(argv[1]);
    std::string text = argv[3];
    for (int i = 4; i < argc; ++i) text += std::string(" ") + argv[i];
    if (command == "add") add(database.get(), text);
    if (command == "find") find(database.get(), text);
  } catch (const std::exception& error) {
    // gander::Error is a std::exception; what() holds file, line, the source line and a hint.
    std::fprintf(stderr, "notes: %s\n", error.what());
    return 1;
  }
}
