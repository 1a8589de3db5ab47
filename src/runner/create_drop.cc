// SPDX-License-Identifier: MIT
// MigrationRunner::create_database(), drop_database(), and Options::create: the database as a
// whole, from outside of it.
#include "src/base/user_code.h"
#include "src/driver/administration.h"
#include "src/runner/impl.h"
#include "src/runner/scope.h"

namespace gander {

using Kind = plan::Request::Kind;

std::unique_ptr<driver::Administration> MigrationRunner::Impl::administration() {
  auto administration = target_.driver().administration(session_options());
  if (administration != nullptr) return administration;
  throw Error(ErrorCode::unsupported,
              "the database " + target_.display_name() +
                  " is made and ended by whoever opens it: it cannot be created or dropped",
              "name a database of a server, or a file, by its URL");
}

bool MigrationRunner::Impl::create_database() {
  const Scope scope(*this);
  return administration()->create();
}

bool MigrationRunner::Impl::drop_database(const std::string& name, bool terminate) {
  const Scope scope(*this);
  close_database();
  const std::unique_ptr<driver::Administration> database = administration();
  if (name != database->name()) {
    throw Error(ErrorCode::usage,
                name.empty() ? "a database is dropped only when its name is given once more"
                             : "the database is called " + database->name() + ", not " + name,
                "`MigrationRunner::drop_database(" + database->name() + ")` drops " +
                    target_.display_name() + " with all that is in it");
  }
  return database->drop(terminate);
}

// Options::create. Where the server lets this user into the database and into no other, whether it
// is there shows when it is connected.
void MigrationRunner::Impl::create_absent(const plan::Request& request,
                                          const std::vector<source::Migration>& migrations) {
  const bool up =
      request.kind == Kind::up || request.kind == Kind::up_to || request.kind == Kind::up_by_one;
  if (!options_.create || !up || database_ != nullptr) return;
  std::unique_ptr<driver::Administration> database;
  try {
    database = target_.driver().administration(session_options());
    if (database == nullptr || database->exists()) return;
  } catch (const Error& error) {
    const ErrorDetails& details = error.details();
    const bool shut = details.code == ErrorCode::connection && !details.retryable;
    if (!shut) throw;
    return;
  }
  // A mistake in the files must not leave an empty database behind.
  prepare(plan::make(request, migrations, {}));
  database->create();
}

bool MigrationRunner::create_database() {
  return only_errors([&] { return impl_->create_database(); });
}

bool MigrationRunner::drop_database(const std::string& name, bool terminate) {
  return only_errors([&] { return impl_->drop_database(name, terminate); });
}

}  // namespace gander
