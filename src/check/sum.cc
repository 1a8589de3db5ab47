// SPDX-License-Identifier: MIT
#include "gander/sum.h"

#include <algorithm>
#include <map>
#include <set>

#include "gander/error.h"
#include "src/base/sha256.h"
#include "src/check/checksum.h"

namespace gander {
namespace {

constexpr std::string_view kHead = "gander-sum 1 ";
constexpr std::size_t kDigits = 64;

std::string lines_of(const std::vector<SumEntry>& entries) {
  std::string lines;
  for (const SumEntry& entry : entries) lines += entry.checksum + "  " + entry.name + "\n";
  return lines;
}

bool is_hex(std::string_view text) {
  return text.size() == kDigits && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

[[noreturn]] void refuse(const std::string& file, std::int64_t line, std::string_view text,
                         std::string message) {
  ErrorDetails details;
  details.code = ErrorCode::invalid_migration;
  details.file = file;
  details.line = line;
  details.column = 1;
  details.source_line = text;
  details.message = std::move(message);
  details.hint = "write it again with `gander sum` after a review of the migrations";
  throw Error(std::move(details));
}

std::string_view take_line(std::string_view* rest) {
  const std::size_t end = rest->find('\n');
  std::string_view line = rest->substr(0, end);
  rest->remove_prefix(end == std::string_view::npos ? rest->size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

std::string Sum::text() const { return std::string(kHead) + digest + "\n" + lines_of(entries); }

Sum sum_of(const Source& source) {
  Sum sum;
  for (const source::Migration& migration : source::list(source)) {
    // The text of a sum has one line a file: with a line break in its name one could pass for two.
    if (migration.name.find_first_of("\r\n") != std::string::npos) {
      ErrorDetails details;
      details.code = ErrorCode::invalid_migration;
      details.file = migration.place;
      details.message = "a file with a line break in its name cannot be in a sum";
      details.hint = "give it another name";
      throw Error(std::move(details));
    }
    const bool readable = migration.kind != source::Kind::function;
    sum.entries.push_back({migration.name, readable ? check::checksum(*migration.open())
                                                    : sha256_hex(migration.name)});
  }
  sum.digest = sha256_hex(lines_of(sum.entries));
  return sum;
}

Sum parse_sum(std::string_view text, const std::string& file) {
  std::string_view rest = text;
  const std::string_view head = take_line(&rest);
  Sum sum;
  if (!head.starts_with(kHead) || !is_hex(head.substr(kHead.size()))) {
    refuse(file, 1, head, "this is not a sum file: its first line is 'gander-sum 1 DIGEST'");
  }
  sum.digest = head.substr(kHead.size());
  std::set<std::string_view> names;
  for (std::int64_t number = 2; !rest.empty(); ++number) {
    const std::string_view line = take_line(&rest);
    if (line.size() < kDigits + 3 || !is_hex(line.substr(0, kDigits)) ||
        line.substr(kDigits, 2) != "  ") {
      refuse(file, number, line, "this line is not 'CHECKSUM  NAME'");
    }
    if (line.find('\r') != std::string_view::npos) {
      refuse(file, number, line, "a file's name holds a line break");
    }
    if (!names.insert(line.substr(kDigits + 2)).second) {
      refuse(file, number, line, "the same file stands in an earlier line");
    }
    sum.entries.push_back(
        {std::string(line.substr(kDigits + 2)), std::string(line.substr(0, kDigits))});
  }
  if (sha256_hex(lines_of(sum.entries)) != sum.digest) {
    refuse(file, 1, head, "the digest does not fit the lines below it: the file was edited or cut");
  }
  return sum;
}

std::vector<std::string> compare_sums(const Sum& recorded, const Sum& now) {
  std::map<std::string, std::string> before;
  for (const SumEntry& entry : recorded.entries) before[entry.name] = entry.checksum;
  std::vector<std::string> differences;
  for (const SumEntry& entry : now.entries) {
    const auto known = before.find(entry.name);
    if (known == before.end()) {
      differences.push_back(entry.name + " is new");
      continue;
    }
    if (known->second != entry.checksum) differences.push_back(entry.name + " has changed");
    before.erase(known);
  }
  for (const auto& [name, checksum] : before) differences.push_back(name + " is gone");
  return differences;
}

}  // namespace gander
