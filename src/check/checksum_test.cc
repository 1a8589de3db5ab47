// SPDX-License-Identifier: MIT
#include "src/check/checksum.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "src/script/reader.h"

namespace gander::check {
namespace {

// Hands out its text a few bytes at a time, so that every pair of bytes is split once.
class DripInput final : public Input {
 public:
  DripInput(std::string_view text, std::size_t step) : rest_(text), step_(step) {}
  std::size_t read(char* buffer, std::size_t capacity) override {
    const std::size_t count = std::min({step_, capacity, rest_.size()});
    std::copy_n(rest_.data(), count, buffer);
    rest_.remove_prefix(count);
    return count;
  }
  std::int64_t size() const override { return 0; }

 private:
  std::string_view rest_;
  std::size_t step_;
};

std::string of(std::string_view text) { return checksum(*string_input(text)); }

TEST(ChecksumTest, IsSha256OfThePlainText) {
  EXPECT_EQ(of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(ChecksumTest, IgnoresLineEndsAndByteOrderMark) {
  EXPECT_EQ(of("a\r\nb\r\n"), of("a\nb\n"));
  EXPECT_EQ(of("\xEF\xBB\xBF"
               "a\n"),
            of("a\n"));
  EXPECT_NE(of("a\rb"), of("ab")) << "a CR alone is text";
  EXPECT_NE(of("a\r"), of("a"));
  EXPECT_NE(of("a\xEF\xBB\xBF"), of("a"));
}

TEST(ChecksumTest, DoesNotDependOnHowTheTextArrives) {
  const std::string text = "\xEF\xBB\xBF-- +goose Up\r\nSELECT '\r\r\n';\r\n\r";
  for (std::size_t step = 3; step < 9; ++step) {
    DripInput input(text, step);
    EXPECT_EQ(checksum(input), of(text)) << step;
  }
}

TEST(ChecksumTest, AgreesWithTheScriptReader) {
  const std::string texts[] = {"-- +goose Up\nSELECT 1;\n", "-- +goose Up\r\nSELECT 1;\r\n",
                               "\xEF\xBB\xBF-- +goose Up\nSELECT '\r';\n-- +goose Down\n"};
  for (const std::string& text : texts) {
    EXPECT_EQ(script::scan(*string_input(text), {}).checksum, of(text)) << text;
  }
}

}  // namespace
}  // namespace gander::check
