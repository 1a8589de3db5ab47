// SPDX-License-Identifier: MIT
#include "src/base/sha256.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "src/base/sha256_blocks.h"

namespace gander {
namespace {

// 300 bytes of every value, as many blocks with a part of one as a test needs.
std::string sample() {
  std::string text;
  for (int i = 0; i < 300; ++i) text += static_cast<char>((7 * i + 3) % 256);
  return text;
}

// The examples of FIPS 180-2, appendix B, and NIST's of two blocks and of none.
TEST(Sha256, DigestsTheExamplesOfTheStandard) {
  const std::vector<std::pair<std::string, std::string>> examples = {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmn"
       "opqrsmnopqrstnopqrstu",
       "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
      {std::string(1'000'000, 'a'),
       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"}};
  for (const auto& [text, digest] : examples) EXPECT_EQ(sha256_hex(text), digest);
}

// What Python's hashlib makes of the same.
TEST(Sha256, PadsEveryLength) {
  const std::string text = sample();
  std::string digests;
  for (std::size_t length = 0; length <= text.size(); ++length) {
    digests += sha256_hex(text.substr(0, length));
  }
  EXPECT_EQ(sha256_hex(digests),
            "9ab015b3431ba48c0f99e81c5bb7d903f6bfea343d7d7b190120d07cc51e653b");
}

TEST(Sha256, IsTheSameInPieces) {
  const std::string text = sample();
  const std::string whole = sha256_hex(text);
  for (std::size_t piece = 1; piece <= 130; ++piece) {
    Sha256 sha;
    for (std::size_t at = 0; at < text.size(); at += piece) {
      sha.update(std::string_view(text).substr(at, piece));
      sha.update("");
    }
    EXPECT_EQ(sha.hex_digest(), whole) << "in pieces of " << piece;
  }
}

TEST(Sha256, IsTheSameByTheInstructionsOfTheProcessor) {
  const Sha256Blocks native = native_sha256_blocks();
  if (native == nullptr) GTEST_SKIP() << "this processor has no instructions for SHA-256";
  const std::string text = sample();
  for (std::size_t blocks = 0; blocks <= 4; ++blocks) {
    // An odd address, as parts of a file have.
    std::array<std::uint32_t, 8> one = {1, 2, 3, 4, 5, 6, 7, 0xFFFFFFFF};
    std::array<std::uint32_t, 8> other = one;
    portable_sha256_blocks(one, text.data() + 1, blocks);
    native(other, text.data() + 1, blocks);
    EXPECT_EQ(one, other) << blocks << " blocks";
  }
}

}  // namespace
}  // namespace gander
