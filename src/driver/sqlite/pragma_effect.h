// SPDX-License-Identifier: MIT
// Whether a PRAGMA that succeeded has done what it says: SQLite ignores some of them in silence,
// inside a transaction or for good (https://sqlite.org/pragma.html).
#pragma once

#include <string_view>

namespace gander::driver::sqlite {

// How a PRAGMA that sets something can be without effect.
enum class PragmaScope {
  other,        // cannot, or says so with an error
  journal,      // journal_mode: ignored within a transaction, and where the mode cannot be had
  transaction,  // foreign_keys: ignored within a transaction
  file,         // page_size, auto_vacuum: after the first table only by a VACUUM; encoding: never
};
PragmaScope scope_of(std::string_view name);

// Does `found`, the answer to the same PRAGMA without a value, say what `asked` asks for? True also
// where `asked` is no value that SQLite knows, which it ignores.
bool is_in_force(std::string_view name, std::string_view asked, std::string_view found);

}  // namespace gander::driver::sqlite
