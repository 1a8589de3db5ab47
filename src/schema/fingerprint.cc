// SPDX-License-Identifier: MIT
#include "src/schema/fingerprint.h"

#include <array>
#include <charconv>
#include <string_view>

#include "src/base/sha256.h"

namespace gander::schema {
namespace {

std::string folded(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return text;
}

// Each text with its length, so that none can look like two others. Collects them first: there are
// ten thousands, and most are a few bytes long.
class Digest {
 public:
  void add(std::string_view text) {
    number(text.size(), ':');
    texts_ += text;
    if (texts_.size() >= kEnough) pass_on();
  }
  void count(std::size_t count) { number(count, ';'); }
  std::string hex() {
    pass_on();
    return sha_.hex_digest();
  }

 private:
  static constexpr std::size_t kEnough = 1 << 14;

  void number(std::size_t count, char behind) {
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), count);
    texts_.append(digits.data(), end.ptr);
    texts_ += behind;
  }
  void pass_on() {
    sha_.update(texts_);
    texts_.clear();
  }

  Sha256 sha_;
  std::string texts_;
};

}  // namespace

std::string fingerprint(const Snapshot& snapshot) {
  Digest digest;
  const auto name = [&](const std::string& text) {
    digest.add(snapshot.names_ignore_case ? folded(text) : text);
  };
  for (const Object& object : snapshot.objects) {
    digest.add(object.id.kind);
    name(object.id.parent);
    name(object.id.name);
    digest.count(object.properties.size());
    for (const Property& property : object.properties) {
      digest.add(property.name);
      digest.add(property.value);
    }
    digest.count(object.order.size());
    for (const std::string& part : object.order) name(part);
  }
  return digest.hex();
}

}  // namespace gander::schema
