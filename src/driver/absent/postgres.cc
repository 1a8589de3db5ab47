// SPDX-License-Identifier: MIT
#include "src/driver/absent/postgres.h"

#include <array>

#include "gander/postgres.h"
#include "src/driver/postgres/dialect.h"

namespace gander::driver::postgres {
namespace {

#ifdef GANDER_STATIC_EXECUTABLE
constexpr const char* kAbsent = "take a build that is not static: this one cannot load libpq";
#else
constexpr const char* kAbsent = "build it with libpq's headers installed (libpq-dev)";
#endif
constexpr std::array<std::string_view, 2> kSchemes = {"postgres", "postgresql"};
constexpr std::array<std::string_view, 2> kDrivers = {"postgres", "pgx"};
constexpr std::array<std::string_view, 1> kKin = {"redshift"};

}  // namespace

// The files can be read: that takes no client library.
const Engine kEngine = {.name = "postgres",
                        .title = "PostgreSQL",
                        .schemes = kSchemes,
                        .drivers = kDrivers,
                        .kin = kKin,
                        .dialect = dialect,
                        .absent = kAbsent};

}  // namespace gander::driver::postgres

namespace gander {

Target borrow(pg_conn* /*connection*/) { return postgres(""); }

Target postgres(std::string_view /*conninfo*/) {
  throw Error(ErrorCode::unsupported, "this build has no PostgreSQL driver",
              driver::postgres::kEngine.absent.data());
}

}  // namespace gander
