// SPDX-License-Identifier: MIT
// Comments that look like annotations and are none: `-- +Goose Down`, `-- + goose Down`,
// `-- +migrate Down`, `/* +goose Down */`. What follows such a line belongs to the section before
// it, so that a Down section would run as a part of Up. find_lookalike() is the entry point.
//
// A comment counts when nothing but an annotation can have been meant: a tool's name or a `+` or
// `@`, and a keyword, and no prose. What read_annotation() accepts is not looked at here.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gander::script {

struct Lookalike {
  std::string meant;       // "-- +goose Down"
  std::size_t offset = 0;  // in the comment, of what is written instead
  // Only a heading ("-- Down"), which is an annotation of nobody. It means something where the file
  // has no Down section and statements follow.
  bool heading = false;
};

// `comment` is a comment up to the end of its line, marks included.
std::optional<Lookalike> find_lookalike(std::string_view comment);

// Lines that begin so are comments of other databases or half-written ones, and worth a look though
// they are none to the database at hand.
bool may_begin_lookalike(std::string_view line);

}  // namespace gander::script
