// SPDX-License-Identifier: MIT
#include "cli/goose/files.h"

#include <locale.h>

#include <algorithm>
#include <climits>
#include <ctime>
#include <cwchar>
#include <cwctype>
#include <filesystem>

#include "cli/goose/observer.h"
#include "cli/goose/wording.h"
#include "gander/error.h"
#include "src/source/create.h"
#include "src/source/migration.h"

namespace gander::cli::goose {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSqlTemplate =
    "-- +goose Up\nSELECT 'up SQL query';\n\n-- +goose Down\nSELECT 'down SQL query';\n";

constexpr std::string_view kWelcome =
    R"(-- A first migration, made by `goose init`. Replace or delete it.
--
-- A file is named VERSION_NAME.sql and has two sections: what to do under `Up`, how to undo it
-- under `Down`. Files run in the order of their versions, each in a transaction of its own. For
-- statements that refuse a transaction, put an annotation NO TRANSACTION at the top of the file.
--
-- `goose create NAME sql` makes the next file, `goose status` shows what is applied.

)";

// What goose's Go files look like, so that a build with Go migrations can use them.
constexpr std::string_view kGoTemplate = R"(package migrations

import (
	"context"
	"database/sql"
	"github.com/pressly/goose/v3"
)

func init() {
	goose.AddMigrationContext(up@, down@)
}

func up@(ctx context.Context, tx *sql.Tx) error {
	// This code is executed when the migration is applied.
	return nil
}

func down@(ctx context.Context, tx *sql.Tx) error {
	// This code is executed when the migration is rolled back.
	return nil
}
)";

// The first character in upper case, by the C library's tables; ASCII alone where they are absent.
std::string capitalized(const std::string& word) {
  const locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (locale == nullptr) return word;
  const locale_t before = ::uselocale(locale);
  std::mbstate_t state{};
  wchar_t wide = 0;
  std::string result = word;
  const std::size_t length = std::mbrtowc(&wide, word.data(), word.size(), &state);
  if (length != 0 && length <= word.size()) {
    char bytes[MB_LEN_MAX];
    state = {};
    const std::size_t written =
        std::wcrtomb(bytes, static_cast<wchar_t>(std::towupper(static_cast<wint_t>(wide))), &state);
    if (written != static_cast<std::size_t>(-1)) {
      result = std::string(bytes, written) + word.substr(length);
    }
  }
  ::uselocale(before);
  ::freelocale(locale);
  return result;
}

// "add_users" is AddUsers.
std::string camel_name(std::string_view snake) {
  std::string name;
  while (!snake.empty()) {
    const std::size_t end = std::min(snake.find('_'), snake.size());
    name += capitalized(std::string(snake.substr(0, end)));
    snake.remove_prefix(std::min(end + 1, snake.size()));
  }
  return name;
}

std::string go_text(std::string_view name) {
  const std::string camel = camel_name(source::snake_name(name));
  std::string text;
  for (const char c : kGoTemplate) text += c == '@' ? camel : std::string(1, c);
  return text;
}

fs::path cleaned(const std::string& directory) {
  fs::path path = fs::path(directory.empty() ? "." : directory).lexically_normal();
  if (path.has_relative_path() && path.filename().empty()) path = path.parent_path();
  return path;
}

[[noreturn]] void fail(const std::string& text) { throw Failure("goose run: " + text); }

// goose counts the files of the directory first; an empty one is no error here.
void check_directory(const std::string& directory, bool may_be_empty) {
  try {
    source::list(gander::directory(directory));
  } catch (const Error& error) {
    const std::string text = list_error(error, directory);
    if (may_be_empty && text == "no migration files found") return;
    fail(text);
  }
}

std::string timestamp(std::chrono::system_clock::time_point now) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y%m%d%H%M%S", &utc);
  return text;
}

void create(source::CreateRequest request) {
  if (!request.make_directory && !fs::is_directory(request.directory)) {
    const std::string name =
        timestamp(request.now) + "_" + source::snake_name(request.name) + "." + request.extension;
    fail("failed to create migration file: open " + (request.directory / name).string() +
         ": no such file or directory");
  }
  try {
    const source::CreatedFile created = source::create_migration(request);
    log("Created new file: " + created.path.lexically_normal().string());
  } catch (const Error& error) {
    const bool exists = error.code() == ErrorCode::invalid_migration &&
                        error.details().message == source::kFileExists;
    fail("failed to create migration file: " +
         (exists ? "open " + error.details().file + ": file exists" : located(error)));
  }
}

}  // namespace

void create_file(const Call& call) {
  if (call.arguments.empty()) {
    fail("create must be of form: goose DRIVER DBSTRING [OPTIONS] create NAME [go|sql]");
  }
  if (call.flags.sequential) check_directory(call.directory, true);
  source::CreateRequest request;
  request.directory = cleaned(call.directory);
  request.name = call.arguments.front();
  request.sequential = call.flags.sequential;
  // goose's default is Go, and it looks at the type only when it is the last word.
  request.extension = call.arguments.size() == 2 ? call.arguments.back() : "go";
  request.text = request.extension == "go" ? go_text(request.name) : std::string(kSqlTemplate);
  create(std::move(request));
}

void fix_directory(const Call& call) {
  check_directory(call.directory, false);
  try {
    for (const source::RenamedFile& file : source::fix_versions(cleaned(call.directory))) {
      log("RENAMED " + file.from + " => " + file.to);
    }
  } catch (const Error& error) {
    fail(located(error));
  }
}

void init_directory(const Call& call) {
  const std::string directory = call.directory == "." ? "migrations" : call.directory;
  if (fs::exists(directory)) fail("directory already exists: " + directory);
  source::CreateRequest request;
  request.directory = cleaned(directory);
  request.name = "initial";
  request.sequential = call.flags.sequential;
  request.make_directory = true;
  request.text = std::string(kWelcome) + std::string(kSqlTemplate);
  create(std::move(request));
}

}  // namespace gander::cli::goose
