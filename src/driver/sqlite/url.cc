// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/url.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "gander/error.h"

namespace gander::driver::sqlite {
namespace {

// Pragmas that a URL may set: those that configure a connection or a new database, take one plain
// value and return at once.
constexpr std::array kPragmas = {
    "auto_vacuum",
    "busy_timeout",
    "cache_size",
    "cell_size_check",
    "encoding",
    "foreign_keys",
    "journal_mode",
    "legacy_alter_table",
    "locking_mode",
    "mmap_size",
    "page_size",
    "query_only",
    "recursive_triggers",
    "secure_delete",
    "synchronous",
    "temp_store",
    "threads",
    "trusted_schema",
    "wal_autocheckpoint",
    "journal_size_limit",
};

// Parameters that SQLite itself reads from a URI file name.
constexpr std::array kUriParameters = {"mode", "cache", "vfs", "immutable", "psow", "nolock"};

// Which rules a text follows: our URL's, or those of a DBSTRING of goose, a plain path or a URI.
// goose takes nothing but `vfs` from behind a plain path, and ignores what it does not know.
enum class Form { url, path, uri };

// goose's driver parameters that have no meaning here.
constexpr std::array kIgnored = {"_time_format", "_timezone", "_inttotime", "_busy_timeout",
                                 "busy_timeout"};

template <std::size_t N>
bool contains(const std::array<const char*, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
        hex_value(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  if (out.find('\0') != std::string::npos) {
    throw Error(ErrorCode::usage, "the database URL holds a NUL byte (%00)");
  }
  return out;
}

std::string percent_encode_path(std::string_view path) {
  std::string out;
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      static constexpr char kHex[] = "0123456789ABCDEF";
      out += '%';
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    } else {
      out += c;
    }
  }
  return out;
}

bool parse_switch(std::string_view name, std::string_view value) {
  for (const char* on : {"on", "1", "true", "yes"}) {
    if (value == on) return true;
  }
  for (const char* off : {"off", "0", "false", "no"}) {
    if (value == off) return false;
  }
  throw Error(ErrorCode::usage,
              "'" + std::string(value) + "' is not a value of " + std::string(name),
              "write on or off");
}

void add_pragma(std::string_view name, std::string_view value, Settings* settings) {
  const bool plain = std::all_of(value.begin(), value.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_';
  });
  if (!contains(kPragmas, name) || !plain || value.empty()) {
    throw Error(ErrorCode::usage,
                "the pragma '" + std::string(name) + "' cannot be set in a database URL",
                "run it in a migration, or see gander/sqlite.h for what a URL may set");
  }
  if (name == "foreign_keys") {
    settings->foreign_keys = parse_switch(name, value);
  } else if (name != "busy_timeout") {
    settings->pragmas.emplace_back(name, value);
  }
}

// goose's spelling: _pragma=name(value) or _pragma=name=value.
void add_goose_pragma(std::string_view text, Settings* settings) {
  const std::size_t open = text.find_first_of("(=");
  if (open == std::string_view::npos) {
    throw Error(ErrorCode::usage, "'_pragma=" + std::string(text) + "' has no value",
                "write _pragma=name(value)");
  }
  std::string_view value = text.substr(open + 1);
  if (text[open] == '(' && !value.empty() && value.back() == ')') value.remove_suffix(1);
  add_pragma(text.substr(0, open), value, settings);
}

// How goose's driver begins transactions. Here they are always BEGIN IMMEDIATE; but what it refuses
// is a mistake.
void check_txlock(std::string value) {
  std::ranges::transform(value, value.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (value.empty() || value == "deferred" || value == "immediate" || value == "exclusive") return;
  throw Error(ErrorCode::usage, "unknown _txlock \"" + value + "\"",
              "write deferred, immediate or exclusive");
}

// Returns the parameters that belong into SQLite's own URI, as "a=b&c=d".
std::string take_parameters(std::string_view query, Form form, Settings* settings) {
  std::string kept;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view item = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (item.empty()) continue;
    const std::size_t equals = item.find('=');
    const std::string name = percent_decode(item.substr(0, equals));
    const std::string value =
        equals == std::string_view::npos ? std::string() : percent_decode(item.substr(equals + 1));
    if (name == "_pragma") {
      add_goose_pragma(value, settings);
    } else if (name == "_txlock") {
      check_txlock(value);
    } else if (name == "restricted") {
      settings->restricted = parse_switch(name, value);
    } else if ((form != Form::url && !contains(kUriParameters, name)) ||
               (form == Form::path && name != "vfs")) {
      continue;
    } else if (name == "_foreign_keys" || name == "_fk") {
      settings->foreign_keys = parse_switch(name, value);
    } else if (contains(kUriParameters, name)) {
      if (name == "mode") settings->read_only = value == "ro";
      if (name == "mode") settings->must_exist = value == "ro" || value == "rw";
      if (name == "immutable" && value == "1") settings->read_only = settings->must_exist = true;
      if (name == "mode" && value == "memory") settings->path.clear();
      kept += (kept.empty() ? "" : "&") + std::string(item);
    } else if (!contains(kIgnored, name)) {
      if (!contains(kPragmas, name)) {
        throw Error(ErrorCode::usage, "the SQLite URL has an unknown parameter '" + name + "'",
                    "see gander/sqlite.h for the parameters there are");
      }
      add_pragma(name, value, settings);
    }
  }
  return kept;
}

Settings make_settings(std::string path, std::string_view query, Form form) {
  if (path.empty()) {
    throw Error(ErrorCode::usage, "the SQLite URL names no file",
                "write sqlite:app.db, or sqlite::memory: for a database in memory");
  }
  // SQLite would take it for the end of the name and open another file.
  if (path.find('\0') != std::string::npos) {
    throw Error(ErrorCode::usage, "the name of the SQLite file holds a NUL byte", "remove it");
  }
  Settings settings;
  if (path != ":memory:") settings.path = path;
  const std::string kept = take_parameters(query, form, &settings);
  // An absolute path in a URI needs an empty authority when it begins with two slashes.
  settings.filename = path == ":memory:" && kept.empty()
                          ? path
                          : "file:" + std::string(path.starts_with("//") ? "//" : "") +
                                percent_encode_path(path) + (kept.empty() ? "" : "?" + kept);
  return settings;
}

Settings parse_file_uri(std::string_view text) {
  const std::size_t question = std::min(text.find('?'), text.size());
  std::string_view path = text.substr(5, question - 5);
  if (path.starts_with("//")) {
    const std::size_t slash = std::min(path.find('/', 2), path.size());
    const std::string_view authority = path.substr(2, slash - 2);
    if (!authority.empty() && authority != "localhost") {
      throw Error(ErrorCode::usage,
                  "a file: URI cannot name the host '" + std::string(authority) + "'",
                  "write file:relative.db or file:///absolute/path.db");
    }
    path.remove_prefix(slash);
  }
  return make_settings(percent_decode(path),
                       question < text.size() ? text.substr(question + 1) : std::string_view(),
                       Form::uri);
}

}  // namespace

Settings parse_url(std::string_view text) {
  if (text.starts_with("//")) text.remove_prefix(2);
  const std::size_t question = std::min(text.find('?'), text.size());
  return make_settings(percent_decode(text.substr(0, question)),
                       question < text.size() ? text.substr(question + 1) : std::string_view(),
                       Form::url);
}

Settings settings_of(const std::string& path, const SqliteOptions& options) {
  std::string mode = !options.create ? "mode=rw" : "";
  if (options.read_only) mode = "mode=ro";
  if (path == ":memory:") mode.clear();
  Settings settings = make_settings(path, mode, Form::url);
  settings.foreign_keys = options.foreign_keys;
  settings.restricted = options.restricted;
  for (const auto& [name, value] : options.pragmas) add_pragma(name, value, &settings);
  return settings;
}

Settings parse_dbstring(std::string_view text) {
  if (text.starts_with("file:")) return parse_file_uri(text);
  const std::size_t question = std::min(text.find('?'), text.size());
  return make_settings(std::string(text.substr(0, question)),
                       question < text.size() ? text.substr(question + 1) : std::string_view(),
                       Form::path);
}

}  // namespace gander::driver::sqlite
