// SPDX-License-Identifier: MIT
// Each migration up, down and up again in a scratch database, with the schema compared.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "src/runner/impl.h"
#include "src/runner/scope.h"
#include "src/runner/table_rows.h"
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

// The schema and the rows that count as they were at one time; the schema is taken apart only where
// it must be.
class Moment {
 public:
  Moment(driver::Catalogue& catalogue, const driver::SnapshotRequest& request,
         const std::vector<std::string>& tables, std::set<std::string>* found)
      : reading_(catalogue.read(request)) {
    if (reading_ == nullptr) snapshot_ = catalogue.snapshot(request);
    if (tables.empty()) return;
    for (schema::Object& one : rows_there(catalogue, snapshot(), tables, found)) {
      rows_.emplace(one.id.name, std::move(one.properties.front().value));
    }
  }

  // A table that is not there has no rows.
  std::vector<SchemaDifference> changed_rows(const Moment& later) const {
    std::set<std::string> tables;
    for (const auto& [table, rows] : rows_) tables.insert(table);
    for (const auto& [table, rows] : later.rows_) tables.insert(table);
    std::vector<SchemaDifference> changed;
    for (const std::string& table : tables) {
      if (rows_of(table) == later.rows_of(table)) continue;
      SchemaDifference& one = changed.emplace_back();
      one.kind = "rows";
      one.name = table;
    }
    return changed;
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

  std::string_view rows_of(const std::string& table) const {
    const auto found = rows_.find(table);
    return found == rows_.end() ? std::string_view() : std::string_view(found->second);
  }

  std::unique_ptr<driver::SchemaReading> reading_;
  mutable std::optional<Snapshot> snapshot_;
  std::map<std::string, std::string> rows_;
};

class MigrationRunner::Impl::Verifier {
 public:
  Verifier(Impl& impl, const std::vector<source::Migration>& migrations,
           const VerifyOptions& options)
      : impl_(impl),
        tables_(options.rows),
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
    for (const std::string& table : tables_) {
      if (!stopped && !found_.contains(table)) throw_no_table(table);
    }
    return verification;
  }

 private:
  // Owners and rights too: both sides are of one server.
  Moment read() {
    return {impl_.catalogue(scratch_->database()),
            impl_.snapshot_request(scratch_->database(), true), tables_, &found_};
  }

  // False: nothing behind it can be tried.
  bool check(std::size_t index, VerifiedMigration* result) {
    result->verdict = Verdict::good;
    if (!run(ups_.tasks[index], "Up fails", result)) return false;
    Moment applied = read();
    std::optional<run::Task> down = down_of(ups_.tasks[index], result);
    if (down && run(*down, "Down fails", result) &&
        same(schema_, {"Down does not restore the schema", "Down does not restore the rows"},
             result) &&
        run(ups_.tasks[index], "Up fails when it runs again, after Down", result)) {
      same(applied,
           {"Up makes something else when it runs again, after Down",
            "Up makes other rows when it runs again, after Down"},
           result);
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

  struct Blame {
    const char* schema;
    const char* rows;
  };

  bool same(const Moment& wanted, const Blame& blame, VerifiedMigration* result) {
    last_ = read();
    std::vector<SchemaDifference> differences = wanted.differences_to(last_);
    excuse(&differences, result);
    const bool schema = !differences.empty();
    if (!schema) differences = wanted.changed_rows(last_);
    if (differences.empty()) return true;
    result->verdict = Verdict::bad;
    result->detail = schema ? blame.schema : blame.rows;
    result->differences = std::move(differences);
    return false;
  }

  void start_over(std::size_t count) {
    scratch_.reset();
    scratch_.emplace(impl_.make_scratch());
    impl_.run_on(*scratch_, std::span(ups_.tasks).first(count));
  }

  Impl& impl_;
  const std::vector<std::string> tables_;  // whose rows count
  std::set<std::string> found_;            // of them
  const run::Tasks ups_;
  std::optional<ScratchDatabase> scratch_;
  Moment schema_;  // before the migration at hand
  Moment last_;    // that was read last
};

Verification MigrationRunner::Impl::verify(const VerifyOptions& options) {
  const Scope scope(*this);
  const std::vector<source::Migration> migrations = source::list(source_);
  check_sum();
  return Verifier(*this, migrations, options).verify();
}

}  // namespace gander
