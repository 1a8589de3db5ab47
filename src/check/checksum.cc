// SPDX-License-Identifier: MIT
#include "src/check/checksum.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "src/base/sha256.h"

namespace gander::check {
namespace {

// Feeds `text` without each CR that an LF follows. `*held` says that a CR at the end of the text
// before is waiting for its next byte.
void update_normalised(std::string_view text, bool* held, Sha256* sha) {
  if (*held && (text.empty() || text.front() != '\n')) sha->update("\r");
  *held = false;
  while (!text.empty()) {
    const std::size_t cr = text.find('\r');
    if (cr == std::string_view::npos) return sha->update(text);
    sha->update(text.substr(0, cr));
    text.remove_prefix(cr + 1);
    if (text.empty()) {
      *held = true;
    } else if (text.front() != '\n') {
      sha->update("\r");
    }
  }
}

}  // namespace

std::string checksum(Input& input) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  Sha256 sha;
  std::array<char, 16 * 1024> buffer;
  bool held = false;
  bool first = true;
  for (;;) {
    const std::size_t count = input.read(buffer.data(), buffer.size());
    if (count == 0) break;
    std::string_view text(buffer.data(), count);
    if (first && text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    first = false;
    update_normalised(text, &held, &sha);
  }
  if (held) sha.update("\r");
  return sha.hex_digest();
}

std::vector<Edited> find_edited(const std::vector<source::Migration>& migrations,
                                const std::vector<store::Store::Fingerprint>& fingerprints,
                                const store::AppliedSet& applied, Reading reading, Stamps& stamps) {
  std::vector<Edited> edited;
  auto at = migrations.begin();  // both are in the order of the versions
  for (const store::Store::Fingerprint& fingerprint : fingerprints) {
    while (at != migrations.end() && at->version < fingerprint.version) ++at;
    if (at == migrations.end()) break;
    const source::Migration* migration = &*at;
    if (migration->version != fingerprint.version || migration->kind != source::Kind::sql) continue;
    if (fingerprint.checksum.empty() || !applied.is_applied(fingerprint.version)) continue;
    if (reading == Reading::changed && fingerprint.stamp != 0 && migration->on_disk &&
        stamps.of(*migration) == fingerprint.stamp) {
      continue;
    }
    std::string now = checksum(*migration->open());
    if (now != fingerprint.checksum) {
      edited.push_back({migration, fingerprint.checksum, std::move(now)});
    }
  }
  return edited;
}

}  // namespace gander::check
