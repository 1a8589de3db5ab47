// SPDX-License-Identifier: MIT
// Image: what stood in the catalogue before a statement, as the journal keeps it. The text is
// described in docs/formats.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/driver/mysql/effect.h"

namespace gander::driver::mysql {

// What is known of an object. Empty texts: not asked, or it could not be told.
struct State {
  Object object;
  bool present = false;
  std::string digest = {};  // of its definition; of a database how many tables it has
  std::string id = {};      // InnoDB's, which another one gets that is made in its place
};

struct Image {
  std::string statement;  // its digest: the file may be edited before the image is read
  std::string database;   // the session's
  std::vector<State> states;
};

// The image of a statement that can be repeated without harm.
inline constexpr std::string_view kRepeatable = "repeatable";

std::string to_text(const Image& image);
// Nothing for a text that to_text() has not written.
std::optional<Image> image_of(std::string_view text);

}  // namespace gander::driver::mysql
