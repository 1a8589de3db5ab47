// SPDX-License-Identifier: MIT
// The run lock of PostgreSQL, in the two forms that keep each other out.
//
// Direct sessions hold two session-level advisory locks: goose's own number shared, so that a goose
// Provider with its session locker stays out, and one for the version table exclusively, so that
// runs on other schemas do not wait. The server frees them when the session ends, not before the
// statement of a killed run has ended.
//
// Behind a transaction pooler there is no session to hold a lock. There the lock is a lease: the
// row of goose's number in the table goose_lock beside the version table, in goose's own layout, on
// the server's clock. Every work transaction first locks that row and takes the two advisory locks
// for itself (fence()), so whoever lost the lease, and whoever came directly, is kept out.
//
// Waiting never blocks in the server: a session that waits inside pg_advisory_lock() holds a
// snapshot and deadlocks with CREATE INDEX CONCURRENTLY.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "src/driver/driver.h"

namespace gander::driver::postgres {

class Connection;

// `key` is "schema.table" of the version table. The connection outlives the lock. Throws
// Error(locked) when SessionOptions::wait is over, Error(interrupted).
std::unique_ptr<RunLock> take_advisory_lock(Connection& connection, std::string_view key);
std::unique_ptr<RunLock> take_lease(Connection& connection, std::string_view key);

}  // namespace gander::driver::postgres
