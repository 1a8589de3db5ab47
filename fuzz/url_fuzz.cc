// SPDX-License-Identifier: MIT
// Fuzz target for what names a database: after '0' a SQLite URL, after '1' goose's SQLite DBSTRING,
// after '2' a PostgreSQL URL or keyword string, after '3' a MySQL URL, after '4' goose's MySQL DSN.
//
// Holds for every text: it is read, or refused as a usage error that says what is wrong; SQLite
// opens the very file that the settings name; what libpq takes for a password is known as a secret
// and stands neither in the shown form, nor in an error, nor in what the command line prints.
#include <dlfcn.h>
#include <sqlite3.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "cli/redact.h"
#include "fuzz/require.h"
#include "gander/error.h"
#include "src/driver/sqlite/url.h"
#ifdef GANDER_WITH_POSTGRES
#include <libpq-fe.h>

#include "src/driver/postgres/conninfo.h"
#endif
#ifdef GANDER_WITH_MYSQL
#include "src/driver/mysql/url.h"
#endif

using gander::fuzz::require;

namespace {

void check_error(const gander::Error& error) {
  require(error.details().code == gander::ErrorCode::usage, "the error's code");
  require(!error.details().message.empty(), "an error says what is wrong");
}

// The name of the file that SQLite was about to open last.
std::string* opened_name() {
  static std::string name;
  return &name;
}

// A file system without files that notes what is asked of it.
void register_vfs() {
  static sqlite3_vfs vfs = *sqlite3_vfs_find(nullptr);
  vfs.zName = "noting";
  vfs.mxPathname = 1 << 16;
  vfs.xFullPathname = [](sqlite3_vfs*, const char* name, int size, char* out) {
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
  };
  vfs.xOpen = [](sqlite3_vfs*, const char* name, sqlite3_file* file, int, int*) {
    file->pMethods = nullptr;
    if (name != nullptr) *opened_name() = name;
    return SQLITE_CANTOPEN;
  };
  sqlite3_vfs_register(&vfs, 1);
}

void check_sqlite_file(const gander::driver::sqlite::Settings& settings) {
  static const bool registered = (register_vfs(), true);
  static_cast<void>(registered);
  // With a `vfs` of its own the URL would reach real files.
  if (settings.path.empty() || settings.filename.find("vfs") != std::string::npos) return;
  opened_name()->clear();
  sqlite3* handle = nullptr;
  sqlite3_open_v2(settings.filename.c_str(), &handle,
                  SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI, nullptr);
  sqlite3_close(handle);
  // It opens nothing for a parameter with a wrong value.
  require(opened_name()->empty() || *opened_name() == settings.path, "SQLite opens that file");
}

void read_sqlite(std::string_view text, bool dbstring) {
  try {
    const auto settings = dbstring ? gander::driver::sqlite::parse_dbstring(text)
                                   : gander::driver::sqlite::parse_url(text);
    require(!settings.filename.empty(), "a file is named");
    check_sqlite_file(settings);
  } catch (const gander::Error& error) {
    check_error(error);
  }
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned int byte = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16).ptr ==
            text.data() + i + 3) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// Long enough, and standing at one place of the input only (escaped or not), so that finding it
// elsewhere means that it leaked.
bool is_telling(std::string_view secret, std::string_view text) {
  if (secret.size() < 8 || secret.find_first_of("0123456789") == std::string_view::npos) {
    return false;
  }
  for (std::string input : {std::string(text), decoded(text)}) {
    for (const bool without_escapes : {false, true}) {
      if (without_escapes) std::erase(input, '\\');
      const std::size_t first = input.find(secret);
      if (first == std::string::npos) continue;
      if (input.find(secret, first + 1) != std::string::npos) return false;
    }
  }
  return true;
}

void require_hidden(std::string_view shown, const std::string& secret) {
  require(shown.find(secret) == std::string_view::npos, "a password is not shown");
}

#ifdef GANDER_WITH_POSTGRES

struct LibpqParser {
  decltype(&PQconninfoParse) parse = nullptr;
  decltype(&PQconninfoFree) free = nullptr;
};

const LibpqParser& libpq_parser() {
  static const LibpqParser found = [] {
    LibpqParser parser;
    if (void* library = dlopen("libpq.so.5", RTLD_NOW)) {
      parser.parse = reinterpret_cast<decltype(parser.parse)>(dlsym(library, "PQconninfoParse"));
      parser.free = reinterpret_cast<decltype(parser.free)>(dlsym(library, "PQconninfoFree"));
    }
    return parser;
  }();
  return found;
}

// What libpq reads from `conninfo`; empty if it refuses, or is not there.
std::map<std::string, std::string> read_by_libpq(const std::string& conninfo) {
  std::map<std::string, std::string> values;
  const LibpqParser& libpq = libpq_parser();
  if (libpq.parse == nullptr) return values;
  PQconninfoOption* options = libpq.parse(conninfo.c_str(), nullptr);
  for (PQconninfoOption* option = options; option && option->keyword; ++option) {
    if (option->val != nullptr) values[option->keyword] = option->val;
  }
  libpq.free(options);
  return values;
}

void read_postgres(std::string_view text) {
  std::string password;
  if (text.find('\0') == std::string_view::npos) {
    password = read_by_libpq(std::string(text))["password"];
  }
  const bool telling = is_telling(password, text);
  if (telling) require_hidden(gander::cli::redacted(text), password);
  try {
    const auto settings = gander::driver::postgres::parse_conninfo(text);
    const auto values = read_by_libpq(settings.conninfo);
    const auto user = values.find("user");
    for (const char* keyword : {"password", "sslpassword"}) {
      const auto found = values.find(keyword);
      if (found == values.end() || found->second.size() < 3) continue;
      if (user != values.end() && user->second == found->second) continue;
      require(std::find(settings.secrets.begin(), settings.secrets.end(), found->second) !=
                  settings.secrets.end(),
              "libpq's password is known as a secret");
      if (is_telling(found->second, text)) require_hidden(settings.display, found->second);
    }
    const std::string hidden =
        gander::driver::postgres::redact(settings.conninfo, settings.secrets);
    for (const std::string& secret : settings.secrets) {
      if (is_telling(secret, text)) require_hidden(hidden, secret);
    }
  } catch (const gander::Error& error) {
    check_error(error);
    if (telling) require_hidden(error.details().message + error.details().hint, password);
  }
}

#endif

#ifdef GANDER_WITH_MYSQL

void read_mysql(std::string_view text, bool dsn) {
  // An option file would be read.
  if (decoded(text).find("file") != std::string::npos) return;
  try {
    const auto settings =
        dsn ? gander::driver::mysql::parse_dsn(text) : gander::driver::mysql::parse_url(text);
    const std::string& password = settings.password;
    if (password == settings.user || !is_telling(password, text)) return;
    require(std::find(settings.secrets.begin(), settings.secrets.end(), password) !=
                settings.secrets.end(),
            "the password is known as a secret");
    require_hidden(settings.display, password);
    require_hidden(gander::cli::redacted(text), password);
  } catch (const gander::Error& error) {
    check_error(error);
  }
}

#endif

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = gander::fuzz::text_of(data, size, 1);
  if (size == 0) return 0;
#ifdef GANDER_WITH_POSTGRES
  if (data[0] == '2') {
    read_postgres(text);
    return 0;
  }
#endif
#ifdef GANDER_WITH_MYSQL
  if (data[0] == '3' || data[0] == '4') {
    read_mysql(text, data[0] == '4');
    return 0;
  }
#endif
  read_sqlite(text, data[0] == '1');
  return 0;
}
