// SPDX-License-Identifier: MIT
#include "src/driver/mysql/image.h"

#include <array>
#include <cstddef>

namespace gander::driver::mysql {
namespace {

// In the order of ObjectType. The journal keeps these words: never rename.
constexpr std::array<std::string_view, 18> kWords = {
    "table",   "trigger",    "procedure", "function",  "package",        "package_body",
    "library", "event",      "database",  "user",      "role",           "grants",
    "server",  "tablespace", "plugin",    "component", "resource_group", "reference_system"};

constexpr std::string_view kFirst = "mysql 1";

// Tabs part the fields, and lines the objects.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\t':
        out += "\\t";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\\':
        out += "\\\\";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string restored(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    out += c == 't' ? '\t' : c == 'n' ? '\n' : c;
  }
  return out;
}

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(by);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<ObjectType> type_of(std::string_view word) {
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    if (kWords[i] == word) return static_cast<ObjectType>(i);
  }
  return std::nullopt;
}

std::optional<State> state_of(const std::vector<std::string_view>& fields) {
  if (fields.size() != 7) return std::nullopt;
  const std::optional<ObjectType> type = type_of(fields[0]);
  const bool present = fields[4] == "present";
  if (!type || (!present && fields[4] != "absent")) return std::nullopt;
  State state;
  state.object = {*type, restored(fields[1]), restored(fields[2]), restored(fields[3])};
  state.present = present;
  state.digest = fields[5];
  state.id = fields[6];
  return state;
}

}  // namespace

std::string to_text(const Image& image) {
  std::string text(kFirst);
  text += '\t' + image.statement + '\t' + escaped(image.database);
  for (const State& state : image.states) {
    const Object& object = state.object;
    text += '\n';
    text += kWords.at(static_cast<std::size_t>(object.type));
    text += '\t' + escaped(object.schema) + '\t' + escaped(object.name) + '\t' +
            escaped(object.table) + (state.present ? "\tpresent\t" : "\tabsent\t") + state.digest +
            '\t' + state.id;
  }
  return text;
}

std::optional<Image> image_of(std::string_view text) {
  const std::vector<std::string_view> lines = split(text, '\n');
  const std::vector<std::string_view> head = split(lines[0], '\t');
  if (head.size() != 3 || head[0] != kFirst) return std::nullopt;
  Image image{std::string(head[1]), restored(head[2]), {}};
  for (std::size_t i = 1; i < lines.size(); ++i) {
    std::optional<State> state = state_of(split(lines[i], '\t'));
    if (!state) return std::nullopt;
    image.states.push_back(std::move(*state));
  }
  return image;
}

}  // namespace gander::driver::mysql
