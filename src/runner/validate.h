// SPDX-License-Identifier: MIT
// check_migration(): one migration read in both directions, as a run would check it.
#pragma once

#include "gander/report.h"
#include "src/driver/driver.h"
#include "src/script/reader.h"
#include "src/source/migration.h"

namespace gander {

// Appends an entry and, if there is one, the first defect.
void check_migration(const source::Migration& migration, const driver::Dialect& dialect,
                     const script::Variables& variables, bool exact_annotations,
                     Validation* validation);

}  // namespace gander
