// SPDX-License-Identifier: MIT
#include "src/runner/target_schemes.h"

#include <algorithm>
#include <array>

namespace gander {
namespace {

// Elsewhere: goose's drivers that this build lacks (dialect.go, v3.30.1), and what other tools of
// the trade write in DATABASE_URL.
constexpr std::array kSchemes = {Scheme{"sqlite", Engine::sqlite},
                                 Scheme{"sqlite3", Engine::sqlite},
                                 Scheme{"file", Engine::sqlite},
                                 Scheme{"postgres", Engine::postgres},
                                 Scheme{"postgresql", Engine::postgres},
                                 Scheme{"mysql"},
                                 Scheme{"tidb"},
                                 Scheme{"starrocks"},
                                 Scheme{"mssql"},
                                 Scheme{"sqlserver"},
                                 Scheme{"azuresql"},
                                 Scheme{"turso"},
                                 Scheme{"libsql"},
                                 Scheme{"clickhouse"},
                                 Scheme{"vertica"},
                                 Scheme{"ydb"},
                                 Scheme{"spanner"},
                                 Scheme{"redshift"},
                                 Scheme{"mariadb"},
                                 Scheme{"cockroachdb"},
                                 Scheme{"cockroach"},
                                 Scheme{"oracle"},
                                 Scheme{"mongodb"},
                                 Scheme{"mongodb+srv"},
                                 Scheme{"duckdb"},
                                 Scheme{"bigquery"},
                                 Scheme{"snowflake"}};

}  // namespace

std::span<const Scheme> schemes() { return kSchemes; }

const Scheme* scheme_of(std::string_view url) {
  const std::size_t colon = url.find(':');
  if (colon == std::string_view::npos) return nullptr;
  const auto* found = std::ranges::find(kSchemes, url.substr(0, colon), &Scheme::name);
  return found == kSchemes.end() ? nullptr : found;
}

std::optional<FilePart> file_part(std::string_view url) {
  const Scheme* scheme = scheme_of(url);
  if (scheme == nullptr || scheme->engine != Engine::sqlite) return std::nullopt;
  FilePart part{.begin = scheme->name.size() + 1, .end = std::min(url.find('?'), url.size())};
  // sqlite://name is sqlite:name; in SQLite's own form what follows the two slashes is a host.
  if (scheme->name != "file" && url.substr(part.begin).starts_with("//")) part.begin += 2;
  if (scheme->name == "file") part.end = std::min(part.end, url.find('#'));
  const std::string_view name =
      part.begin < part.end ? url.substr(part.begin, part.end - part.begin) : std::string_view();
  if (name.empty() || name == ":memory:") return std::nullopt;
  return part;
}

}  // namespace gander
