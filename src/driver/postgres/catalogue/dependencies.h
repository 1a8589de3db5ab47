// SPDX-License-Identifier: MIT
// Dependencies: what of the drafts must be there before what, as the server has recorded it in
// pg_depend, and how loops of that are broken: at defaults and checks, which can come later, and at
// views, types and functions, which can be made in two steps.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "src/driver/postgres/catalogue/survey.h"

namespace gander::driver::postgres {

class Dependencies {
 public:
  // Gives every first step of the drafts its text and its needs. What needs something that is left
  // out loses its steps, with a remark.
  static void settle(Survey& survey, std::deque<Draft>& drafts);

 private:
  using Node = std::size_t;

  Dependencies(Survey& survey, std::deque<Draft>& drafts);

  void read();
  void connect(const Draft& from, const Draft& to);
  Node number(const Draft& draft) const { return numbers_.at(&draft); }
  // What makes it: itself, or what it is made with.
  Node holder(Node node) const;
  std::vector<std::vector<Node>> graph() const;
  bool break_loop(const std::vector<Node>& loop);
  bool soften(const std::vector<Node>& loop);
  bool put_off(const std::vector<Node>& loop);
  bool stand_in(const std::vector<Node>& loop, bool routines);
  void break_loops();
  void drop_incomplete();
  void drop(Draft& draft);
  void write_steps();
  void write_part(Node node);
  void write_whole(Node node);
  void put_event_triggers_last();

  Survey& survey_;
  std::vector<Draft*> drafts_;
  std::unordered_map<const Draft*, Node> numbers_;
  std::vector<std::vector<Node>> needs_;
  std::vector<bool> incomplete_;
  std::set<std::pair<Node, Node>> soft_;     // needs for which a stand-in is enough
  std::map<Node, std::vector<Node>> loops_;  // of what has a stand-in: what it may not need for it
};

}  // namespace gander::driver::postgres
