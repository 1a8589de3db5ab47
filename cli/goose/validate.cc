// SPDX-License-Identifier: MIT
// validate_files(): goose's `validate`, which reads every file in both directions.
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <regex>

#include "cli/goose/files.h"
#include "cli/goose/observer.h"
#include "cli/goose/wording.h"
#include "gander/error.h"
#include "src/base/input.h"
#include "src/driver/engine.h"
#include "src/script/reader.h"
#include "src/source/file_name.h"

namespace gander::cli::goose {
namespace {

namespace fs = std::filesystem;

using Row = std::array<std::string, 5>;  // type, transaction, up, down, name

[[noreturn]] void fail(const std::string& text) { throw Failure("goose validate: " + text); }

std::vector<fs::path> files_of(const std::string& directory) {
  std::error_code missing;
  const fs::file_status status = fs::status(directory, missing);
  if (!fs::exists(status)) fail("stat " + directory + ": no such file or directory");
  if (!fs::is_directory(status)) return {fs::path(directory).lexically_normal()};
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
    const fs::path path = entry.path().lexically_normal();
    if (path.extension() == ".sql" || path.extension() == ".go") files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  return files;
}

script::Summary read(const fs::path& file, const sql::Grammar& grammar) {
  script::ReadOptions options;
  options.grammar = &grammar;
  options.file = file.string();
  const std::unique_ptr<Input> input = file_input(file.string());
  script::Summary summary = script::scan(*input, options);
  for (const script::Section* section : {&summary.up, &summary.down}) {
    if (section->error) throw Error(*section->error);
  }
  return summary;
}

// goose passes over them in silence; standard output stays as goose's.
void warn_of_lookalikes(const fs::path& file, const script::Summary& summary) {
  for (const script::Section* section : {&summary.up, &summary.down}) {
    for (const ErrorDetails& found : section->lookalikes) {
      log("WARNING " + file.string() + ":" + std::to_string(found.line) + ": " + found.message +
          "; " + found.hint);
    }
  }
}

std::vector<const sql::Grammar*> grammars(const std::string& driver) {
  if (const driver::Engine* engine = driver::engine_of_driver(driver)) {
    return {&engine->dialect().grammar()};
  }
  std::vector<const sql::Grammar*> all;
  for (const driver::Engine* engine : driver::engines()) {
    all.push_back(&engine->dialect().grammar());
  }
  return all;
}

Row sql_row(const fs::path& file, const std::string& driver) {
  std::optional<Error> first;
  const std::vector<const sql::Grammar*> tried = grammars(driver);
  for (const sql::Grammar* grammar : tried) {
    try {
      const script::Summary summary = read(file, *grammar);
      // A database that needs no `;` at the end does not speak for the others.
      if (tried.size() > 1 && (summary.up.ends_open || summary.down.ends_open)) continue;
      warn_of_lookalikes(file, summary);
      return {"sql", summary.transactional ? "✔" : "✘", std::to_string(summary.up.statements),
              std::to_string(summary.down.statements), file.filename().string()};
    } catch (const Error& error) {
      if (!first) first = error;
    }
  }
  fail("failed to parse file " + go_quoted(file.string()) + ": " + located(*first));
}

// Go is not parsed: the registration is looked for by its usual look.
Row go_row(const fs::path& file) {
  std::string text;
  try {
    const std::unique_ptr<Input> input = file_input(file.string());
    std::array<char, 4096> buffer;
    while (const std::size_t size = input->read(buffer.data(), buffer.size())) {
      text.append(buffer.data(), size);
    }
  } catch (const Error& error) {
    fail("failed to parse file " + go_quoted(file.string()) + ": " + located(error));
  }
  static const std::regex kInit(R"(func\s+init\s*\(\s*\)\s*\{)");
  static const std::regex kCall(
      R"(AddMigration(NoTx)?(?:Context)?\s*\(\s*([^\s,()]+)\s*,\s*([^\s,()]+)\s*\))");
  const std::string prefix = "failed to parse file " + go_quoted(file.string()) + ": ";
  std::smatch found;
  if (!std::regex_search(text, kInit)) fail(prefix + "no init function");
  if (!std::regex_search(text, found, kCall)) fail(prefix + "no goose.AddMigration call in init");
  const auto count = [](const std::string& function) {
    return std::string(function == "nil" ? "0" : "1");
  };
  return {"go", found[1].matched ? "✘" : "✔", count(found[2]), count(found[3]),
          file.filename().string()};
}

std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

void print(const std::vector<Row>& rows) {
  Row widths;
  std::string text;
  for (std::size_t column = 0; column < widths.size(); ++column) {
    std::size_t widest = 0;
    for (const Row& row : rows) widest = std::max(widest, width(row[column]));
    widths[column] = std::string(widest + 3, ' ');
  }
  for (const Row& row : rows) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      text += row[column] + widths[column].substr(width(row[column]));
    }
    text += '\n';
  }
  std::fwrite(text.data(), 1, text.size(), stdout);
}

}  // namespace

void validate_files(const Call& call, const std::string& driver) {
  std::vector<Row> rows{{"Type", "Txn", "Up", "Down", "Name"},
                        {"────", "───", "──", "────", "────"}};
  for (const fs::path& file : files_of(call.directory)) {
    const std::string base = file.filename().string();
    if (source::parse_file_name(base).version == 0) {
      fail("failed to get version from file " + go_quoted(file.string()) + ": " +
           name_defect(base));
    }
    rows.push_back(file.extension() == ".go" ? go_row(file) : sql_row(file, driver));
  }
  if (call.flags.verbose) print(rows);
}

}  // namespace gander::cli::goose
