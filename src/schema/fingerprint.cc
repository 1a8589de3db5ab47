// SPDX-License-Identifier: MIT
#include "src/schema/fingerprint.h"

#include <string_view>

#include "src/base/sha256.h"

namespace gander::schema {
namespace {

std::string folded(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return text;
}

// Each text with its length, so that none can look like two others.
class Digest {
 public:
  void add(std::string_view text) {
    sha_.update(std::to_string(text.size()) + ":");
    sha_.update(text);
  }
  void count(std::size_t number) { sha_.update(std::to_string(number) + ";"); }
  std::string hex() { return sha_.hex_digest(); }

 private:
  Sha256 sha_;
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
