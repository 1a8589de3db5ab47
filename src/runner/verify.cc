// SPDX-License-Identifier: MIT
// Each migration up, down and up again in a scratch database, with the schema compared.
#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "src/runner/impl.h"
#include "src/runner/scope.h"
#include "src/schema/compare.h"

namespace gander {
namespace {

using schema::Snapshot;

// Is it a statement that was refused, or what leaves nothing to try?
bool concerns_migration(const Error& error) {
  switch (error.code()) {
    case ErrorCode::sql:
    case ErrorCode::invalid_migration:
    case ErrorCode::in_doubt:
    case ErrorCode::not_writable:
    case ErrorCode::unsupported:
      return true;
    default:
      return false;
  }
}

// Takes out of the differences what is no fault, and notes it.
void excuse(std::vector<SchemaDifference>* differences, VerifiedMigration* result) {
  const auto note = [&](std::string text) {
    if (std::ranges::find(result->notes, text) == result->notes.end()) {
      result->notes.push_back(std::move(text));
    }
  };
  std::erase_if(*differences, [&](const SchemaDifference& one) {
    if (one.order_only) {
      note("the order of columns in " + one.description() + " is another one afterwards");
      return true;
    }
    if (!one.lasting || one.what != SchemaDifference::Kind::added) return false;
    note(one.description() + " stays: nothing takes it away again");
    result->verdict = Verdict::irreversible;
    return true;
  });
}

}  // namespace

// A schema as it was at one time, taken apart only where it must be.
class Moment {
 public:
  Moment(driver::Catalogue& catalogue, const driver::SnapshotRequest& request)
      : reading_(catalogue.read(request)) {
    if (reading_ == nullptr) snapshot_ = catalogue.snapshot(request);
  }

  std::vector<SchemaDifference> differences_to(const Moment& later) const {
    if (reading_ != nullptr && reading_->same_as(*later.reading_)) return {};
    return schema::compare(snapshot(), later.snapshot()).differences;
  }

 private:
  const Snapshot& snapshot() const {
    if (!snapshot_) snapshot_ = reading_->snapshot();
    return *snapshot_;
  }

  std::unique_ptr<driver::SchemaReading> reading_;
  mutable std::optional<Snapshot> snapshot_;
};

class MigrationRunner::Impl::Verifier {
 public:
  Verifier(Impl& impl, const std::vector<source::Migration>& migrations)
      : impl_(impl),
        ups_(impl.prepare(plan::make({.kind = plan::Request::Kind::up}, migrations, {}))),
        scratch_(impl.make_scratch()),
        schema_(read()),
        last_(read()) {}

  Verification verify() {
    Verification verification;
    bool stopped = false;
    for (std::size_t i = 0; i < ups_.tasks.size(); ++i) {
      VerifiedMigration& result = verification.migrations.emplace_back();
      result.version = ups_.tasks[i].migration->version;
      result.name = ups_.tasks[i].migration->name;
      if (!stopped) stopped = !check(i, &result);
    }
    return verification;
  }

 private:
  // Owners and rights too: both sides are of one server.
  Moment read() {
    return {impl_.catalogue(scratch_->database()),
            impl_.snapshot_request(scratch_->database(), true)};
  }

  // False: nothing behind it can be tried.
  bool check(std::size_t index, VerifiedMigration* result) {
    result->verdict = Verdict::good;
    if (!run(ups_.tasks[index], "Up fails", result)) return false;
    Moment applied = read();
    std::optional<run::Task> down = down_of(ups_.tasks[index], result);
    if (down && run(*down, "Down fails", result) &&
        same(schema_, "Down does not restore the schema", result) &&
        run(ups_.tasks[index], "Up fails when it runs again, after Down", result)) {
      same(applied, "Up makes something else when it runs again, after Down", result);
    }
    // What comes next is to find what it would find in a new database.
    const bool whole = result->verdict == Verdict::good;
    if (!whole && (down || result->verdict == Verdict::bad)) start_over(index + 1);
    schema_ = std::move(whole && down ? last_ : applied);
    return true;
  }

  // nullopt: there is none, and the result says so, or it cannot run.
  std::optional<run::Task> down_of(const run::Task& up, VerifiedMigration* result) {
    plan::Steps steps;
    steps.steps.push_back({up.migration, Direction::down, ""});
    try {
      run::Task task = std::move(impl_.prepare(steps).tasks.at(0));
      if (task.statement_count() > 0 || up.statement_count() == 0) return task;
      result->verdict = Verdict::irreversible;
      result->detail = task.is_function() ? "it has no function for down" : "it has no Down";
    } catch (const Error& error) {
      if (!concerns_migration(error)) throw;
      blame("Down cannot run", error, result);
    }
    return std::nullopt;
  }

  static void blame(const char* what, const Error& error, VerifiedMigration* result) {
    result->verdict = Verdict::bad;
    result->detail = what;
    result->error = error.details();
  }

  bool run(const run::Task& task, const char* what, VerifiedMigration* result) {
    try {
      impl_.run_on(*scratch_, {&task, 1});
      return true;
    } catch (const Error& error) {
      if (!concerns_migration(error)) throw;
      blame(what, error, result);
      return false;
    }
  }

  bool same(const Moment& wanted, const char* what, VerifiedMigration* result) {
    last_ = read();
    std::vector<SchemaDifference> differences = wanted.differences_to(last_);
    excuse(&differences, result);
    if (differences.empty()) return true;
    result->verdict = Verdict::bad;
    result->detail = what;
    result->differences = std::move(differences);
    return false;
  }

  void start_over(std::size_t count) {
    scratch_.reset();
    scratch_.emplace(impl_.make_scratch());
    impl_.run_on(*scratch_, std::span(ups_.tasks).first(count));
  }

  Impl& impl_;
  const run::Tasks ups_;
  std::optional<ScratchDatabase> scratch_;
  Moment schema_;  // before the migration at hand
  Moment last_;    // that was read last
};

Verification MigrationRunner::Impl::verify() {
  const Scope scope(*this);
  const std::vector<source::Migration> migrations = source::list(source_);
  check_sum();
  return Verifier(*this, migrations).verify();
}

}  // namespace gander
