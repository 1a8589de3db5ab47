// SPDX-License-Identifier: MIT
// The list of engines: the one file that includes their folders.
#include "src/driver/engine.h"
#include "src/driver/sqlite/engine.h"
#ifdef GANDER_WITH_CLICKHOUSE
#include "src/driver/clickhouse/engine.h"
#else
#include "src/driver/absent/clickhouse.h"
#endif
#ifdef GANDER_WITH_MYSQL
#include "src/driver/mysql/engine.h"
#else
#include "src/driver/absent/mysql.h"
#endif
#ifdef GANDER_WITH_POSTGRES
#include "src/driver/postgres/engine.h"
#else
#include "src/driver/absent/postgres.h"
#endif

namespace gander::driver {
namespace {

constexpr const Engine* kEngines[] = {
    &sqlite::kEngine,
    &postgres::kEngine,
    &mysql::kEngine,
    &clickhouse::kEngine,
};

}  // namespace

std::span<const Engine* const> engines() { return kEngines; }

}  // namespace gander::driver
