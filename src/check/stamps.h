// SPDX-License-Identifier: MIT
// Stamps: the file_stamp() of each migration's file.
//
// Looking a file up is most of what a run with nothing to do costs beside the database. With many
// files a thread does that while the database is opened and read; what it has not begun with by
// then is done by whoever asks.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "src/base/input.h"
#include "src/source/migration.h"

namespace gander::check {

class Stamps {
 public:
  // `migrations` must outlive the object and stay as they are.
  explicit Stamps(const std::vector<source::Migration>& migrations) : migrations_(migrations) {}
  ~Stamps();
  Stamps(const Stamps&) = delete;
  Stamps& operator=(const Stamps&) = delete;

  // Begins with all of them in the background if they are many.
  void begin();

  // The stamp of this element of `migrations`: as it was at some time since begin().
  std::int64_t of(const source::Migration& migration);

 private:
  // Takes pieces until none is left.
  void work();
  void finish();

  const std::vector<source::Migration>& migrations_;
  std::vector<std::int64_t> ahead_;  // empty: begin() had no reason to
  std::atomic<std::size_t> begun_ = 0;
  std::atomic<std::size_t> done_ = 0;
  std::thread thread_;
  FileStamps files_;
};

}  // namespace gander::check
