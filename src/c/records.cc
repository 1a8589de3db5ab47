// SPDX-License-Identifier: MIT
// gander/c.h: what changes records alone (accept, adopt, mark, resolve), and the database as a
// whole.
#include "src/c/guard.h"

namespace gander::c {
namespace {

Resolution resolution_of(int number) {
  switch (number) {
    case GANDER_RESOLVE_DONE:
      return Resolution::done;
    case GANDER_RESOLVE_REDO:
      return Resolution::redo;
    case GANDER_RESOLVE_ABANDON:
      return Resolution::abandon;
    default:
      throw_usage("there is no resolution of this number");
  }
}

MarkAs mark_as(int number) {
  switch (number) {
    case GANDER_MARK_APPLIED:
      return MarkAs::applied;
    case GANDER_MARK_PENDING:
      return MarkAs::pending;
    default:
      throw_usage("there is no mark of this number");
  }
}

int mark(gander_runner* runner, int as, const char* reason, int force, size_t* changed,
         gander_error** error, const auto& choose) {
  if (changed != nullptr) *changed = 0;
  return guarded(error, [&] {
    require(runner, "the runner is null");
    MarkRequest request;
    request.as = mark_as(as);
    request.reason = require(reason, "the reason is null");
    request.force = force != 0;
    choose(&request);
    const MarkReport report = runner->value.mark(request);
    if (changed != nullptr) *changed = report.marked.size();
  });
}

}  // namespace
}  // namespace gander::c

using gander::c::guarded;
using gander::c::mark;
using gander::c::require;

int gander_runner_accept(gander_runner* runner, int64_t version, const char* reason, size_t* count,
                         gander_error** error) {
  if (count != nullptr) *count = 0;
  return guarded(error, [&] {
    require(runner, "the runner is null");
    const std::vector<std::int64_t> accepted =
        runner->value.accept(version, require(reason, "the reason is null"));
    if (count != nullptr) *count = accepted.size();
  });
}

int gander_runner_adopt(gander_runner* runner, const int64_t* versions, size_t count,
                        const char* reason, gander_error** error) {
  return guarded(error, [&] {
    require(runner, "the runner is null");
    if (count > 0) require(versions, "the versions are null");
    runner->value.adopt(count == 0 ? std::vector<std::int64_t>()
                                   : std::vector<std::int64_t>(versions, versions + count),
                        require(reason, "the reason is null"));
  });
}

int gander_runner_initialize(gander_runner* runner, gander_error** error) {
  return guarded(error, [&] { require(runner, "the runner is null")->value.initialize(); });
}

int gander_runner_mark(gander_runner* runner, int as, const int64_t* versions, size_t count,
                       const char* reason, int force, size_t* changed, gander_error** error) {
  return mark(runner, as, reason, force, changed, error, [&](gander::MarkRequest* request) {
    require(count == 0 ? nullptr : versions, "there are no versions");
    request->versions.assign(versions, versions + count);
  });
}

int gander_runner_mark_to(gander_runner* runner, int as, int64_t version, const char* reason,
                          int force, size_t* changed, gander_error** error) {
  return mark(runner, as, reason, force, changed, error,
              [&](gander::MarkRequest* request) { request->to = version; });
}

int gander_runner_mark_all(gander_runner* runner, int as, const char* reason, int force,
                           size_t* changed, gander_error** error) {
  return mark(runner, as, reason, force, changed, error,
              [](gander::MarkRequest* request) { request->all = true; });
}

int gander_runner_create_database(gander_runner* runner, int* created, gander_error** error) {
  if (created != nullptr) *created = 0;
  return guarded(error, [&] {
    const bool made = require(runner, "the runner is null")->value.create_database();
    if (created != nullptr) *created = made ? 1 : 0;
  });
}

int gander_runner_drop_database(gander_runner* runner, const char* name, int terminate,
                                int* dropped, gander_error** error) {
  if (dropped != nullptr) *dropped = 0;
  return guarded(error, [&] {
    const bool gone = require(runner, "the runner is null")
                          ->value.drop_database(require(name, "the name is null"), terminate != 0);
    if (dropped != nullptr) *dropped = gone ? 1 : 0;
  });
}

int gander_runner_resolve(gander_runner* runner, int64_t version, int resolution,
                          const char* reason, gander_error** error) {
  return guarded(error, [&] {
    require(runner, "the runner is null");
    runner->value.resolve(version, gander::c::resolution_of(resolution),
                          require(reason, "the reason is null"));
  });
}
