// SPDX-License-Identifier: MIT
#include "src/driver/absent/clickhouse.h"

#include <array>

#include "src/driver/clickhouse/dialect.h"

namespace gander::driver::clickhouse {
namespace {

#ifdef GANDER_STATIC_EXECUTABLE
constexpr const char* kAbsent = "take a build that is not static: this one cannot load libcurl";
#else
constexpr const char* kAbsent =
    "build it with the headers of libcurl installed (libcurl4-openssl-dev)";
#endif
constexpr std::array<std::string_view, 2> kSchemes = {"clickhouse", "clickhouses"};
constexpr std::array<std::string_view, 1> kDrivers = {"clickhouse"};

}  // namespace

// The files can be read: that takes no client library.
const Engine kEngine = {.name = "clickhouse",
                        .title = "ClickHouse",
                        .schemes = kSchemes,
                        .drivers = kDrivers,
                        .kin = {},
                        .dialect = dialect,
                        .absent = kAbsent};

}  // namespace gander::driver::clickhouse
