// SPDX-License-Identifier: MIT
#include "src/driver/mysql/engine.h"

#include <array>

#include "src/driver/mysql/dialect.h"

namespace gander::driver::mysql {
namespace {

constexpr std::array<std::string_view, 2> kSchemes = {"mysql", "mariadb"};
constexpr std::array<std::string_view, 1> kDrivers = {"mysql"};
constexpr std::array<std::string_view, 2> kKin = {"tidb", "starrocks"};

}  // namespace

const Engine kEngine = {.name = "mysql",
                        .title = "MySQL",
                        .schemes = kSchemes,
                        .drivers = kDrivers,
                        .kin = kKin,
                        .dialect = dialect,
                        .absent = {}};

}  // namespace gander::driver::mysql
