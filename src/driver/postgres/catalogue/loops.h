// SPDX-License-Identifier: MIT
// loops(): the sets of nodes of a directed graph in which each leads to each, of two nodes and
// more.
#pragma once

#include <cstddef>
#include <vector>

namespace gander::driver::postgres {

// `graph[i]`: where node i leads to. The nodes of a loop are sorted.
std::vector<std::vector<std::size_t>> loops(const std::vector<std::vector<std::size_t>>& graph);

}  // namespace gander::driver::postgres
