// SPDX-License-Identifier: MIT
#include "tests/fake/network.h"

#include <optional>
#include <utility>

namespace gander::driver::fake {

bool perform(Database& database, SessionId session, const Request& request, Rows* rows) {
  switch (request.kind) {
    case Request::Kind::begin:
      return database.begin(session);
    case Request::Kind::commit:
      database.commit(session);
      return true;
    case Request::Kind::rollback:
      database.rollback(session);
      return true;
    case Request::Kind::run: {
      std::optional<Rows> answer = database.run(session, request.sql);
      if (!answer) return false;
      *rows = std::move(*answer);
      return true;
    }
    case Request::Kind::nothing:
      return true;
  }
  return true;
}

}  // namespace gander::driver::fake
