// SPDX-License-Identifier: MIT
// Fuzz target for sum files. After '1' the rest is the lines of a sum file, whose head is made to
// fit; after anything else it is a whole file.
//
// Holds for every file: it is read, or refused as an invalid_migration that names a line and what
// to do; what was read is written as it stood and differs in nothing from itself.
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/require.h"
#include "gander/error.h"
#include "gander/sum.h"
#include "src/base/sha256.h"

using gander::fuzz::require;

namespace {

std::string with_unix_ends(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool at_end = i + 1 == text.size() || text[i + 1] == '\n';
    if (text[i] != '\r' || !at_end) out += text[i];
  }
  if (!out.ends_with('\n')) out += '\n';
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(gander::fuzz::text_of(data, size, 1));
  if (size > 0 && data[0] == '1') {
    const std::string lines = text.empty() ? std::string() : with_unix_ends(text);
    text = "gander-sum 1 " + gander::sha256_hex(lines) + "\n" + text;
  }
  gander::Sum sum;
  try {
    sum = gander::parse_sum(text, "gander.sum");
  } catch (const gander::Error& error) {
    const gander::ErrorDetails& details = error.details();
    require(details.code == gander::ErrorCode::invalid_migration, "the error's code");
    require(details.file == "gander.sum" && details.line >= 1, "an error has its place");
    require(!details.message.empty() && !details.hint.empty(), "an error says what to do");
    return 0;
  }
  require(sum.text() == with_unix_ends(text), "what was read is written as it stood");
  require(gander::compare_sums(sum, sum).empty(), "a set differs in nothing from itself");
  const gander::Sum again = gander::parse_sum(sum.text(), "gander.sum");
  require(again.digest == sum.digest && again.entries.size() == sum.entries.size(),
          "what was written is read again");
  return 0;
}
