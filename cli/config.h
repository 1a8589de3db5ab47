// SPDX-License-Identifier: MIT
// Config: every setting of one call, resolved: flag > environment > gander.toml > default. The
// database alone may at last come from DATABASE_URL.
//
// The environment includes `.env` (dotenv.h). resolve_config() is the only entry point; it opens no
// database. Each value remembers where it came from, for `gander config` and for messages.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/system.h"
#include "gander/options.h"

namespace gander::cli {

class Call;

// A database as the user named it: a URL, or goose's pair when `driver` is not empty.
struct DatabaseChoice {
  std::string driver;
  std::string text;  // may hold a password: print redacted(text) only
  bool on_command_line = false;
  bool from_other_tools = false;  // from DATABASE_URL
};

struct EffectiveSetting {
  std::string key;
  std::string value;   // may hold a password where key is "db"
  std::string origin;  // "--db", "GANDER_DB", "gander.toml:3 [profile.prod]", "default" ...
};

struct Config {
  std::optional<DatabaseChoice> database;
  std::filesystem::path dir;
  // Everything but the observer.
  Options options;
  // What takes something away needs --yes or an answer: see Call::confirm().
  bool protect = false;
  std::string dump;  // file for the schema after each run that changed something; empty: none

  std::string file;     // the gander.toml in use, or empty
  std::string profile;  // the profile in use, or empty
  std::string env_file;
  std::vector<EffectiveSetting> effective;
  std::vector<std::string> warnings;  // one sentence each
};

// Throws Error(usage) that names the flag, the variable or the line.
Config resolve_config(const Call& call, System& system);

}  // namespace gander::cli
