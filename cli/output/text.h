// SPDX-License-Identifier: MIT
// Text for people: tables, durations, numbers, and names made safe for a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "cli/output/terminal.h"

namespace gander::cli {

enum class Color { none, bold, dim, red, green, yellow, cyan };

// The text in a colour, or as it is when the terminal has none.
std::string paint(const Terminal& terminal, Color color, std::string_view text);

// "850 µs", "1.4 ms", "12.3 s", "4 min 05 s". µs is "us" without Unicode.
std::string duration_text(std::chrono::nanoseconds duration, bool unicode);

// 1234567 as "1,234,567".
std::string number_text(std::int64_t number);

// "1 migration", "2 migrations".
std::string count_text(std::int64_t count, std::string_view noun);

// Control characters and bytes that are not UTF-8 become "?", so that no file name and no message
// of a server can move the cursor. Tabs become blanks; line feeds stay if asked for.
std::string printable(std::string_view text, bool keep_lines = false);
// The same for a message that may have several lines: those after the first are indented.
std::string continued(std::string_view text);

// Columns that a terminal needs for UTF-8 text: wide characters take two, combining ones none.
int display_width(std::string_view text);

// At most `width` columns; what is cut off shows as an ellipsis ("..." without Unicode).
std::string shortened(std::string_view text, int width, bool unicode);

// The same with the ellipsis inside: a third of what stays is the beginning, the rest the end.
std::string shortened_inside(std::string_view text, int width, bool unicode);

// A line of text in one piece: runs of white space become one blank.
std::string single_line(std::string_view text);

// Words broken into lines of at most `width` columns, each after `indent` blanks; no line end after
// the last. A word that is longer than a line stays whole.
std::string wrapped(std::string_view text, int indent, int width);

enum class Cut { end, middle };

struct Cell {
  std::string text;
  Color color = Color::none;
};

// Rows under headings, each column as wide as its widest cell, two blanks apart. The last column is
// not padded, so that lines have no blanks at their end.
class Table {
 public:
  struct Column {
    std::string heading;
    bool right = false;  // numbers
    // On a terminal a column of this kind is left out when it is empty, or when there is too little
    // room; the highest number goes first. 0 stays.
    int dispensable = 0;
    // False: before it is left out for want of room, the last column is shortened as far as it can.
    bool before_cut = true;
    // Instead of being left out for want of room, its texts stand under their rows, in full.
    bool below = false;
    Cut cut = Cut::end;  // where its texts are shortened
  };
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // As many cells as there are columns.
  void add(std::initializer_list<Cell> row);

  // Every line ends with a line feed. On a terminal too narrow the last column is shortened; of
  // those beside each other, when another one stands below.
  std::string text(const Terminal& terminal) const;

 private:
  // A status may have ten thousand rows: the texts of all cells stand in one string.
  struct Entry {
    std::uint32_t size = 0;
    int width = 0;
    Color color = Color::none;
  };

  // The width of each column, negative for those that are not in the line: kLeftOut, kBelow.
  std::vector<int> fitted_widths(const Terminal& terminal) const;
  std::vector<int> natural_widths(const Terminal& terminal) const;
  // Leaves out one column, or puts it below. False: there is none left for that.
  bool spare_one(std::vector<int>* widths, bool cut_is_enough) const;
  // The texts that stand below this row.
  void append_below(const Terminal& terminal, const std::vector<int>& widths, const Entry* cells,
                    std::string_view texts, std::string* result) const;
  // Appends one line; `cells` has an entry for each column, and their texts follow one another.
  void append_line(const Terminal& terminal, const std::vector<int>& widths, const Entry* cells,
                   std::string_view texts, std::string* result) const;

  std::vector<Column> columns_;
  std::vector<Entry> cells_;  // row by row
  std::string texts_;
};

}  // namespace gander::cli
