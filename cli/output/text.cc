// SPDX-License-Identifier: MIT
#include "cli/output/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace gander::cli {
namespace {

struct Decoded {
  char32_t code = 0;
  std::size_t size = 0;  // 0: not UTF-8
};

Decoded decode(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < size) return {};
  char32_t code = first & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0U) != 0x80) return {};
    code = (code << 6U) | (next & 0x3FU);
  }
  constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < kSmallest[size] || code > 0x10FFFF || surrogate) return {};
  return {code, size};
}

using Range = std::pair<char32_t, char32_t>;

// Unicode 15, the ranges that occur in names: East Asian Wide and Fullwidth, emoji.
constexpr std::array<Range, 12> kWide = {{{0x1100, 0x115F},
                                          {0x2E80, 0x303E},
                                          {0x3041, 0x33FF},
                                          {0x3400, 0x4DBF},
                                          {0x4E00, 0x9FFF},
                                          {0xA000, 0xA4CF},
                                          {0xAC00, 0xD7A3},
                                          {0xF900, 0xFAFF},
                                          {0xFE30, 0xFE6F},
                                          {0xFF00, 0xFF60},
                                          {0x1F300, 0x1FAFF},
                                          {0x20000, 0x3FFFD}}};
// Combining marks, zero-width characters, variation selectors.
constexpr std::array<Range, 8> kZero = {{{0x0300, 0x036F},
                                         {0x0483, 0x0489},
                                         {0x0591, 0x05BD},
                                         {0x064B, 0x065F},
                                         {0x200B, 0x200F},
                                         {0x20D0, 0x20F0},
                                         {0xFE00, 0xFE0F},
                                         {0xFE20, 0xFE2F}}};
// Characters that change the direction or the order of what is shown.
constexpr std::array<Range, 3> kHidden = {{{0x80, 0x9F}, {0x202A, 0x202E}, {0x2066, 0x2069}}};

template <std::size_t N>
bool is_in(const std::array<Range, N>& ranges, char32_t code) {
  return std::ranges::any_of(ranges,
                             [&](const Range& r) { return code >= r.first && code <= r.second; });
}

int width_of(char32_t code) {
  if (code < 0x300) return 1;
  if (is_in(kZero, code)) return 0;
  return is_in(kWide, code) ? 2 : 1;
}

// Most texts are: one column a byte, nothing to hide.
bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
}

// Between two columns of a table.
constexpr int kGap = 2;
// Columns that the last column of a table keeps on any terminal.
constexpr int kLeast = 10;
// Widths of columns that are not in the line.
constexpr int kLeftOut = -1;
constexpr int kBelow = -2;
constexpr int kIndent = 4;  // of what stands below

std::string spaces(int count) {
  return std::string(static_cast<std::size_t>(std::max(count, 0)), ' ');
}

}  // namespace

std::string paint(const Terminal& terminal, Color color, std::string_view text) {
  constexpr std::array<std::string_view, 7> kCodes = {"", "1", "2", "31", "32", "33", "36"};
  if (!terminal.color || color == Color::none || text.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", kCodes[static_cast<std::size_t>(color)], text);
}

std::string duration_text(std::chrono::nanoseconds duration, bool unicode) {
  const std::int64_t ns = duration.count();
  const auto in = [ns](std::int64_t unit) { return (ns + unit / 2) / unit; };
  // The bounds are where rounding would print 1000 of the smaller unit.
  if (ns < 999'500) return fmt::format("{} {}", in(1'000), unicode ? "\xC2\xB5s" : "us");
  if (ns < 9'950'000) return fmt::format("{}.{} ms", in(100'000) / 10, in(100'000) % 10);
  if (ns < 999'500'000) return fmt::format("{} ms", in(1'000'000));
  if (ns < 59'950'000'000) {
    return fmt::format("{}.{} s", in(100'000'000) / 10, in(100'000'000) % 10);
  }
  const std::int64_t seconds = in(1'000'000'000);
  if (seconds < 3600) return fmt::format("{} min {:02} s", seconds / 60, seconds % 60);
  return fmt::format("{} h {:02} min", seconds / 3600, seconds / 60 % 60);
}

std::string number_text(std::int64_t number) {
  std::string digits = fmt::format("{}", number);
  const std::size_t first = digits[0] == '-' ? 1 : 0;
  for (std::size_t i = digits.size(); i > first + 3;) {
    i -= 3;
    digits.insert(i, 1, ',');
  }
  return digits;
}

std::string count_text(std::int64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", number_text(count), noun, count == 1 ? "" : "s");
}

std::string printable(std::string_view text, bool keep_lines) {
  if (is_plain(text)) return std::string(text);
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const Decoded next = decode(text);
    const bool line_end = keep_lines && next.code == '\n';
    if (next.size == 0) {
      result += '?';
      text.remove_prefix(1);
      continue;
    }
    if (next.code == '\t') {
      result += ' ';
    } else if (!line_end && (next.code < 0x20 || next.code == 0x7F || is_in(kHidden, next.code))) {
      result += '?';
    } else {
      result += text.substr(0, next.size);
    }
    text.remove_prefix(next.size);
  }
  return result;
}

std::string continued(std::string_view text) {
  std::string result;
  for (const char c : printable(text, true)) {
    result += c;
    if (c == '\n') result += "  ";
  }
  return result;
}

int display_width(std::string_view text) {
  if (is_plain(text)) return static_cast<int>(text.size());
  int width = 0;
  while (!text.empty()) {
    const Decoded next = decode(text);
    width += next.size == 0 ? 1 : width_of(next.code);
    text.remove_prefix(std::max<std::size_t>(next.size, 1));
  }
  return width;
}

namespace {

// The bytes at the beginning that need at most `room` columns.
std::size_t fitting(std::string_view text, int room) {
  std::size_t bytes = 0;
  int used = 0;
  while (bytes < text.size()) {
    const Decoded next = decode(text.substr(bytes));
    used += next.size == 0 ? 1 : width_of(next.code);
    if (used > room) break;
    bytes += std::max<std::size_t>(next.size, 1);
  }
  return bytes;
}

std::string_view ellipsis(bool unicode) { return unicode ? "\xE2\x80\xA6" : "..."; }

}  // namespace

std::string shortened(std::string_view text, int width, bool unicode) {
  if (display_width(text) <= width) return std::string(text);
  const std::string mark(ellipsis(unicode));
  const int room = width - display_width(mark);
  return room < 0 ? std::string() : std::string(text.substr(0, fitting(text, room))) + mark;
}

std::string shortened_inside(std::string_view text, int width, bool unicode) {
  if (display_width(text) <= width) return std::string(text);
  const std::string mark(ellipsis(unicode));
  const int room = width - display_width(mark);
  if (room < 0) return {};
  const std::string_view begin = text.substr(0, fitting(text, room / 3));
  std::string_view end = text.substr(begin.size());
  // A character as wide as two columns may leave one of them empty.
  while (display_width(begin) + display_width(end) > room) {
    end.remove_prefix(std::max<std::size_t>(decode(end).size, 1));
  }
  return std::string(begin) + mark + std::string(end);
}

std::string single_line(std::string_view text) {
  std::string result;
  for (char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (blank && (result.empty() || result.back() == ' ')) continue;
    result += blank ? ' ' : c;
  }
  if (result.ends_with(' ')) result.pop_back();
  return result;
}

std::string wrapped(std::string_view text, int indent, int width) {
  std::string result;
  int used = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    const int columns = display_width(word);
    if (used > 0 && used + 1 + columns <= width) {
      result += ' ';
      used += 1 + columns;
    } else {
      if (used > 0) result += '\n';
      result += spaces(indent);
      used = indent + columns;
    }
    result += word;
  }
  return result;
}

void Table::add(std::initializer_list<Cell> row) {
  for (const Cell& cell : row) {
    cells_.push_back(
        {static_cast<std::uint32_t>(cell.text.size()), display_width(cell.text), cell.color});
    texts_ += cell.text;
  }
}

void Table::append_line(const Terminal& terminal, const std::vector<int>& widths,
                        const Entry* cells, std::string_view texts, std::string* result) const {
  int owed = 0;  // blanks that are printed only if more text follows
  bool first = true;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::string_view text = texts.substr(0, cells[i].size);
    texts.remove_prefix(cells[i].size);
    if (widths[i] < 0) continue;
    int width = cells[i].width;
    std::string cut;
    if (width > widths[i]) {
      cut = columns_[i].cut == Cut::middle ? shortened_inside(text, widths[i], terminal.unicode)
                                           : shortened(text, widths[i], terminal.unicode);
      text = cut;
      width = display_width(text);
    }
    const int rest = widths[i] - width;
    if (!std::exchange(first, false)) owed += kGap;
    if (columns_[i].right) owed += rest;
    if (!text.empty()) {
      result->append(static_cast<std::size_t>(std::max(owed, 0)), ' ');
      if (terminal.color) {
        *result += paint(terminal, cells[i].color, text);
      } else {
        *result += text;
      }
      owed = 0;
    }
    if (!columns_[i].right) owed += rest;
  }
  *result += '\n';
}

std::vector<int> Table::natural_widths(const Terminal& terminal) const {
  std::vector<int> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    int widest = 0;
    for (std::size_t cell = i; cell < cells_.size(); cell += columns_.size()) {
      widest = std::max(widest, cells_[cell].width);
    }
    const bool empty = terminal.width > 0 && columns_[i].dispensable > 0 && widest == 0;
    widths.push_back(empty ? kLeftOut : std::max(widest, display_width(columns_[i].heading)));
  }
  return widths;
}

bool Table::spare_one(std::vector<int>* widths, bool cut_is_enough) const {
  std::size_t next = columns_.size();
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const int least = next == columns_.size() ? 0 : columns_[next].dispensable;
    if ((*widths)[i] >= 0 && columns_[i].dispensable > least) next = i;
  }
  if (next == columns_.size() || (cut_is_enough && !columns_[next].before_cut)) return false;
  (*widths)[next] = columns_[next].below ? kBelow : kLeftOut;
  return true;
}

std::vector<int> Table::fitted_widths(const Terminal& terminal) const {
  std::vector<int> widths = natural_widths(terminal);
  if (terminal.width == 0) return widths;
  while (true) {
    int total = -kGap;
    int* last = nullptr;
    for (int& width : widths) {
      if (width < 0) continue;
      total += width + kGap;
      last = &width;
    }
    const int excess = total - terminal.width;
    if (last == nullptr || excess <= 0) return widths;
    const int shortest = std::max(*last - excess, std::min(kLeast, *last));
    const bool cut_is_enough = *last - shortest >= excess;
    if (spare_one(&widths, cut_is_enough)) continue;
    *last = shortest;
    return widths;
  }
}

void Table::append_below(const Terminal& terminal, const std::vector<int>& widths,
                         const Entry* cells, std::string_view texts, std::string* result) const {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::string_view text = texts.substr(0, cells[i].size);
    texts.remove_prefix(cells[i].size);
    if (widths[i] == kBelow && !text.empty()) {
      *result += wrapped(text, kIndent, terminal.width) + "\n";
    }
  }
}

std::string Table::text(const Terminal& terminal) const {
  const std::vector<int> widths = fitted_widths(terminal);
  std::vector<Entry> headings;
  std::string heading_texts;
  for (const Column& column : columns_) {
    headings.push_back({static_cast<std::uint32_t>(column.heading.size()),
                        display_width(column.heading), Color::bold});
    heading_texts += column.heading;
  }
  std::string result;
  append_line(terminal, widths, headings.data(), heading_texts, &result);
  std::string_view texts = texts_;
  for (std::size_t row = 0; row < cells_.size(); row += columns_.size()) {
    std::size_t size = 0;
    for (std::size_t i = 0; i < columns_.size(); ++i) size += cells_[row + i].size;
    append_line(terminal, widths, &cells_[row], texts.substr(0, size), &result);
    append_below(terminal, widths, &cells_[row], texts.substr(0, size), &result);
    texts.remove_prefix(size);
  }
  return result;
}

}  // namespace gander::cli
