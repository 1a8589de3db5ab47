// SPDX-License-Identifier: MIT
#include "src/base/sha256_blocks.h"

#include <bit>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <arm_neon.h>
#include <sys/auxv.h>
#endif

namespace gander {
namespace {

alignas(16) constexpr std::array<std::uint32_t, 64> kRound = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

std::uint32_t big_endian(const char* data) {
  const auto byte = [data](int i) { return std::uint32_t{static_cast<unsigned char>(data[i])}; };
  return byte(0) << 24 | byte(1) << 16 | byte(2) << 8 | byte(3);
}

// Unrolled by eight, the eight names are what they were, and nothing is moved.
void portable_block(std::array<std::uint32_t, 8>& state, const char* data) {
  std::array<std::uint32_t, 64> w;
  for (std::size_t t = 0; t < 16; ++t) w[t] = big_endian(data + 4 * t);
#pragma GCC unroll 8
  for (std::size_t t = 16; t < 64; ++t) {
    const std::uint32_t a = w[t - 15];
    const std::uint32_t b = w[t - 2];
    w[t] = w[t - 16] + w[t - 7] + (std::rotr(a, 7) ^ std::rotr(a, 18) ^ a >> 3) +
           (std::rotr(b, 17) ^ std::rotr(b, 19) ^ b >> 10);
  }
  // The standard's sums of three rotations and its majority, with fewer instructions.
  auto [a, b, c, d, e, f, g, h] = state;
  std::uint32_t b_not_c = b ^ c;
#pragma GCC unroll 8
  for (std::size_t t = 0; t < 64; ++t) {
    const std::uint32_t a_not_b = a ^ b;
    const std::uint32_t first = h + std::rotr(e ^ std::rotr(e ^ std::rotr(e, 14), 5), 6) +
                                (g ^ (e & (f ^ g))) + kRound[t] + w[t];
    const std::uint32_t second =
        std::rotr(a ^ std::rotr(a ^ std::rotr(a, 9), 11), 2) + (b ^ (a_not_b & b_not_c));
    h = g, g = f, f = e, e = d + first, d = c, c = b, b = a, a = first + second;
    b_not_c = a_not_b;
  }
  const std::array<std::uint32_t, 8> mixed = {a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < 8; ++i) state[i] += mixed[i];
}

#if defined(__x86_64__)

// Intel, "SHA Extensions" (2013): the words of the state lie as ABEF and CDGH, four rounds a step.
__attribute__((target("sha,sse4.1"))) void native_blocks(std::array<std::uint32_t, 8>& state,
                                                         const char* data, std::size_t blocks) {
  const auto at = [](const void* place) { return static_cast<const __m128i*>(place); };
  const __m128i bytes = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  const __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128(at(&state[0])), 0xB1);
  const __m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128(at(&state[4])), 0x1B);
  __m128i abef = _mm_alignr_epi8(badc, hgfe, 8);
  __m128i cdgh = _mm_blend_epi16(hgfe, badc, 0xF0);
  for (; blocks > 0; --blocks, data += 64) {
    const __m128i abef_before = abef;
    const __m128i cdgh_before = cdgh;
    __m128i w[4];
#pragma GCC unroll 16
    for (int step = 0; step < 16; ++step) {
      __m128i& word = w[step % 4];
      const __m128i& last = w[(step + 3) % 4];
      if (step < 4) {
        word = _mm_shuffle_epi8(_mm_loadu_si128(at(data + 16 * step)), bytes);
      } else {
        word = _mm_sha256msg1_epu32(word, w[(step + 1) % 4]);
        word = _mm_add_epi32(word, _mm_alignr_epi8(last, w[(step + 2) % 4], 4));
        word = _mm_sha256msg2_epu32(word, last);
      }
      const __m128i sum =
          _mm_add_epi32(word, _mm_load_si128(at(&kRound[4 * static_cast<std::size_t>(step)])));
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0E));
    }
    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
  }
  const __m128i feba = _mm_shuffle_epi32(abef, 0x1B);
  const __m128i dchg = _mm_shuffle_epi32(cdgh, 0xB1);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(&state[0]), _mm_blend_epi16(feba, dchg, 0xF0));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(&state[4]), _mm_alignr_epi8(dchg, feba, 8));
}

// CPUID leaf 7 has the SHA extensions; SSE4.1 is in every processor that has them.
bool has_native() noexcept {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & 1u << 29) != 0;
}

#elif defined(__aarch64__) && defined(__linux__)

#if defined(__clang__)
__attribute__((target("sha2")))
#else
__attribute__((target("+crypto")))
#endif
void native_blocks(std::array<std::uint32_t, 8>& state, const char* data, std::size_t blocks) {
  uint32x4_t abcd = vld1q_u32(&state[0]);
  uint32x4_t efgh = vld1q_u32(&state[4]);
  for (; blocks > 0; --blocks, data += 64) {
    const uint32x4_t abcd_before = abcd;
    const uint32x4_t efgh_before = efgh;
    uint32x4_t w[4];
#pragma GCC unroll 16
    for (int step = 0; step < 16; ++step) {
      uint32x4_t& word = w[step % 4];
      if (step < 4) {
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(data + 16 * step);
        word = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(bytes)));
      } else {
        word = vsha256su1q_u32(vsha256su0q_u32(word, w[(step + 1) % 4]), w[(step + 2) % 4],
                               w[(step + 3) % 4]);
      }
      const uint32x4_t sum =
          vaddq_u32(word, vld1q_u32(&kRound[4 * static_cast<std::size_t>(step)]));
      const uint32x4_t abcd_now = abcd;
      abcd = vsha256hq_u32(abcd, efgh, sum);
      efgh = vsha256h2q_u32(efgh, abcd_now, sum);
    }
    abcd = vaddq_u32(abcd, abcd_before);
    efgh = vaddq_u32(efgh, efgh_before);
  }
  vst1q_u32(&state[0], abcd);
  vst1q_u32(&state[4], efgh);
}

bool has_native() noexcept { return (::getauxval(AT_HWCAP) & HWCAP_SHA2) != 0; }

#endif

}  // namespace

void portable_sha256_blocks(std::array<std::uint32_t, 8>& state, const char* data,
                            std::size_t blocks) {
  for (; blocks > 0; --blocks, data += 64) portable_block(state, data);
}

Sha256Blocks native_sha256_blocks() noexcept {
#if defined(__x86_64__) || (defined(__aarch64__) && defined(__linux__))
  if (has_native()) return native_blocks;
#endif
  return nullptr;
}

}  // namespace gander
