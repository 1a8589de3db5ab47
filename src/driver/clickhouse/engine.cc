// SPDX-License-Identifier: MIT
#include "src/driver/clickhouse/engine.h"

#include <array>

#include "src/driver/clickhouse/dialect.h"
#include "src/driver/clickhouse/lint.h"

namespace gander::driver::clickhouse {
namespace {

constexpr std::array<std::string_view, 1> kSchemes = {"clickhouse"};
constexpr std::array<std::string_view, 1> kDrivers = {"clickhouse"};

}  // namespace

const Engine kEngine = {.name = "clickhouse",
                        .title = "ClickHouse",
                        .schemes = kSchemes,
                        .drivers = kDrivers,
                        .kin = {},
                        .dialect = dialect,
                        .absent = {},
                        .lint_rules = lint_rules,
                        .linter = make_linter};

}  // namespace gander::driver::clickhouse
