// SPDX-License-Identifier: MIT
// baseline and squash: a schema as a migration, in a file of its own or in the place of others.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "cli/call.h"
#include "cli/command/handlers.h"
#include "cli/exit_code.h"
#include "cli/job.h"
#include "cli/output/text.h"
#include "cli/secrets.h"
#include "src/source/create.h"
#include "src/source/migration.h"

namespace gander::cli {
namespace {

namespace fs = std::filesystem;

// Where the files go that a squash has taken the place of; not read as migrations there.
constexpr const char* kAside = "squashed";

std::vector<source::Migration> listed(const Source& source) {
  try {
    return source::list(source);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
    return {};
  }
}

// What would be lost or another one is told, and ends the command unless --force was given.
void check_made(Call& call, const SchemaMigration& made, std::string_view what) {
  std::string lines;
  for (const std::string& difference : made.differences) lines += "\n    " + printable(difference);
  for (const std::string& table : made.rows) {
    lines += fmt::format("\n    the rows of {} are not in it", printable(table));
  }
  if (lines.empty()) return;
  if (call.on("force")) {
    call.console().warn(fmt::format("the {} is not the same:{}", what, lines));
    return;
  }
  throw Error(ErrorCode::edited,
              fmt::format("the {} would not be the same, and was not written:{}", what, lines),
              made.rows.empty()
                  ? "gander help baseline says what is not in one; --force writes it all the same"
                  : "--rows TABLE,TABLE puts rows into it, --rows '*' all of them; --force goes "
                    "without");
}

SchemaMigrationOptions options_of(const Call& call) { return {.rows = call.list("rows")}; }

struct Place {
  std::int64_t version = 1;
  std::string name = "baseline";
};

Place place_of(const Call& call) {
  Place place;
  const std::string word = call.argument(0);
  if (word.empty()) return place;
  if (word.find_first_not_of("0123456789") == std::string::npos) {
    place.version = call.version_argument(0);
  } else {
    place.name = source::snake_name(word);
  }
  if (place.version > 0 && !place.name.empty()) return place;
  throw Error(ErrorCode::usage, fmt::format("{} is neither a version nor a name", shown_word(word)),
              "gander baseline, gander baseline 20240131120000, gander baseline legacy");
}

void remove_quietly(const fs::path& path) noexcept {
  std::error_code ignored;
  fs::remove(path, ignored);
}

// The digits in front of a file's name.
std::string digits_of(const std::string& name) {
  return name.substr(0, name.find_first_not_of("0123456789"));
}

[[noreturn]] void fail_file(const fs::path& path, const std::error_code& error) {
  throw Error(ErrorCode::storage, fmt::format("{}: {}", printable(path.string()), error.message()),
              "look at the directory before you run anything from it");
}

void move_file(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) fail_file(from, error);
}

// The new file waits beside the old ones until they are out of the way.
void put_in_place(const fs::path& directory, const std::string& name, const std::string& text,
                  const std::vector<source::Migration>& old) {
  const fs::path aside = directory / kAside;
  std::error_code error;
  fs::create_directories(aside, error);
  if (error) fail_file(aside, error);
  for (const source::Migration& migration : old) {
    if (!fs::exists(aside / migration.name)) continue;
    throw Error(
        ErrorCode::usage,
        fmt::format("there is a file {} already", printable((aside / migration.name).string())),
        "move what an earlier squash has left there to another place");
  }
  const fs::path waiting = aside / (name + ".new");
  source::replace_file(waiting, text);
  for (const source::Migration& migration : old) {
    move_file(migration.place, aside / migration.name);
  }
  move_file(waiting, directory / name);
}

}  // namespace

int run_baseline(Call& call) {
  const Place place = place_of(call);
  Console& console = call.console();
  const fs::path directory = call.config().dir;
  for (const source::Migration& migration : listed(call.source())) {
    if (migration.version > place.version) continue;
    throw Error(ErrorCode::usage,
                fmt::format("the directory has version {} already, and a baseline is the first",
                            migration.version),
                "name another directory with --dir, or a lower version");
  }
  Job job(call);
  const SchemaMigration made = job->baseline(options_of(call));
  check_made(call, made, "baseline");
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) fail_file(directory, error);
  const fs::path path = directory / fmt::format("{:05}_{}.sql", place.version, place.name);
  source::write_new_file(path, made.text);
  try {
    job->mark({.as = MarkAs::applied,
               .versions = {place.version},
               .reason = "baseline: the schema that was there",
               .force = true});
  } catch (...) {
    remove_quietly(path);
    throw;
  }
  if (console.json()) {
    console.out(json_created(call.head(), path.string(), place.version));
  } else if (!console.quiet()) {
    console.out(fmt::format("Wrote {}, and recorded it as applied in {}. A new database runs it.\n",
                            printable(path.string()), printable(call.head().database)));
  }
  return kExitDone;
}

int run_squash(Call& call) {
  Console& console = call.console();
  const Source source = call.source();
  std::vector<source::Migration> old = source::list(source);
  const std::int64_t version = call.version_option("to").value_or(old.back().version);
  std::erase_if(old, [&](const source::Migration& one) { return one.version > version; });
  if (old.size() < 2) {
    throw Error(ErrorCode::not_found,
                fmt::format("there is nothing to squash up to version {}", version),
                "--to takes a version that others stand before");
  }
  Job job(call);
  const SchemaMigration made = job->squash(version, options_of(call));
  check_made(call, made, "squashed migration");
  const fs::path directory = call.config().dir;
  const std::string name = digits_of(old.back().name) + "_squash.sql";
  put_in_place(directory, name, made.text, old);
  if (fs::exists(directory / "gander.sum")) {
    console.warn("the migrations are another set now: gander sum writes its digest");
  }
  if (console.json()) {
    console.out(json_created(call.head(), (directory / name).string(), version));
  } else if (!console.quiet()) {
    console.out(fmt::format("{} stands for {}, which are kept in {}.\n",
                            printable((directory / name).string()),
                            count_text(static_cast<std::int64_t>(old.size()), "migration"),
                            printable((directory / kAside).string())));
  }
  return kExitDone;
}

}  // namespace gander::cli
