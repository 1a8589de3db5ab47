// SPDX-License-Identifier: MIT
// MigrationRunner::Impl::Scope: one operation, from its deadline to the clearing of cancel().
#pragma once

#include "src/runner/impl.h"

namespace gander {

class MigrationRunner::Impl::Scope {
 public:
  explicit Scope(Impl& impl) : impl_(impl) {
    impl_.cancel_.start(impl_.options_.timeout);
    // What a silent server has left behind.
    if (impl_.database_ != nullptr && impl_.database_->connected() &&
        impl_.database_->connection().lost()) {
      impl_.close_database();
    }
  }
  ~Scope() { impl_.cancel_.finish(); }
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 private:
  Impl& impl_;
};

}  // namespace gander
