// SPDX-License-Identifier: MIT
// goose's flags: Go's flag syntax (one dash or two, `-name value` or `-name=value`, switches only
// with `=`), anywhere among the words.
//
// parse_arguments() is pure and table-driven; usage_text() is made from the same table.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gander::cli::goose {

struct Flags {
  bool allow_missing = false;
  bool help = false;
  bool no_color = false;
  bool no_versioning = false;
  bool sequential = false;
  bool verbose = false;
  bool version = false;
  std::string certfile;
  std::string dir = ".";
  std::string env;
  std::string ssl_cert;
  std::string ssl_key;
  std::string table;
  std::chrono::nanoseconds timeout{0};
};

struct Arguments {
  Flags flags;
  std::vector<std::string> words;
  bool help_requested = false;  // -help: usage at once, whatever follows
  std::string error;            // in Go's words; empty when all flags were understood
};

Arguments parse_arguments(std::span<const std::string> args);

// The whole usage text.
std::string usage_text();

// Go's strconv.ParseBool.
std::optional<bool> parse_go_bool(std::string_view text);

// Go's time.ParseDuration; nullopt for what it refuses.
std::optional<std::chrono::nanoseconds> parse_go_duration(std::string_view text);

}  // namespace gander::cli::goose
