// SPDX-License-Identifier: MIT
#include "src/check/stamps.h"

#include <algorithm>

#include "src/base/background.h"

namespace gander::check {
namespace {

// A thread costs as much as looking up about so many files. Also the size of a piece.
constexpr std::size_t kWorthAThread = 64;

}  // namespace

Stamps::~Stamps() {
  begun_ = migrations_.size();
  if (thread_.joinable()) thread_.join();
}

void Stamps::begin() {
  if (migrations_.size() < kWorthAThread || !migrations_.front().on_disk) return;
  ahead_.resize(migrations_.size());
  thread_ = background([this] { work(); });
}

void Stamps::work() {
  FileStamps files;
  for (;;) {
    const std::size_t first = begun_.fetch_add(kWorthAThread);
    if (first >= migrations_.size()) return;
    const std::size_t end = std::min(first + kWorthAThread, migrations_.size());
    for (std::size_t i = first; i < end; ++i) {
      if (migrations_[i].on_disk) ahead_[i] = files.of(migrations_[i].place);
    }
    done_ += end - first;
    done_.notify_all();
  }
}

void Stamps::finish() {
  if (done_ == migrations_.size()) return;
  work();
  for (std::size_t done = done_; done < migrations_.size(); done = done_) done_.wait(done);
}

std::int64_t Stamps::of(const source::Migration& migration) {
  if (ahead_.empty()) return files_.of(migration.place);
  finish();
  return ahead_[static_cast<std::size_t>(&migration - migrations_.data())];
}

}  // namespace gander::check
