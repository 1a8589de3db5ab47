// SPDX-License-Identifier: MIT
#include "src/driver/postgres/catalogue/dependencies.h"

#include <algorithm>

#include "src/driver/postgres/catalogue/loops.h"

namespace gander::driver::postgres {
namespace {

bool is_in(const std::vector<std::size_t>& sorted, std::size_t node) {
  return std::ranges::binary_search(sorted, node);
}

void keep_once(std::vector<schema::Id>& ids) {
  std::ranges::sort(ids);
  const auto rest = std::ranges::unique(ids);
  ids.erase(rest.begin(), rest.end());
}

}  // namespace

void Dependencies::settle(Survey& survey, std::deque<Draft>& drafts) {
  Dependencies dependencies(survey, drafts);
  dependencies.read();
  dependencies.break_loops();
  dependencies.drop_incomplete();
  dependencies.write_steps();
  dependencies.put_event_triggers_last();
}

Dependencies::Dependencies(Survey& survey, std::deque<Draft>& drafts)
    : survey_(survey), needs_(drafts.size()), incomplete_(drafts.size(), false) {
  for (Draft& draft : drafts) {
    numbers_.emplace(&draft, drafts_.size());
    drafts_.push_back(&draft);
  }
}

void Dependencies::read() {
  survey_.ask(
      "SELECT classid, objid, refclassid, refobjid FROM pg_depend WHERE objid >= 16384 AND "
      "refobjid "
      ">= 16384",
      [&](Cells& cells) {
        const Key from{static_cast<System>(cells.id()), cells.id()};
        const Key to{static_cast<System>(cells.id()), cells.id()};
        const Draft* draft = survey_.find(from);
        if (draft == nullptr) return;
        if (survey_.left_out(to)) {
          incomplete_[number(*draft)] = true;
        } else if (const Draft* needed = survey_.find(to)) {
          connect(*draft, *needed);
        }
      });
  for (std::vector<Node>& needs : needs_) {
    std::ranges::sort(needs);
    const auto rest = std::ranges::unique(needs);
    needs.erase(rest.begin(), rest.end());
  }
}

void Dependencies::connect(const Draft& from, const Draft& to) {
  // The column makes a sequence its own: see sequences.cc.
  const bool owned = from.object.id.kind == "sequence" && to.key.system == System::relation;
  if (&from != &to && !owned) needs_[number(from)].push_back(number(to));
}

Dependencies::Node Dependencies::holder(Node node) const {
  while (drafts_[node]->made_with != nullptr && !drafts_[node]->later) {
    node = number(*drafts_[node]->made_with);
  }
  return node;
}

std::vector<std::vector<Dependencies::Node>> Dependencies::graph() const {
  std::vector<std::vector<Node>> graph(drafts_.size());
  for (Node i = 0; i < drafts_.size(); ++i) {
    const Node from = holder(i);
    for (const Node need : needs_[i]) {
      const Node to = holder(need);
      if (from != to && !soft_.contains({from, to})) graph[from].push_back(to);
    }
    if (drafts_[i]->made_with != nullptr && drafts_[i]->later) {
      graph[i].push_back(holder(number(*drafts_[i]->made_with)));
    }
  }
  return graph;
}

// --- loops -------------------------------------------------------------------------------------

void Dependencies::break_loops() {
  for (bool again = true; again;) {
    again = false;
    for (const std::vector<Node>& loop : loops(graph())) again |= break_loop(loop);
  }
}

bool Dependencies::break_loop(const std::vector<Node>& loop) {
  return soften(loop) || put_off(loop) || stand_in(loop, false) || stand_in(loop, true);
}

// For what has a stand-in already, that is enough for the others.
bool Dependencies::soften(const std::vector<Node>& loop) {
  bool softened = false;
  for (const Node target : loop) {
    if (!drafts_[target]->stands_in) continue;
    for (const Node from : loop) {
      if (from != target) softened |= soft_.emplace(from, target).second;
    }
    std::vector<Node>& all = loops_[target];
    all.insert(all.end(), loop.begin(), loop.end());
    std::ranges::sort(all);
  }
  return softened;
}

// Defaults and checks that are in the way.
bool Dependencies::put_off(const std::vector<Node>& loop) {
  bool done = false;
  for (Node i = 0; i < drafts_.size(); ++i) {
    Draft& draft = *drafts_[i];
    if (draft.by_itself.empty() || draft.later) continue;
    const Node whole = holder(i);
    if (!is_in(loop, whole)) continue;
    const bool in_the_way = std::ranges::any_of(needs_[i], [&](Node need) {
      const Node to = holder(need);
      return to != whole && is_in(loop, to);
    });
    draft.later = in_the_way;
    done |= in_the_way;
  }
  return done;
}

// The first of the loop by its id, of views or of routines.
bool Dependencies::stand_in(const std::vector<Node>& loop, bool routines) {
  Draft* chosen = nullptr;
  for (const Node node : loop) {
    Draft& draft = *drafts_[node];
    const bool routine = draft.key.system == System::procedure;
    if (draft.stand_in.empty() || draft.stands_in || routine != routines) continue;
    if (chosen == nullptr || draft.object.id < chosen->object.id) chosen = &draft;
  }
  if (chosen != nullptr) chosen->stands_in = true;
  return chosen != nullptr;
}

// --- what is left out --------------------------------------------------------------------------

void Dependencies::drop(Draft& draft) {
  // A default that cannot be is no reason to be without its table.
  if (draft.made_with != nullptr) draft.later = true;
  draft.by_itself.clear();
  draft.compose = nullptr;
  draft.stands_in = false;
  draft.object.steps.clear();
  survey_.remark(draft.object.id,
                 "a dump does not make it: it needs a table of the migration tool");
}

void Dependencies::drop_incomplete() {
  std::vector<std::vector<Node>> users(drafts_.size());
  std::vector<Node> stack;
  for (Node i = 0; i < drafts_.size(); ++i) {
    if (incomplete_[i]) stack.push_back(i);
    for (const Node need : needs_[i]) users[need].push_back(i);
  }
  if (stack.empty()) return;
  while (!stack.empty()) {
    const Node node = stack.back();
    stack.pop_back();
    incomplete_[node] = true;
    for (const Node user : users[node]) {
      if (!incomplete_[user]) stack.push_back(user);
    }
  }
  for (Node i = 0; i < drafts_.size(); ++i) {
    Draft& draft = *drafts_[i];
    const bool with_its_whole = draft.made_with != nullptr && incomplete_[number(*draft.made_with)];
    if (with_its_whole) {
      draft.by_itself.clear();
      draft.object.steps.clear();
    } else if (incomplete_[i]) {
      drop(draft);
    }
  }
}

// --- steps -------------------------------------------------------------------------------------

void Dependencies::write_steps() {
  std::vector<std::vector<Node>> held(drafts_.size());
  for (Node i = 0; i < drafts_.size(); ++i) {
    const Node whole = holder(i);
    if (whole != i) needs_[whole].insert(needs_[whole].end(), needs_[i].begin(), needs_[i].end());
  }
  for (Node i = 0; i < drafts_.size(); ++i) {
    if (drafts_[i]->made_with != nullptr) {
      write_part(i);
    } else {
      write_whole(i);
    }
  }
}

void Dependencies::write_part(Node node) {
  Draft& draft = *drafts_[node];
  std::vector<schema::Step>& steps = draft.object.steps;
  if (draft.later && !draft.by_itself.empty()) steps.insert(steps.begin(), {draft.by_itself, {}});
  if (steps.empty()) return;
  std::vector<schema::Id> needs = std::move(draft.needs);
  needs.push_back(draft.made_with->object.id);
  if (draft.later) {
    for (const Node need : needs_[node]) needs.push_back(drafts_[holder(need)]->object.id);
  }
  keep_once(needs);
  steps[0].needs = std::move(needs);
}

void Dependencies::write_whole(Node node) {
  Draft& draft = *drafts_[node];
  std::vector<schema::Step>& steps = draft.object.steps;
  if (steps.empty()) return;
  if (draft.compose != nullptr) steps[0].sql = draft.compose();
  std::vector<schema::Id> needs = std::move(draft.needs);
  std::vector<schema::Id> first;
  for (const Node need : needs_[node]) {
    const Node whole = holder(need);
    if (whole == node) continue;
    needs.push_back(drafts_[whole]->object.id);
    if (draft.stands_in && !is_in(loops_[node], whole)) first.push_back(needs.back());
  }
  keep_once(needs);
  steps[0].needs = std::move(needs);
  if (!draft.stands_in) return;
  keep_once(first);
  steps.insert(steps.begin(), {draft.stand_in, std::move(first)});
}

// An event trigger is fired by what is made after it, and may refuse that. Event triggers
// themselves fire none (CREATE EVENT TRIGGER).
void Dependencies::put_event_triggers_last() {
  std::vector<Draft*> last;
  std::set<schema::Id> needed;
  for (Draft* draft : drafts_) {
    if (draft->key.system == System::event_trigger && !draft->object.steps.empty()) {
      last.push_back(draft);
    }
  }
  if (last.empty()) return;
  for (const Draft* draft : drafts_) {
    for (const schema::Step& step : draft->object.steps) {
      needed.insert(step.needs.begin(), step.needs.end());
    }
  }
  for (const auto& [node, loop] : loops_) {
    for (const Node member : loop) needed.erase(drafts_[member]->object.id);
  }
  std::ranges::sort(last, {}, [](const Draft* draft) { return draft->object.id; });
  std::vector<schema::Id>& first = last[0]->object.steps[0].needs;
  for (const Draft* draft : drafts_) {
    const bool event_trigger = draft->key.system == System::event_trigger;
    if (event_trigger || draft->object.steps.empty() || needed.contains(draft->object.id)) continue;
    first.push_back(draft->object.id);
  }
  keep_once(first);
  for (std::size_t i = 1; i < last.size(); ++i) {
    last[i]->object.steps[0].needs.push_back(last[i - 1]->object.id);
  }
}

}  // namespace gander::driver::postgres
