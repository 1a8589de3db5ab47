// SPDX-License-Identifier: MIT
// What a run knows of the schema before it changes anything; drift.cc finds it out, and writes what
// the run has left.
#pragma once

#include <string>

#include "gander/schema.h"
#include "src/schema/imprint.h"

namespace gander {

struct SchemaLook {
  Drift drift;  // without its objects
  // Filled where the state is `known`.
  schema::Imprint recorded;
  schema::Imprint found;
  std::string reader;  // whose words both are

  bool known() const { return drift.state == DriftState::known; }
};

}  // namespace gander
