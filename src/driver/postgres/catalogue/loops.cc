// SPDX-License-Identifier: MIT
// Tarjan's algorithm for strongly connected components, without recursion: chains of views and
// functions may be as long as a database is large.
#include "src/driver/postgres/catalogue/loops.h"

#include <algorithm>

namespace gander::driver::postgres {
namespace {

class Finder {
 public:
  explicit Finder(const std::vector<std::vector<std::size_t>>& graph)
      : graph_(graph), nodes_(graph.size()) {}

  std::vector<std::vector<std::size_t>> find() {
    for (std::size_t i = 0; i < graph_.size(); ++i) {
      if (nodes_[i].index == 0) walk(i);
    }
    return std::move(found_);
  }

 private:
  struct Node {
    std::size_t index = 0;  // 0: not seen yet
    std::size_t low = 0;
    std::size_t next = 0;  // edge to be followed
    bool on_stack = false;
  };

  void enter(std::size_t node) {
    nodes_[node].index = nodes_[node].low = ++seen_;
    nodes_[node].on_stack = true;
    stack_.push_back(node);
    path_.push_back(node);
  }

  void walk(std::size_t start) {
    enter(start);
    while (!path_.empty()) {
      const std::size_t node = path_.back();
      if (nodes_[node].next < graph_[node].size()) {
        const std::size_t to = graph_[node][nodes_[node].next++];
        if (nodes_[to].index == 0) {
          enter(to);
        } else if (nodes_[to].on_stack) {
          nodes_[node].low = std::min(nodes_[node].low, nodes_[to].index);
        }
        continue;
      }
      path_.pop_back();
      if (!path_.empty()) {
        nodes_[path_.back()].low = std::min(nodes_[path_.back()].low, nodes_[node].low);
      }
      if (nodes_[node].low == nodes_[node].index) close(node);
    }
  }

  void close(std::size_t root) {
    std::vector<std::size_t> component;
    std::size_t node = 0;
    do {
      node = stack_.back();
      stack_.pop_back();
      nodes_[node].on_stack = false;
      component.push_back(node);
    } while (node != root);
    if (component.size() < 2) return;
    std::ranges::sort(component);
    found_.push_back(std::move(component));
  }

  const std::vector<std::vector<std::size_t>>& graph_;
  std::vector<Node> nodes_;
  std::vector<std::size_t> stack_, path_;
  std::size_t seen_ = 0;
  std::vector<std::vector<std::size_t>> found_;
};

}  // namespace

std::vector<std::vector<std::size_t>> loops(const std::vector<std::vector<std::size_t>>& graph) {
  return Finder(graph).find();
}

}  // namespace gander::driver::postgres
