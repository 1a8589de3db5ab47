// SPDX-License-Identifier: MIT
// MigrationRunner::Impl::Scope: one operation, from its deadline to the clearing of cancel().
#pragma once

#include <optional>
#include <version>
#ifdef __cpp_lib_jthread
#include <stop_token>
#endif

#include "src/runner/impl.h"

namespace gander {

class MigrationRunner::Impl::Scope {
 public:
  explicit Scope(Impl& impl) : impl_(impl) {
    impl_.cancel_.start(impl_.options_.timeout);
#ifdef __cpp_lib_jthread
    stop_.emplace(impl.options_.stop, Canceller{&impl.cancel_});
#endif
    // What a silent server has left behind.
    if (impl_.database_ != nullptr && impl_.database_->connected() &&
        impl_.database_->connection().lost()) {
      impl_.close_database();
    }
  }
  ~Scope() {
#ifdef __cpp_lib_jthread
    stop_.reset();
#endif
    impl_.cancel_.finish();
  }
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 private:
  Impl& impl_;
#ifdef __cpp_lib_jthread
  struct Canceller {
    CancelToken* token;
    void operator()() const noexcept { token->cancel(); }
  };
  std::optional<std::stop_callback<Canceller>> stop_;
#endif
};

}  // namespace gander
