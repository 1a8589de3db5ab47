// SPDX-License-Identifier: MIT
#include "cli/output/text.h"

#include <gtest/gtest.h>

namespace gander::cli {
namespace {

using std::chrono::nanoseconds;

TEST(DurationText, HasThreeDigitsAndAUnit) {
  const auto text = [](double seconds) {
    return duration_text(nanoseconds{static_cast<std::int64_t>(seconds * 1e9)}, true);
  };
  EXPECT_EQ(text(0), "0 \xC2\xB5s");
  EXPECT_EQ(text(0.00085), "850 \xC2\xB5s");
  EXPECT_EQ(text(0.0009996), "1.0 ms");
  EXPECT_EQ(text(0.0014), "1.4 ms");
  EXPECT_EQ(text(0.012), "12 ms");
  EXPECT_EQ(text(0.9997), "1.0 s");
  EXPECT_EQ(text(12.34), "12.3 s");
  EXPECT_EQ(text(59.96), "1 min 00 s");
  EXPECT_EQ(text(245), "4 min 05 s");
  EXPECT_EQ(text(7325), "2 h 02 min");
  EXPECT_EQ(duration_text(nanoseconds{850000}, false), "850 us");
}

TEST(NumberText, GroupsDigits) {
  EXPECT_EQ(number_text(0), "0");
  EXPECT_EQ(number_text(999), "999");
  EXPECT_EQ(number_text(1000), "1,000");
  EXPECT_EQ(number_text(-1234567), "-1,234,567");
  EXPECT_EQ(count_text(1, "migration"), "1 migration");
  EXPECT_EQ(count_text(1200, "statement"), "1,200 statements");
}

TEST(Printable, LetsNothingMoveTheCursor) {
  EXPECT_EQ(printable("plain \xC3\xA9 \xE4\xB8\xAD"), "plain \xC3\xA9 \xE4\xB8\xAD");
  EXPECT_EQ(printable("\x1b[2J"), "?[2J");
  EXPECT_EQ(printable("a\nb\tc\r"), "a?b c?");
  EXPECT_EQ(printable("a\nb", true), "a\nb");
  EXPECT_EQ(printable("\xFF\xC3"), "??");
  EXPECT_EQ(printable("\xC2\x9B"
                      "1m"),
            "?1m")
      << "the C1 form of ESC [";
  EXPECT_EQ(printable("\xE2\x80\xAE"
                      "x"),
            "?x")
      << "right-to-left override";
  EXPECT_EQ(printable("\xED\xA0\x80"), "???") << "a surrogate";
  EXPECT_EQ(printable("\xC0\x80"), "??") << "an overlong NUL";
}

TEST(DisplayWidth, CountsColumns) {
  EXPECT_EQ(display_width("abc"), 3);
  EXPECT_EQ(display_width("\xC3\xA9"), 1);
  EXPECT_EQ(display_width("e\xCC\x81"), 1) << "a combining accent";
  EXPECT_EQ(display_width("\xE4\xB8\xAD\xE6\x96\x87"), 4);
  EXPECT_EQ(display_width("\xF0\x9F\xA6\xA2"), 2) << "a swan";
}

TEST(Shortened, EndsWithAnEllipsis) {
  EXPECT_EQ(shortened("abcdef", 6, true), "abcdef");
  EXPECT_EQ(shortened("abcdef", 4, true), "abc\xE2\x80\xA6");
  EXPECT_EQ(shortened("abcdef", 5, false), "ab...");
  EXPECT_EQ(shortened("\xE4\xB8\xAD\xE6\x96\x87", 3, true), "\xE4\xB8\xAD\xE2\x80\xA6");
  EXPECT_EQ(shortened("\xE4\xB8\xAD\xE6\x96\x87", 2, true), "\xE2\x80\xA6");
  EXPECT_EQ(shortened("abcdef", 2, false), "");
}

TEST(SingleLine, JoinsWhiteSpace) {
  EXPECT_EQ(single_line("  SELECT\n\t1 ;\n"), "SELECT 1 ;");
  EXPECT_EQ(single_line(" \n"), "");
}

TEST(Wrapped, BreaksBetweenWords) {
  EXPECT_EQ(wrapped("one two three", 2, 9), "  one two\n  three");
  EXPECT_EQ(wrapped("unbreakable", 0, 4), "unbreakable");
  EXPECT_EQ(wrapped("", 2, 9), "");
}

TEST(Paint, NeedsATerminal) {
  EXPECT_EQ(paint({.color = true}, Color::red, "x"), "\x1b[31mx\x1b[0m");
  EXPECT_EQ(paint({}, Color::red, "x"), "x");
  EXPECT_EQ(paint({.color = true}, Color::red, ""), "");
}

Table animals() {
  Table table({{.heading = "N", .right = true}, {.heading = "NAME"}, {.heading = "SOUND"}});
  table.add({{"1"}, {"goose"}, {"honk"}});
  table.add({{"20"}, {"\xE4\xB8\xAD\xE6\x96\x87"}, {""}});
  table.add({{"3"}, {""}, {"a long long sound"}});
  return table;
}

TEST(Table, AlignsWideNamesAndLeavesNoBlanksAtTheEnd) {
  EXPECT_EQ(animals().text({}),
            " N  NAME   SOUND\n"
            " 1  goose  honk\n"
            "20  \xE4\xB8\xAD\xE6\x96\x87\n"
            " 3         a long long sound\n");
}

TEST(Table, ShortensTheLastColumnOnANarrowTerminal) {
  EXPECT_EQ(animals().text({.width = 22}),
            " N  NAME   SOUND\n"
            " 1  goose  honk\n"
            "20  \xE4\xB8\xAD\xE6\x96\x87\n"
            " 3         a long l...\n");
}

TEST(Table, LeavesOutWhatItCanDoWithoutOnATerminal) {
  Table table({{.heading = "N", .right = true},
               {.heading = "WHEN", .dispensable = 1},
               {.heading = "BY", .dispensable = 2},
               {.heading = "EMPTY", .dispensable = 3},
               {.heading = "NAME"}});
  table.add({{"1"}, {"today"}, {"me@host"}, {""}, {"00001_init.sql"}});
  EXPECT_EQ(table.text({}),
            "N  WHEN   BY       EMPTY  NAME\n1  today  me@host         00001_init.sql\n");
  EXPECT_EQ(table.text({.width = 33}),
            "N  WHEN   BY       NAME\n1  today  me@host  00001_init.sql\n");
  EXPECT_EQ(table.text({.width = 32}), "N  WHEN   NAME\n1  today  00001_init.sql\n");
  EXPECT_EQ(table.text({.width = 23}), "N  NAME\n1  00001_init.sql\n");
  EXPECT_EQ(table.text({.width = 15}), "N  NAME\n1  00001_ini...\n");
  EXPECT_EQ(table.text({.width = 5}), "N  NAME\n1  00001_i...\n");
}

// The table of status, with the names and times of a real project.
Table times() {
  Table table({{.heading = "VERSION", .right = true},
               {.heading = "STATE"},
               {.heading = "APPLIED AT (UTC)", .dispensable = 1, .before_cut = false},
               {.heading = "BY", .dispensable = 3},
               {.heading = "MIGRATION", .cut = Cut::middle}});
  table.add({{"20260131120000"},
             {"applied"},
             {"2026-01-31 12:00:00"},
             {"deploy@build-7"},
             {"20260131120000_create_the_table_of_birds.sql"}});
  return table;
}

TEST(Table, ShortensNamesInsideBeforeItLeavesOutTimes) {
  EXPECT_EQ(times().text({.width = 80}),
            "       VERSION  STATE    APPLIED AT (UTC)     MIGRATION\n"
            "20260131120000  applied  2026-01-31 12:00:00  2026013112...he_table_of_birds.sql\n");
  EXPECT_EQ(times().text({.width = 50}),
            "       VERSION  STATE    MIGRATION\n"
            "20260131120000  applied  2026013...le_of_birds.sql\n");
}

TEST(Table, PutsBelowWhatMayNotBeLost) {
  Table table({{.heading = "EVENT"},
               {.heading = "MIGRATION", .cut = Cut::middle},
               {.heading = "DETAIL", .dispensable = 1, .below = true}});
  table.add({{"failed"}, {"1_birds.sql"}, {"no such table: birds, which somebody has dropped"}});
  table.add({{"applied"}, {"1_birds.sql"}, {""}});
  EXPECT_EQ(table.text({.width = 40}),
            "EVENT    MIGRATION\n"
            "failed   1_birds.sql\n"
            "    no such table: birds, which somebody\n"
            "    has dropped\n"
            "applied  1_birds.sql\n");
}

TEST(ShortenedInside, KeepsBothEnds) {
  EXPECT_EQ(shortened_inside("00001_birds.sql", 15, true), "00001_birds.sql");
  EXPECT_EQ(shortened_inside("00001_birds.sql", 10, true),
            "000\xE2\x80\xA6"
            "ds.sql");
  EXPECT_EQ(shortened_inside("00001_birds.sql", 2, false), "");
}

TEST(Table, ColoursWithoutMovingColumns) {
  Table table({{.heading = "A"}, {.heading = "B"}});
  table.add({{"x", Color::green}, {"y"}});
  EXPECT_EQ(table.text({.color = true}), "\x1b[1mA\x1b[0m  \x1b[1mB\x1b[0m\n\x1b[32mx\x1b[0m  y\n");
}

}  // namespace
}  // namespace gander::cli
