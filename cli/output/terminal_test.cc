// SPDX-License-Identifier: MIT
#include "cli/output/terminal.h"

#include <gtest/gtest.h>

namespace gander::cli {
namespace {

TerminalFacts screen() {
  TerminalFacts facts;
  facts.is_terminal = true;
  facts.columns = 100;
  facts.term = "xterm";
  facts.lang = "en_US.UTF-8";
  return facts;
}

TEST(Terminal, IsColouredAndLiveOnAScreen) {
  const Terminal terminal = decide_terminal(screen());
  EXPECT_TRUE(terminal.color);
  EXPECT_TRUE(terminal.interactive);
  EXPECT_TRUE(terminal.unicode);
  EXPECT_EQ(terminal.width, 100);
}

TEST(Terminal, IsPlainInAPipe) {
  TerminalFacts facts = screen();
  facts.is_terminal = false;
  const Terminal terminal = decide_terminal(facts);
  EXPECT_FALSE(terminal.color);
  EXPECT_FALSE(terminal.interactive);
  EXPECT_EQ(terminal.width, 0);
}

TEST(Terminal, HonoursNoColor) {
  TerminalFacts facts = screen();
  facts.no_color = "1";
  EXPECT_FALSE(decide_terminal(facts).color);
  EXPECT_TRUE(decide_terminal(facts).interactive);
  facts.force_color = "1";
  EXPECT_FALSE(decide_terminal(facts).color) << "NO_COLOR wins";
  facts = screen();
  facts.no_color_option = true;
  EXPECT_FALSE(decide_terminal(facts).color);
}

TEST(Terminal, CanBeForcedToColour) {
  TerminalFacts facts;
  facts.clicolor_force = "1";
  EXPECT_TRUE(decide_terminal(facts).color);
  EXPECT_FALSE(decide_terminal(facts).interactive);
  facts.clicolor_force = "0";
  EXPECT_FALSE(decide_terminal(facts).color);
  facts.force_color = "true";
  EXPECT_TRUE(decide_terminal(facts).color);
}

TEST(Terminal, IsPlainWhenDumb) {
  TerminalFacts facts = screen();
  facts.term = "dumb";
  EXPECT_FALSE(decide_terminal(facts).color);
  EXPECT_FALSE(decide_terminal(facts).interactive);
  facts.term = std::nullopt;
  EXPECT_FALSE(decide_terminal(facts).interactive);
}

TEST(Terminal, TakesItsWidthFromColumnsThenTheScreen) {
  TerminalFacts facts = screen();
  facts.columns_variable = "60";
  EXPECT_EQ(decide_terminal(facts).width, 60);
  facts.columns_variable = "wide";
  EXPECT_EQ(decide_terminal(facts).width, 100);
  facts.columns = 0;
  EXPECT_EQ(decide_terminal(facts).width, 80);
}

TEST(Terminal, ReadsTheLocaleAsSetlocaleDoes) {
  TerminalFacts facts;
  EXPECT_FALSE(decide_terminal(facts).unicode);
  facts.lang = "C.utf8";
  EXPECT_TRUE(decide_terminal(facts).unicode);
  facts.lc_ctype = "C";
  EXPECT_FALSE(decide_terminal(facts).unicode);
  facts.lc_all = "de_DE.UTF-8";
  EXPECT_TRUE(decide_terminal(facts).unicode);
}

}  // namespace
}  // namespace gander::cli
