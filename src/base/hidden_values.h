// SPDX-License-Identifier: MIT
// HiddenValues: what environment substitution has put into scripts, kept out of every text that is
// shown or stored. Databases quote the statement, or the row, that they complain about.
//
// Hidden are a value, any eight bytes in a row of it (databases cut what they quote) and its single
// words; in any case (databases fold names); also with doubled quotes and backslashes taken out of
// it, and as hexadecimal digits. What a database computes from a value otherwise is not recognized.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gander {

// Thread rule: one thread at a time.
class HiddenValues {
 public:
  // `shown`, for example "${NAME}", stands in its place. An empty value is nothing to hide.
  void add(std::string_view value, std::string_view shown);

  bool empty() const { return added_.empty(); }

  // The text without the values.
  std::string hide(std::string_view text) const;

 private:
  using Id = std::uint32_t;  // of shown_, from 1 on; 0: not hidden

  void add_form(std::string_view folded, Id id);
  void add_runs(std::string_view folded, Id id);
  void add_words(std::string_view folded, Id id);

  void cover_runs(std::string_view folded, std::vector<Id>* covered) const;
  void cover_short(std::string_view folded, std::vector<Id>* covered) const;
  void cover_words(std::string_view folded, std::vector<Id>* covered) const;

  std::map<std::string, Id, std::less<>> added_;
  std::vector<std::string> shown_;
  // All folded. Runs are eight bytes as one number; they are sorted when they are first looked for,
  // because many values come before the first text.
  mutable std::vector<std::pair<std::uint64_t, Id>> runs_;
  mutable bool sorted_ = true;
  std::map<std::string, Id, std::less<>> short_;
  std::map<std::string, Id, std::less<>> words_;
};

}  // namespace gander
