// SPDX-License-Identifier: MIT
// gander::embedded(), in_memory(), functions(), join(): sources that touch no disk.
#include <algorithm>
#include <utility>

#include "gander/error.h"
#include "gander/source.h"
#include "src/source/file_name.h"
#include "src/source/migration.h"

namespace gander {
namespace source {
namespace {

Migration text_migration(std::string_view name, std::string_view text) {
  Migration migration;
  migration.name = name;
  migration.place = migration.name;
  migration.version = version_of(name, migration.place);
  migration.text = text;
  return migration;
}

class EmbeddedReader final : public Reader {
 public:
  explicit EmbeddedReader(std::span<const EmbeddedFile> files) : files_(files) {}
  std::string description() const override { return "the embedded migrations"; }
  bool fixed() const override { return true; }
  void append(std::vector<Migration>* migrations) const override {
    for (const EmbeddedFile& file : files_) {
      migrations->push_back(text_migration(file.name, file.text));
    }
  }

 private:
  std::span<const EmbeddedFile> files_;
};

class MemoryReader final : public Reader {
 public:
  explicit MemoryReader(std::vector<MemoryFile> files) : files_(std::move(files)) {}
  std::string description() const override { return "the migrations in memory"; }
  bool fixed() const override { return true; }
  void append(std::vector<Migration>* migrations) const override {
    for (const MemoryFile& file : files_) {
      migrations->push_back(text_migration(file.name, file.text));
    }
  }

 private:
  std::vector<MemoryFile> files_;
};

class FunctionReader final : public Reader {
 public:
  explicit FunctionReader(std::vector<FunctionMigration> functions)
      : functions_(std::move(functions)) {}
  std::string description() const override { return "the function migrations"; }
  bool fixed() const override { return true; }
  void append(std::vector<Migration>* migrations) const override {
    for (const FunctionMigration& function : functions_) {
      Migration migration;
      migration.version = function.version;
      migration.name = function.name;
      migration.place = "function " + function.name;
      migration.kind = Kind::function;
      migration.function = &function;
      if (function.version < 1) {
        throw Error(ErrorCode::invalid_migration,
                    "the function migration '" + function.name + "' has no version",
                    "give it a version of 1 or more");
      }
      migrations->push_back(std::move(migration));
    }
  }

 private:
  std::vector<FunctionMigration> functions_;
};

class JoinedReader final : public Reader {
 public:
  explicit JoinedReader(std::vector<Source> sources) : sources_(std::move(sources)) {}

  std::string description() const override {
    std::string all;
    for (const Source& source : sources_) {
      all += (all.empty() ? "" : ", ") + source.reader().description();
    }
    return all.empty() ? "an empty list of sources" : all;
  }

  bool fixed() const override {
    return std::all_of(sources_.begin(), sources_.end(),
                       [](const Source& source) { return source.reader().fixed(); });
  }

  void append(std::vector<Migration>* migrations) const override {
    for (const Source& source : sources_) source.reader().append(migrations);
  }

 private:
  std::vector<Source> sources_;
};

// A Go file whose version a function has taken over is the function's migration.
void drop_ported_go_files(std::vector<Migration>* sorted) {
  const auto same_version_function = [&](const Migration& migration) {
    const auto [from, to] = std::equal_range(
        sorted->begin(), sorted->end(), migration,
        [](const Migration& a, const Migration& b) { return a.version < b.version; });
    return std::any_of(from, to, [](const Migration& m) { return m.kind == Kind::function; });
  };
  std::vector<Migration> kept;
  for (const Migration& migration : *sorted) {
    if (migration.kind != Kind::go_file || !same_version_function(migration)) {
      kept.push_back(migration);
    }
  }
  *sorted = std::move(kept);
}

}  // namespace

std::unique_ptr<Input> Migration::open() const {
  if (on_disk) return file_input(place);
  return string_input(text);
}

std::vector<Migration> list(const Source& source) {
  std::vector<Migration> migrations;
  source.reader().append(&migrations);
  std::sort(migrations.begin(), migrations.end(), [](const Migration& a, const Migration& b) {
    return a.version != b.version ? a.version < b.version : a.place < b.place;
  });
  if (std::any_of(migrations.begin(), migrations.end(),
                  [](const Migration& m) { return m.kind == Kind::go_file; })) {
    drop_ported_go_files(&migrations);
  }
  if (migrations.empty()) {
    throw Error(ErrorCode::not_found,
                "no migration files found in " + source.reader().description(),
                "make the first one with `gander create NAME`, or name another directory with "
                "gander::directory()");
  }
  for (std::size_t i = 1; i < migrations.size(); ++i) {
    if (migrations[i - 1].version != migrations[i].version) continue;
    ErrorDetails details;
    details.code = ErrorCode::invalid_migration;
    details.file = migrations[i].place;
    details.version = migrations[i].version;
    details.message = "duplicate version " + std::to_string(migrations[i].version) +
                      " detected: " + migrations[i - 1].place + " has it too";
    details.hint = "give one of the two another version, for example with `gander create`";
    throw Error(std::move(details));
  }
  return migrations;
}

}  // namespace source

Source::Source(std::shared_ptr<const source::Reader> reader) : reader_(std::move(reader)) {}
Source::~Source() = default;
Source::Source(const Source&) = default;
Source& Source::operator=(const Source&) = default;

Source embedded(std::span<const EmbeddedFile> files) {
  return Source(std::make_shared<source::EmbeddedReader>(files));
}

Source in_memory(std::vector<MemoryFile> files) {
  return Source(std::make_shared<source::MemoryReader>(std::move(files)));
}

Source functions(std::vector<FunctionMigration> migrations) {
  return Source(std::make_shared<source::FunctionReader>(std::move(migrations)));
}

Source join(std::vector<Source> sources) {
  return Source(std::make_shared<source::JoinedReader>(std::move(sources)));
}

}  // namespace gander
