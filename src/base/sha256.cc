// SPDX-License-Identifier: MIT
// The one-shot EVP interface of OpenSSL 3 fetches its algorithm through the provider machinery and
// reads openssl.cnf on first use, which costs more than a whole no-op run; the SHA256_* functions
// are the same code without that, so they are used although OpenSSL 3.0 marks them deprecated.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "src/base/sha256.h"

#include <openssl/sha.h>

namespace gander {
namespace {

SHA256_CTX* context(std::array<std::byte, 128>& state) {
  static_assert(sizeof(SHA256_CTX) <= sizeof(state));
  return reinterpret_cast<SHA256_CTX*>(state.data());
}

}  // namespace

Sha256::Sha256() : state_{} { SHA256_Init(context(state_)); }

void Sha256::update(std::string_view bytes) {
  SHA256_Update(context(state_), bytes.data(), bytes.size());
}

std::string Sha256::hex_digest() {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256_Final(digest.data(), context(state_));
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  out.reserve(2 * digest.size());
  for (unsigned char byte : digest) {
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

std::string sha256_hex(std::string_view bytes) {
  Sha256 sha;
  sha.update(bytes);
  return sha.hex_digest();
}

}  // namespace gander
