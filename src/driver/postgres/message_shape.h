// SPDX-License-Identifier: MIT
// message_shape(): where the statements of one message begin and what they do to the session.
//
// The script reader has cut the file before; here a unit is looked at once more because only the
// number of statements in it tells which one an error without a position belongs to. A wrong guess
// costs a misplaced caret, never a wrong execution.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace gander::driver::postgres {

struct MessageShape {
  std::vector<std::size_t> starts;    // offset of each statement's first token
  bool controls_transaction = false;  // a statement that begins or ends a transaction is among them
  bool touches_session = false;       // may leave settings, temporary tables, a role behind
};

MessageShape message_shape(std::string_view text);

}  // namespace gander::driver::postgres
