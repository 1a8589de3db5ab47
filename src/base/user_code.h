// SPDX-License-Identifier: MIT
// What code of the program that Gander is part of has thrown, as an Error that has it as its cause;
// and an observer whose every exception is one.
#pragma once

#include <exception>
#include <functional>
#include <string>
#include <string_view>

#include "gander/error.h"
#include "gander/observer.h"

namespace gander {

// Within a catch block: the exception that is handled. An Error stays what it is. `whose` begins
// the message: "the function migration".
Error of_user_code(ErrorCode code, const std::string& whose);

// What leaves an operation: `error` with its cause nested in it, for std::rethrow_if_nested().
[[noreturn]] void throw_nested(const Error& error);

// Runs an operation of the library. Nothing but an Error leaves it.
template <class Operation>
auto only_errors(Operation operation) -> decltype(operation()) {
  try {
    return operation();
  } catch (const Error& error) {
    if (error.cause() == nullptr) throw;
    throw_nested(error);
  } catch (...) {
    throw_nested(of_user_code(ErrorCode::internal, ""));
  }
}

// Passes all events on to another observer.
class GuardedObserver final : public Observer {
 public:
  explicit GuardedObserver(Observer& observer) : observer_(observer) {}
  void lock_waiting(const LockWaiting& event) override;
  void migration_started(const MigrationStarted& event) override;
  void statement_started(const StatementStarted& event) override;
  void statement_finished(const StatementFinished& event) override;
  void migration_finished(const MigrationResult& result) override;
  void message(const Message& event) override;

 private:
  Observer& observer_;
};

}  // namespace gander
