// SPDX-License-Identifier: MIT
#include "src/runner/table_rows.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "gander/error.h"

namespace gander {
namespace {

constexpr std::string_view kAll = "*";

// By its name, or by that without the schema. Empty: there is none.
std::string table_named(const schema::Snapshot& snapshot, const std::string& word) {
  std::vector<std::string> found;
  for (const schema::Object& object : snapshot.objects) {
    if (object.id.kind != "table") continue;
    const std::string& name = object.id.name;
    const schema::Id wanted{"table", word, ""};
    if (schema::compare_ids(object.id, wanted, snapshot.names_ignore_case) == 0) return name;
    if (name.ends_with("." + word)) found.push_back(name);
  }
  if (found.size() < 2) return found.empty() ? std::string() : found.front();
  throw Error(ErrorCode::not_found, word + " can be " + found.front() + " or " + found.back(),
              "name tables as a dump does");
}

}  // namespace

void throw_no_table(const std::string& word) {
  throw Error(ErrorCode::not_found, "there is no table " + word + ", whose rows were asked for",
              "name tables as a dump does");
}

std::vector<schema::Object> rows_there(driver::Catalogue& catalogue,
                                       const schema::Snapshot& snapshot,
                                       const std::vector<std::string>& words,
                                       std::set<std::string>* found) {
  std::vector<std::string> tables;
  for (const std::string& word : words) {
    std::vector<std::string> named;
    if (word == kAll) {
      named = catalogue.filled_tables(snapshot);
    } else if (std::string table = table_named(snapshot, word); !table.empty()) {
      named.push_back(std::move(table));
    }
    if (!named.empty() || word == kAll) found->insert(word);
    tables.insert(tables.end(), named.begin(), named.end());
  }
  std::ranges::sort(tables);
  const auto twice = std::ranges::unique(tables);
  tables.erase(twice.begin(), twice.end());
  return tables.empty() ? std::vector<schema::Object>() : catalogue.rows(tables);
}

std::vector<schema::Object> rows_named(driver::Catalogue& catalogue,
                                       const schema::Snapshot& snapshot,
                                       const std::vector<std::string>& words) {
  std::set<std::string> found;
  std::vector<schema::Object> rows = rows_there(catalogue, snapshot, words, &found);
  for (const std::string& word : words) {
    if (!found.contains(word)) throw_no_table(word);
  }
  return rows;
}

}  // namespace gander
