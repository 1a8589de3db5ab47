// SPDX-License-Identifier: MIT
// A migration written in C++ between two in SQL: version 1 makes a table, version 2 computes a
// column in a way that SQL cannot, version 3 puts a unique index on it.
#include <gander/gander.h>

#include <cctype>
#include <cstdint>
#include <cstdio>
#include <string>

#include "article_migrations.h"

namespace {

std::string slug_of(const std::string& title) {
  std::string slug;
  for (const char c : title) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      slug += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
  }
  while (slug.ends_with('-')) slug.pop_back();
  return slug;
}

// Runs inside the migration's transaction: if it throws, nothing of it stays.
void fill_slugs(gander::Connection& connection) {
  connection.for_each("SELECT id, title FROM article", [&](const gander::Row& row) {
    connection.execute("UPDATE article SET slug = $1 WHERE id = $2",
                       slug_of(row.get<std::string>("title")), row.get<std::int64_t>("id"));
  });
}

void clear_slugs(gander::Connection& connection) {
  connection.execute("UPDATE article SET slug = NULL");
}

class PrintNames : public gander::Observer {
  void migration_finished(const gander::MigrationResult& result) override {
    std::printf("%lld %s\n", static_cast<long long>(result.version), result.name.c_str());
  }
};

// Shows the result as a fourth migration would see it.
void print_slugs(gander::Connection& connection) {
  for (const gander::Row& row : connection.query("SELECT slug FROM article ORDER BY id")) {
    std::printf("  %s\n", row.get<std::string>("slug").c_str());
  }
}

}  // namespace

int main() {
  try {
    PrintNames names;
    gander::Source migrations = gander::join(
        {article_migrations(),
         gander::functions(
             {{.version = 2, .name = "fill_slugs", .up = fill_slugs, .down = clear_slugs},
              {.version = 4, .name = "print_slugs", .up = print_slugs}})});
    gander::MigrationRunner runner(gander::open("sqlite::memory:"), migrations,
                                   {.observer = &names});
    runner.up();
  } catch (const gander::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
