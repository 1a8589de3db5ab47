// SPDX-License-Identifier: MIT
// Kahn's algorithm over steps, with a heap instead of a queue: of what can run, the first by place
// of its object goes first, and so the result is one and the same.
#include "src/schema/order.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <queue>
#include <set>
#include <utility>

namespace gander::schema {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

class Sorter {
 public:
  explicit Sorter(const Snapshot& snapshot) : snapshot_(snapshot) {
    number_steps();
    note_needs();
  }

  std::vector<OrderedStep> sorted() {
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      if (steps_[i].waits_for == 0) ready_.push(i);
    }
    while (result_.size() < steps_.size()) {
      if (ready_.empty() && !relax()) force();
      const std::size_t next = ready_.top();
      ready_.pop();
      if (!steps_[next].done) run(next);
    }
    return std::move(result_);
  }

 private:
  struct Node {
    const Object* object;
    const Step* step;
    std::size_t waits_for = 0;
    std::vector<std::size_t> followers = {};  // waiting for this step
    bool done = false;
  };
  struct Edge {  // `step` waits for the last step of an object whose first one is `first`
    std::size_t first;
    std::size_t last;
    std::size_t step;
  };

  void number_steps() {
    for (const Object& object : snapshot_.objects) {
      first_.push_back(object.steps.empty() ? kNone : steps_.size());
      for (const Step& step : object.steps) steps_.push_back({&object, &step});
    }
  }

  void note_needs() {
    std::size_t step = 0;
    for (const Object& object : snapshot_.objects) {
      for (std::size_t i = 0; i < object.steps.size(); ++i, ++step) {
        if (i > 0) wait(step, step - 1);
        std::set<std::size_t> once;
        for (const Id& need : object.steps[i].needs) {
          const std::size_t found = find(need);
          if (found == kNone || &snapshot_.objects[found] == &object) continue;
          if (first_[found] == kNone || !once.insert(found).second) continue;
          const std::size_t last = first_[found] + snapshot_.objects[found].steps.size() - 1;
          wait(step, last);
          if (last != first_[found]) edges_.push_back({first_[found], last, step});
        }
      }
    }
  }

  std::size_t find(const Id& id) const {
    const bool fold = snapshot_.names_ignore_case;
    const auto& objects = snapshot_.objects;
    const auto at = std::lower_bound(objects.begin(), objects.end(), id,
                                     [&](const Object& object, const Id& wanted) {
                                       return compare_ids(object.id, wanted, fold) < 0;
                                     });
    if (at == objects.end() || compare_ids(at->id, id, fold) != 0) return kNone;
    return static_cast<std::size_t>(at - objects.begin());
  }

  void wait(std::size_t step, std::size_t wanted) {
    ++steps_[step].waits_for;
    steps_[wanted].followers.push_back(step);
  }

  void release(std::size_t step) {
    if (--steps_[step].waits_for == 0) ready_.push(step);
  }

  void run(std::size_t step) {
    steps_[step].done = true;
    result_.push_back({steps_[step].object, steps_[step].step});
    for (const std::size_t follower : std::exchange(steps_[step].followers, {})) release(follower);
  }

  // Nothing can run: there is a loop. What waits in it for the whole of an object goes on with its
  // stand-in. One at a time, so that no more is made upon stand-ins than must be.
  bool relax() {
    while (ready_.empty()) {
      const auto edge = std::ranges::find_if(edges_, [&](const Edge& e) {
        return !steps_[e.step].done && !steps_[e.last].done && steps_[e.first].done &&
               reaches(e.step, e.last);
      });
      if (edge == edges_.end()) return false;
      const Edge found = *edge;
      edges_.erase(edge);
      auto& followers = steps_[found.last].followers;
      followers.erase(std::ranges::find(followers, found.step));
      release(found.step);
    }
    return true;
  }

  // Does `to` wait for `from`, over others too?
  bool reaches(std::size_t from, std::size_t to) const {
    std::vector<std::size_t> stack{from};
    std::set<std::size_t> seen{from};
    while (!stack.empty()) {
      const std::size_t step = stack.back();
      stack.pop_back();
      if (step == to) return true;
      for (const std::size_t follower : steps_[step].followers) {
        if (seen.insert(follower).second) stack.push_back(follower);
      }
    }
    return false;
  }

  void force() {
    const auto next = std::ranges::find(steps_, false, &Node::done);
    ready_.push(static_cast<std::size_t>(next - steps_.begin()));
  }

  const Snapshot& snapshot_;
  std::vector<std::size_t> first_;  // of each object, its first step
  std::vector<Node> steps_;         // in the order of the objects
  std::vector<Edge> edges_;
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready_;
  std::vector<OrderedStep> result_;
};

}  // namespace

std::vector<OrderedStep> ordered(const Snapshot& snapshot) { return Sorter(snapshot).sorted(); }

}  // namespace gander::schema
