// SPDX-License-Identifier: MIT
#include "src/base/user_code.h"

#include <new>

namespace gander {
namespace {

template <class Event>
void tell(Observer& observer, void (Observer::*what)(const Event&), const Event& event) {
  try {
    (observer.*what)(event);
  } catch (...) {
    throw of_user_code(ErrorCode::usage, "the observer");
  }
}

std::string text_of_current() {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return "there is no memory left";
  } catch (const std::exception& exception) {
    return exception.what();
  } catch (...) {
    return "it threw something that is no std::exception";
  }
}

}  // namespace

Error of_user_code(ErrorCode code, const std::string& whose) {
  try {
    throw;
  } catch (const Error& error) {
    return error;
  } catch (...) {
    const std::string before = whose.empty() ? "" : whose + " failed: ";
    return Error(code, before + text_of_current()).with_cause(std::current_exception());
  }
}

void throw_nested(const Error& error) {
  try {
    std::rethrow_exception(error.cause());
  } catch (...) {
    std::throw_with_nested(error);
  }
}

void GuardedObserver::lock_waiting(const LockWaiting& event) {
  tell(observer_, &Observer::lock_waiting, event);
}
void GuardedObserver::migration_started(const MigrationStarted& event) {
  tell(observer_, &Observer::migration_started, event);
}
void GuardedObserver::statement_started(const StatementStarted& event) {
  tell(observer_, &Observer::statement_started, event);
}
void GuardedObserver::statement_finished(const StatementFinished& event) {
  tell(observer_, &Observer::statement_finished, event);
}
void GuardedObserver::migration_finished(const MigrationResult& result) {
  tell(observer_, &Observer::migration_finished, result);
}
void GuardedObserver::message(const Message& event) { tell(observer_, &Observer::message, event); }

}  // namespace gander
