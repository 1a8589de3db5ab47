// SPDX-License-Identifier: MIT
// Skipping to the next byte that matters: the inner loops of the lexer. All take and return offsets
// and return text.size() when there is no such byte.
//
// They are inline and look at 16 bytes at a time (SSE2 belongs to every x86-64), because the gaps
// in real scripts are short: a call or a byte loop would cost more than the search.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "src/sql/lexical.h"

namespace gander::sql {

using ByteSet = std::array<bool, 256>;

constexpr ByteSet byte_set(std::string_view bytes) {
  ByteSet set{};
  for (char c : bytes) set[static_cast<unsigned char>(c)] = true;
  return set;
}

// The bytes at which code may turn into something else, or end.
constexpr ByteSet special_bytes(const LexicalRules& rules) {
  ByteSet set = byte_set("-/;");
  for (char c : rules.quotes) set[static_cast<unsigned char>(c)] = true;
  set['#'] = rules.hash_comments != HashComments::none;
  set['$'] = rules.dollar_quotes != DollarQuotes::none;
  return set;
}

inline bool contains(const ByteSet& set, char c) { return set[static_cast<unsigned char>(c)]; }

// The first offset at or after `from` whose byte matches. `blocks` gives a bit mask of the matches
// in 16 bytes, `bytes` tells for one byte.
template <typename Blocks, typename Bytes>
std::size_t skip_to(std::string_view text, std::size_t from, Blocks blocks, Bytes bytes) {
#if defined(__SSE2__)
  const char* data = text.data();
  auto load = [data](std::size_t at) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(data + at));
  };
  for (; from + 16 <= text.size(); from += 16) {
    if (unsigned mask = blocks(load(from))) {
      return from + static_cast<unsigned>(__builtin_ctz(mask));
    }
  }
  if (from < text.size() && text.size() >= 16) {
    // The last block overlaps what has been looked at.
    std::size_t last = text.size() - 16;
    unsigned mask = blocks(load(last)) >> (from - last);
    return mask != 0 ? from + static_cast<unsigned>(__builtin_ctz(mask)) : text.size();
  }
#else
  (void)blocks;
#endif
  while (from < text.size() && !bytes(text[from])) ++from;
  return from;
}

#if defined(__SSE2__)
using Block = __m128i;
inline Block equal(Block block, char c) { return _mm_cmpeq_epi8(block, _mm_set1_epi8(c)); }
inline unsigned bits(Block block) { return static_cast<unsigned>(_mm_movemask_epi8(block)); }
#endif

// To the next byte that is special by some rules; by these, whose special_bytes() are given, it may
// be plain.
inline std::size_t skip_code(const ByteSet& special, std::string_view text, std::size_t from) {
#if defined(__SSE2__)
  auto blocks = [](Block block) {
    // " # $ % & ' are neighbours: one comparison finds them all.
    Block quotes = _mm_cmplt_epi8(_mm_add_epi8(block, _mm_set1_epi8(static_cast<char>(0x80 - '"'))),
                                  _mm_set1_epi8(static_cast<char>(0x80 + 6)));
    Block comment = _mm_or_si128(equal(block, '-'), equal(block, '/'));
    Block names = _mm_or_si128(equal(block, '`'), equal(block, '['));
    return bits(
        _mm_or_si128(_mm_or_si128(quotes, comment), _mm_or_si128(names, equal(block, ';'))));
  };
#else
  auto blocks = 0;
#endif
  return skip_to(text, from, blocks, [&special](char c) { return contains(special, c); });
}

// To the next of two bytes.
inline std::size_t skip_to_either(std::string_view text, std::size_t from, char a, char b) {
#if defined(__SSE2__)
  auto blocks = [a, b](Block block) {
    return bits(_mm_or_si128(equal(block, a), equal(block, b)));
  };
#else
  auto blocks = 0;
#endif
  return skip_to(text, from, blocks, [a, b](char c) { return c == a || c == b; });
}

}  // namespace gander::sql
