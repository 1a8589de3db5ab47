// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "src/driver/engine.h"

namespace gander::driver {
namespace {

// goose's drivers that have no engine here (dialect.go, v3.30.1), and what other tools of the trade
// write in DATABASE_URL.
constexpr std::array<std::string_view, 18> kElsewhere = {
    "mssql",  "sqlserver", "azuresql", "turso",    "libsql",      "vertica",
    "ydb",    "spanner",   "redshift", "mariadb",  "cockroachdb", "cockroach",
    "oracle", "mongodb",   "duckdb",   "bigquery", "snowflake",   "mongodb+srv"};

bool has(std::span<const std::string_view> words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

template <typename Fits>
const Engine* find_engine(Fits fits) {
  const auto all = engines();
  const auto found = std::ranges::find_if(all, [&](const Engine* e) { return fits(*e); });
  return found == all.end() ? nullptr : *found;
}

// What can be opened, by these words: "a, b and c".
template <typename Word>
std::string listed(Word word) {
  std::vector<std::string_view> words;
  for (const Engine* engine : engines()) {
    if (engine->can_open()) words.push_back(word(*engine));
  }
  std::string list;
  for (std::size_t i = 0; i < words.size(); ++i) {
    list += i == 0 ? "" : i + 1 == words.size() ? " and " : ", ";
    list += words[i];
  }
  return list;
}

// A word that may be shown, in quotes; of any other nothing, for it may be part of a password.
std::string shown_scheme(std::string_view url) {
  const std::string_view scheme = scheme_of(url);
  const bool plain =
      !scheme.empty() && scheme.size() <= 20 && std::ranges::all_of(scheme, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
      });
  return plain && url.substr(scheme.size()).starts_with("://") ? " '" + std::string(scheme) + "'"
                                                               : std::string();
}

[[noreturn]] void throw_no_driver(std::string_view word, const Engine* engine) {
  if (engine != nullptr && !engine->absent.empty()) {
    throw Error(ErrorCode::unsupported,
                "this build has no " + std::string(engine->title) + " driver",
                std::string(engine->absent));
  }
  throw Error(ErrorCode::unsupported,
              "there is no driver for '" + std::string(word) + "' in this build",
              "the drivers are " + openable_engines());
}

constexpr const char* kUrlExamples = "write for example sqlite:app.db or postgres://user@host/name";

}  // namespace

const Engine* engine_named(std::string_view name) {
  return find_engine([&](const Engine& engine) { return engine.name == name; });
}

const Engine* engine_of_url(std::string_view url) {
  const std::string_view scheme = scheme_of(url);
  return find_engine([&](const Engine& engine) { return has(engine.schemes, scheme); });
}

const Engine* engine_of_driver(std::string_view driver) {
  return find_engine(
      [&](const Engine& engine) { return has(engine.drivers, driver) || has(engine.kin, driver); });
}

std::string_view scheme_of(std::string_view url) {
  const std::size_t colon = url.find(':');
  return colon == std::string_view::npos ? std::string_view() : url.substr(0, colon);
}

bool takes_file(std::string_view driver) {
  const Engine* engine = engine_of_driver(driver);
  return engine != nullptr && engine->file_based && has(engine->drivers, driver);
}

bool is_known_elsewhere(std::string_view word) { return has(kElsewhere, word); }

std::string openable_engines() {
  return listed([](const Engine& engine) { return engine.name; });
}

std::vector<std::string> openable_drivers() {
  std::vector<std::string> lines;
  for (const Engine* engine : engines()) {
    if (!engine->can_open()) continue;
    std::vector<std::string_view> words(engine->drivers.begin(), engine->drivers.end());
    std::ranges::sort(words);
    std::string& line = lines.emplace_back();
    for (const std::string_view word : words)
      line += (line.empty() ? "" : ", ") + std::string(word);
  }
  std::ranges::sort(lines);
  return lines;
}

void settle_process() noexcept {
  for (const Engine* engine : engines()) {
    if (engine->settle_process != nullptr) engine->settle_process();
  }
}

std::unique_ptr<Driver> open_url(std::string_view url) {
  const Engine* engine = engine_of_url(url);
  if (engine != nullptr && engine->can_open()) return engine->open_url(url);
  const std::string_view scheme = scheme_of(url);
  if (engine != nullptr || is_known_elsewhere(scheme)) throw_no_driver(scheme, engine);
  const bool none = url.find(':') == std::string_view::npos;
  // The rest of the URL may hold a password: only the scheme is shown.
  throw Error(
      ErrorCode::usage,
      none ? "the database URL has no scheme" : "unknown database URL scheme" + shown_scheme(url),
      kUrlExamples);
}

std::unique_ptr<Driver> open_dbstring(std::string_view driver, std::string_view dbstring) {
  const Engine* engine = engine_of_driver(driver);
  if (engine != nullptr && engine->can_open() && has(engine->drivers, driver)) {
    return engine->open_dbstring(dbstring);
  }
  if (engine != nullptr || is_known_elsewhere(driver)) throw_no_driver(driver, engine);
  throw Error(ErrorCode::usage, "\"" + std::string(driver) + "\": unknown dialect",
              "the drivers are " + listed([](const Engine& one) { return one.drivers.front(); }));
}

}  // namespace gander::driver
