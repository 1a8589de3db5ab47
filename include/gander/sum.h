// SPDX-License-Identifier: MIT
// Sum: the fingerprint of a whole set of migrations, to notice a file that was changed, cut short,
// added or lost between review and deploy.
//
// The text form is the file `gander.sum`, one line a migration in order of version, so that two
// branches that each add a migration conflict in version control instead of merging silently:
//
//   gander-sum 1 DIGEST
//   CHECKSUM  NAME
//
// CHECKSUM is the SHA-256 of a file's text without byte order mark and with CR LF as LF (what
// `sha256sum` prints for a file with LF line ends); DIGEST is the SHA-256 of all the lines below
// it. This is a format: it does not change under the number 1.
#pragma once

#include "gander/standard.h"
#ifdef GANDER_CXX20

#include <string>
#include <string_view>
#include <vector>

#include "gander/export.h"
#include "gander/source.h"

namespace gander {

struct SumEntry {
  std::string name;  // base name; a function migration's name
  std::string checksum;

  bool operator==(const SumEntry&) const = default;
};

struct Sum {
  std::vector<SumEntry> entries;  // in order of version
  std::string digest;             // pass it to Options::expect_sum to pin a deploy

  // The text form.
  GANDER_EXPORT std::string text() const;
};

// Reads every file of the source. Function migrations count with their name alone.
// Errors: as listing the source, and invalid_migration for an unreadable file.
[[nodiscard]] GANDER_EXPORT Sum sum_of(const Source& source);

// Reads the text form. Errors: invalid_migration with the line when it is not one, or when its
// digest does not fit its lines. `file` is for messages.
[[nodiscard]] GANDER_EXPORT Sum parse_sum(std::string_view text, const std::string& file);

// How `now` differs from `recorded`, one sentence a difference: "00002_b.sql has changed". Empty
// when they are the same.
[[nodiscard]] GANDER_EXPORT std::vector<std::string> compare_sums(const Sum& recorded,
                                                                  const Sum& now);

}  // namespace gander

#endif
