// SPDX-License-Identifier: MIT
// Engine: what there is to know of a database engine before anything is opened: its names, how its
// databases are named, and how to reach one. engines() is the list of them; what differs by the
// name of an engine is read from here and asked nowhere else.
//
// An engine is one folder beside this file that defines one Engine, and one line in engines.cc.
// docs/new-engine.md is the guide.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/driver/driver.h"
#include "src/driver/linter.h"

namespace gander::driver {

// Files of goose's flags -certfile, -ssl-cert and -ssl-key.
struct Certificates {
  std::string authority;  // never empty
  std::string certificate;
  std::string key;
};

struct Engine {
  // In --json, gander.toml, --dialect and Connection::dialect(): never rename.
  std::string_view name;
  std::string_view title;  // for people
  // Of its database URLs, without the colon, in small letters. The first is the usual one.
  std::span<const std::string_view> schemes;
  // What goose calls it (DRIVER DBSTRING). The first is the usual one.
  std::span<const std::string_view> drivers;
  // Other words of goose's for a database whose files read as this engine's, and which it cannot
  // open.
  std::span<const std::string_view> kin;
  const Dialect& (*dialect)();

  // nullptr where this build can read the engine's files, and reach no database of it: then
  // `absent` says what to do about that, if there is something.
  std::unique_ptr<Driver> (*open_url)(std::string_view url) = nullptr;
  std::unique_ptr<Driver> (*open_dbstring)(std::string_view dbstring) = nullptr;
  std::string_view absent;

  // A database is a file: a lone word after the driver is its path, and file_in() is the part of a
  // URL that is; empty where it names none, as for ":memory:".
  bool file_based = false;
  std::string_view (*file_in)(std::string_view url) = nullptr;
  // What a program that is nothing but Gander does before anything else; never a library.
  void (*settle_process)() noexcept = nullptr;
  // The URL with the relative paths in it taken from the directory `base`; nullptr: none has any.
  std::string (*beside)(const std::string& base, std::string url) = nullptr;
  // goose's DBSTRING with these in it; nullptr: they have no effect.
  std::string (*with_certificates)(std::string dbstring, const Certificates& files) = nullptr;

  // What `lint` looks for in its files; nullptr: nothing yet.
  std::span<const LintRuleText> (*lint_rules)() = nullptr;
  std::unique_ptr<Linter> (*linter)(const LintRequest& request) = nullptr;

  bool can_open() const { return open_url != nullptr; }
};

// All that this build knows, SQLite first.
std::span<const Engine* const> engines();

// By the name; by the scheme that a URL begins with; by goose's word, kin included. nullptr: none.
const Engine* engine_named(std::string_view name);
const Engine* engine_of_url(std::string_view url);
const Engine* engine_of_driver(std::string_view driver);

// The URL's scheme, without its colon; empty if there is none.
std::string_view scheme_of(std::string_view url);

// Is a lone word behind this driver of goose's the path of a file?
bool takes_file(std::string_view driver);

// Is this a scheme or a driver of databases that no engine here is for?
bool is_known_elsewhere(std::string_view word);

// Those that can be opened: "sqlite and postgres".
std::string openable_engines();
// The same by goose's words, an engine a line, in the order of the alphabet: "sqlite, sqlite3".
std::vector<std::string> openable_drivers();

// Engine::settle_process of all.
void settle_process() noexcept;

// Throw Error(unsupported), Error(usage) for what is none of ours, or what the engine throws. No
// message repeats more of the text than its scheme.
std::unique_ptr<Driver> open_url(std::string_view url);
std::unique_ptr<Driver> open_dbstring(std::string_view driver, std::string_view dbstring);

}  // namespace gander::driver
