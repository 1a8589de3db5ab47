// SPDX-License-Identifier: MIT
// The schemes of database URLs, once: what open() takes, what gander.toml puts beside itself and
// what a message may show are all read from this table.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace gander {

enum class Engine { sqlite, postgres, elsewhere };

struct Scheme {
  std::string_view name;  // without its colon, in lower case
  Engine engine = Engine::elsewhere;
};

std::span<const Scheme> schemes();

// The scheme that the URL begins with, or nullptr.
const Scheme* scheme_of(std::string_view url);

// Where the file's name stands in the URL of a SQLite database; nothing for another database, for
// ":memory:" and for no name.
struct FilePart {
  std::size_t begin = 0;
  std::size_t end = 0;
};
std::optional<FilePart> file_part(std::string_view url);

}  // namespace gander
