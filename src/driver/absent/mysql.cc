// SPDX-License-Identifier: MIT
#include "src/driver/absent/mysql.h"

#include <array>

#include "gander/mysql.h"
#include "src/driver/mysql/dialect.h"

namespace gander::driver::mysql {
namespace {

#ifdef GANDER_STATIC_EXECUTABLE
constexpr const char* kAbsent = "take a build that is not static: this one cannot load libmariadb";
#else
constexpr const char* kAbsent =
    "build it with the headers of MariaDB's client library installed (libmariadb-dev)";
#endif
constexpr std::array<std::string_view, 2> kSchemes = {"mysql", "mariadb"};
constexpr std::array<std::string_view, 2> kDrivers = {"mysql", "tidb"};
constexpr std::array<std::string_view, 1> kKin = {"starrocks"};

}  // namespace

// The files can be read: that takes no client library.
const Engine kEngine = {.name = "mysql",
                        .title = "MySQL",
                        .schemes = kSchemes,
                        .drivers = kDrivers,
                        .kin = kKin,
                        .dialect = dialect,
                        .absent = kAbsent};

}  // namespace gander::driver::mysql

namespace gander {

Target borrow(st_mysql* /*connection*/) { return mysql(""); }

Target mysql(std::string_view /*url_or_dsn*/) {
  throw Error(ErrorCode::unsupported, "this build has no MySQL driver",
              driver::mysql::kEngine.absent.data());
}

}  // namespace gander
