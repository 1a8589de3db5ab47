// SPDX-License-Identifier: MIT
// check_migration(): one migration read in both directions, as a run would check it.
#pragma once

#include "gander/report.h"
#include "src/driver/driver.h"
#include "src/script/reader.h"
#include "src/source/migration.h"

namespace gander {

// Appends an entry and, if there is one, the first defect. False if a statement has no `;` at its
// end and needs none in this dialect alone.
bool check_migration(const source::Migration& migration, const driver::Dialect& dialect,
                     const script::Variables& variables, bool exact_annotations,
                     Validation* validation);

}  // namespace gander
