// SPDX-License-Identifier: MIT
// Lent: what the engines share of the session as a function migration sees it. An engine gives
// do_execute() and do_query(), and do_for_each() where it can show rows as they come.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "gander/connection.h"
#include "src/driver/driver.h"

namespace gander::driver {

class Lent : public gander::Connection {
 protected:
  // `session` outlives it.
  explicit Lent(driver::Connection& session) : session_(session) {}

  // What the function may do with the handle is not seen: whoever keeps anything that this could
  // spoil overrides it.
  void* do_native_handle() noexcept override { return session_.native_handle(); }

  // Shows the rows of do_query(), which has collected them all.
  void do_for_each(std::string_view sql, std::span<const Parameter> parameters,
                   const std::function<bool(const gander::Row&)>& function) override;

  // Throws where the run is to stop, and Error(usage) for a NUL byte, which `why` ends: "which the
  // engine cannot take".
  static void check(std::string_view sql, std::string_view why, const CancelToken* cancel);

  // Error(usage).
  [[noreturn]] static void refuse_several_queries();
  [[noreturn]] static void refuse_parameters_of_several();

 private:
  bool do_in_transaction() final { return session_.in_transaction(); }
  std::string_view do_driver_name() const noexcept final { return session_.driver_name(); }

  driver::Connection& session_;
};

}  // namespace gander::driver
