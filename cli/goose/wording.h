// SPDX-License-Identifier: MIT
// How goose words what the library reports: Go's quoting and durations, its log lines, and its
// error messages. Pure but for log_line(), which reads the clock.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "gander/error.h"

namespace gander::cli::goose {

// Go's %q.
std::string go_quoted(std::string_view text);

// As goose rounds and prints it: 711.58µs, 4.98ms, 1.25s, 1m2.5s.
std::string go_duration(std::chrono::nanoseconds duration);

// A statement as goose shows it: without comment lines and without empty lines.
std::string shown_statement(std::string_view sql);

// "2026/01/02 03:04:05 text\n", in local time.
std::string log_line(std::string_view text);

// 2006-01-02 15:04:05, as SQLite and PostgreSQL store it, in the layout of goose's status; the text
// itself when it is not such a time.
std::string status_time(std::string_view stored);

// What a failing operation is called after "goose run: ".
std::string run_error(const Error& error);

// What a failing listing of the directory is called; `directory` as the user gave it.
std::string list_error(const Error& error, const std::string& directory);

// Why a file name has no version, in goose's words.
std::string name_defect(std::string_view base_name);

// file:line:column: message, as far as they are known.
std::string located(const Error& error);

}  // namespace gander::cli::goose
