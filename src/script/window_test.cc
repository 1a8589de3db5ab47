// SPDX-License-Identifier: MIT
#include "src/script/window.h"

#include <gtest/gtest.h>

#include "tests/support/script_dump.h"

namespace gander::script {
namespace {

std::string read_all(std::string_view text, std::size_t capacity, std::size_t chunk,
                     std::string* checksum = nullptr) {
  ChunkedInput input(text, chunk);
  Window window(input, capacity);
  std::string out;
  std::uint64_t done = 0;
  while (window.fill(done)) {
    out += window.view(done, window.end());
    done = window.end();
  }
  EXPECT_TRUE(window.at_end_of_input());
  EXPECT_EQ(window.bytes_read(), static_cast<std::int64_t>(text.size()));
  EXPECT_LE(window.capacity(), std::max<std::size_t>(capacity, 8));
  if (checksum != nullptr) *checksum = window.checksum();
  return out;
}

TEST(WindowTest, NormalisesLineEndsAndDropsTheMark) {
  struct Case {
    std::string_view text;
    std::string_view normalised;
  };
  const Case cases[] = {
      {"", ""},
      {"a\nb", "a\nb"},
      {"a\r\nb\r\n", "a\nb\n"},
      {"a\rb\r\r\nc\n\r", "a\rb\r\nc\n"},
      {"\r\n\r\n", "\n\n"},
      {"\xEF\xBB\xBF", ""},
      {"\xEF\xBB\xBF\xEF\xBB\xBFx", "\xEF\xBB\xBFx"},
      {"\xEF\xBB\xBF\r\n", "\n"},
      {"\xEF\xBB", "\xEF\xBB"},
      {"\xEF\xBBx", "\xEF\xBBx"},
      {"\xEFxyz", "\xEFxyz"},
      {std::string_view("a\0b", 3), std::string_view("a\0b", 3)},
  };
  for (const Case& c : cases) {
    for (std::size_t capacity : {8, 9, 16, 1000}) {
      for (std::size_t chunk : {1, 2, 3, 1000}) {
        EXPECT_EQ(read_all(c.text, capacity, chunk), c.normalised);
      }
    }
  }
}

TEST(WindowTest, ChecksumIgnoresLineEndsAndTheMarkOnly) {
  auto checksum = [](std::string_view text) {
    std::string sum;
    read_all(text, 8, 3, &sum);
    return sum;
  };
  EXPECT_EQ(checksum("a\nb\n"), sha256_hex("a\nb\n"));
  EXPECT_EQ(checksum("\xEF\xBB\xBF"
                     "a\r\nb\r\n"),
            sha256_hex("a\nb\n"));
  EXPECT_EQ(checksum(""), sha256_hex(""));
  EXPECT_EQ(checksum("a\r"), sha256_hex("a\r"));
  EXPECT_NE(checksum("a\nb"), checksum("a\nb\n"));
}

TEST(WindowTest, GrowsForWhatMustBeKept) {
  std::string text(1000, 'x');
  ChunkedInput input(text, 7);
  Window window(input, 8);
  while (window.fill(std::min<std::uint64_t>(10, window.end()))) {
  }
  EXPECT_EQ(window.end(), 1000U);
  EXPECT_EQ(window.view(10, 1000), std::string(990, 'x'));
  EXPECT_LE(window.capacity(), 2048U);
}

}  // namespace
}  // namespace gander::script
