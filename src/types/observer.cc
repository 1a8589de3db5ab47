// SPDX-License-Identifier: MIT
// Out-of-line members, so that the vtables of the public base classes live in the library.
#include "gander/observer.h"

#include "gander/connection.h"

namespace gander {

Observer::Observer() = default;
Observer::~Observer() = default;
void Observer::lock_waiting(const LockWaiting&) {}
void Observer::migration_started(const MigrationStarted&) {}
void Observer::statement_started(const StatementStarted&) {}
void Observer::statement_finished(const StatementFinished&) {}
void Observer::migration_finished(const MigrationResult&) {}
void Observer::message(const Message&) {}

Connection::Connection() = default;
Connection::~Connection() = default;

}  // namespace gander
