// SPDX-License-Identifier: MIT
// Prepared: the server's prepared statements for what a run repeats.
//
// Parsing and planning the record of a migration takes the server three times as long as writing
// it. A statement is prepared at its third use, in the message that uses it, so that a run of few
// migrations does without.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "src/driver/driver.h"

namespace gander::driver::postgres {

class Prepared {
 public:
  struct Message {
    std::string preparation;  // to be sent first; empty: there is none
    std::string sql;
  };
  // What to send for this statement: as it is, or the preparation and the use, or the use.
  Message message(const Repeated& statement);

  // What was prepared is gone, or may never have arrived: names are not used again.
  void forget() { known_.clear(); }

  // From now on everything is sent as it is.
  void give_up() { given_up_ = true; }

 private:
  struct Known {
    int uses = 0;
    std::string name;  // empty: not prepared
  };

  std::map<std::string, Known> known_;  // by the text with its parameters
  int names_ = 0;
  bool given_up_ = false;
};

}  // namespace gander::driver::postgres
