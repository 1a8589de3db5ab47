// SPDX-License-Identifier: MIT
#include "cli/output/differences.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "cli/output/text.h"

namespace gander::cli {
namespace {

using Lines = std::vector<std::string_view>;

constexpr std::size_t kShort = 40;      // two values that share a line
constexpr std::size_t kMostLines = 12;  // of one side of a property

Lines lines_of(const std::optional<std::string>& text) {
  Lines lines;
  if (!text) return lines;
  std::string_view rest = *text;
  for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    lines.push_back(rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  lines.push_back(rest);
  return lines;
}

// Without the lines at the beginning and the end that both have.
void keep_what_differs(Lines* before, Lines* after) {
  while (!before->empty() && !after->empty() && before->front() == after->front()) {
    before->erase(before->begin());
    after->erase(after->begin());
  }
  while (!before->empty() && !after->empty() && before->back() == after->back()) {
    before->pop_back();
    after->pop_back();
  }
}

std::string line_of(SchemaDifference::Kind what, const std::string& description,
                    const Terminal& terminal) {
  using Kind = SchemaDifference::Kind;
  const char* sign = what == Kind::added ? "+" : what == Kind::removed ? "-" : "~";
  const Color color = what == Kind::added     ? Color::green
                      : what == Kind::removed ? Color::red
                                              : Color::yellow;
  return fmt::format("{} {}", paint(terminal, color, sign), printable(single_line(description)));
}

class Writer {
 public:
  Writer(int indent, const Terminal& terminal)
      : indent_(static_cast<std::size_t>(indent), ' '), terminal_(terminal) {}

  void add(const SchemaDifference& one) {
    text_ += fmt::format("{}{}\n", indent_, line_of(one.what, one.description(), terminal_));
    if (one.what != SchemaDifference::Kind::changed) return;
    for (const PropertyDifference& property : one.properties) add(property);
  }

  std::string take() { return std::move(text_); }

 private:
  void add(const PropertyDifference& property) {
    const std::string name = printable(property.name);
    const std::string before = property.before.value_or("(none)");
    const std::string after = property.after.value_or("(none)");
    const bool one_line = before.size() <= kShort && after.size() <= kShort &&
                          before.find('\n') == std::string::npos &&
                          after.find('\n') == std::string::npos;
    if (one_line) {
      text_ += fmt::format("{}    {}: {} {} {}\n", indent_, name, printable(before),
                           terminal_.unicode ? "→" : "->", printable(after));
      return;
    }
    Lines was = lines_of(property.before);
    Lines is = lines_of(property.after);
    keep_what_differs(&was, &is);
    text_ += fmt::format("{}    {}:\n", indent_, name);
    add(was, "-", Color::red);
    add(is, "+", Color::green);
  }

  void add(const Lines& lines, const char* sign, Color color) {
    for (std::size_t i = 0; i < std::min(lines.size(), kMostLines); ++i) {
      text_ += fmt::format("{}      {} {}\n", indent_, paint(terminal_, color, sign),
                           printable(lines[i]));
    }
    if (lines.size() <= kMostLines) return;
    text_ += fmt::format("{}      {} and {} more\n", indent_, paint(terminal_, color, sign),
                         count_text(static_cast<std::int64_t>(lines.size() - kMostLines), "line"));
  }

  const std::string indent_;
  const Terminal& terminal_;
  std::string text_;
};

}  // namespace

std::string differences_text(const std::vector<SchemaDifference>& differences, int indent,
                             const Terminal& terminal) {
  Writer writer(indent, terminal);
  for (const SchemaDifference& one : differences) writer.add(one);
  return writer.take();
}

std::string drift_lines(const std::vector<DriftedObject>& objects, int indent,
                        const Terminal& terminal) {
  std::string text;
  for (const DriftedObject& object : objects) {
    text += fmt::format("{:{}}{}, since version {}\n", "", indent,
                        line_of(object.what, object.description(), terminal), object.since);
  }
  return text;
}

}  // namespace gander::cli
