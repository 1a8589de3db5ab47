// SPDX-License-Identifier: MIT
// MigrationRunner: the life of one `up` is Impl::run(), read from top to bottom.
#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "gander/sum.h"
#include "src/base/host.h"
#include "src/base/user_code.h"
#include "src/base/version.h"
#include "src/check/checksum.h"
#include "src/check/renamed.h"
#include "src/check/squash.h"
#include "src/driver/transaction.h"
#include "src/run/half_run.h"
#include "src/runner/impl.h"
#include "src/runner/scope.h"

namespace gander {

using Kind = plan::Request::Kind;

MigrationRunner::Impl::Impl(Target target, Source source, Options options)
    : target_(std::move(target)),
      source_(source),
      options_(std::move(options)),
      table_(TableName::parse(options_.table)) {
  if (options_.observer != nullptr) options_.observer = &observer_.emplace(*options_.observer);
  if (!options_.environment) return;
  options_.environment = [asked = std::move(options_.environment)](std::string_view name) {
    try {
      return asked(name);
    } catch (...) {
      throw of_user_code(ErrorCode::usage, "Options::environment");
    }
  };
}

namespace {

bool same_steps(const plan::Steps& a, const plan::Steps& b) {
  return std::ranges::equal(a.steps, b.steps, [](const plan::Step& x, const plan::Step& y) {
    return x.migration == y.migration && x.direction == y.direction;
  });
}

// Is what the failing migration has left of the schema nothing, or told by the journal?
bool leaves_schema_known(const Error& error) {
  switch (error.code()) {
    case ErrorCode::sql:
    case ErrorCode::invalid_migration:
    case ErrorCode::locked:
    case ErrorCode::edited:
    case ErrorCode::unsupported:
      return true;
    default:
      return false;
  }
}

// What the committed migrations of a run have made of the applied set.
store::AppliedSet after(store::AppliedSet applied, const Report& report) {
  for (const MigrationResult& result : report.migrations) {
    if (result.direction == Direction::up) {
      applied.add(result.version);
    } else {
      applied.remove(result.version);
    }
  }
  return applied;
}

}  // namespace

Report MigrationRunner::Impl::run(plan::Request request) {
  const Scope scope(*this);
  nothing_pending_at_.reset();
  notices_.clear();
  const auto start = std::chrono::steady_clock::now();
  request = with_policies(request);
  Report report;

  const std::vector<source::Migration> migrations = source::list(source_);
  check_sum();
  check::Stamps stamps(migrations);
  run::Tasks prepared;
  bool decided = false;
  store::AppliedSet before;  // known also when the connection is lost
  SchemaLook schema;         // before it is changed
  create_absent(request, migrations);
  if (!target_.driver().exists()) {
    // A mistake in the files must not leave an empty database file behind.
    prepared = prepare(plan::make(request, migrations, {}));
  } else if (options_.versioning && options_.history) {
    stamps.begin();  // for edits()
  }
  try {
    plan::Steps steps = make_plan(request, migrations);
    if (prepared.tasks.empty()) prepared = prepare(steps);
    foresee(prepared.tasks);
    if (!prepared.tasks.empty() && take_lock()) {
      // Another run may have worked while this one waited.
      plan::Steps now = make_plan(request, migrations);
      if (!same_steps(now, steps)) {
        prepared = prepare(now);
        foresee(prepared.tasks);
      }
      steps = std::move(now);
    }
    decided = true;
    if (!prepared.tasks.empty() && options_.versioning) before = database().store().applied();
    for (std::string& warning : steps.warnings) warn(std::move(warning), &report.warnings);
    warn_of_annotations(prepared.warnings, &report);
    for (std::string& text : edits(migrations, stamps)) warn(std::move(text), &report.warnings);
    for (std::string& text : lasting_settings(prepared.tasks)) {
      warn(std::move(text), &report.warnings);
    }
    complete_records(migrations);
    refuse_unfinished(&prepared.tasks, &report);
    lint(prepared.tasks, &report);
    if (!prepared.tasks.empty() && options_.backup) {
      report.backup = database().connection().back_up();
    }
    if (!prepared.tasks.empty()) schema = schema_before();
    execute(prepared.tasks, schema, &report);
    if (prepared.defect) throw *prepared.defect;
    database().unlock();
    if (options_.versioning) take_stock(database().store().applied(), migrations, &report);
  } catch (const Error& error) {
    const bool connected = database_ != nullptr && database_->connected();
    if (connected && report.changed() && leaves_schema_known(error)) {
      record_schema(schema, nullptr, nullptr);
    }
    if (database_ != nullptr) database_->unlock();
    // After such an error the handle is not to be trusted; the next operation opens another one.
    const bool broken = error.code() == ErrorCode::storage ||
                        error.code() == ErrorCode::connection || !connected ||
                        database_->connection().lost();
    if (decided && options_.versioning) {
      std::optional<store::AppliedSet> applied;
      if (connected && !database_->connection().lost()) {
        applied = database_->store().applied();
      } else {
        applied = read_again();
      }
      report.version_known = applied.has_value();
      take_stock(applied ? *applied : after(std::move(before), report), migrations, &report);
    }
    if (broken) close_database();
    if (!decided) throw;
    report.duration = std::chrono::steady_clock::now() - start;
    report.notices = std::exchange(notices_, {});
    throw error.with_report(std::move(report));
  } catch (...) {
    if (database_ != nullptr) database_->unlock();
    throw;
  }
  report.duration = std::chrono::steady_clock::now() - start;
  report.notices = std::exchange(notices_, {});
  return report;
}

// What a statement would be refused for when its turn comes stops the run before it writes.
void MigrationRunner::Impl::foresee(const std::vector<run::Task>& tasks) {
  driver::Connection& connection = database().connection();
  if (!connection.foresees()) return;
  for (const run::Task& task : tasks) {
    if (task.is_function() || task.transactional()) continue;
    const std::unique_ptr<run::Script::Statements> statements =
        task.script->statements(task.direction);
    sql::Statement statement;
    bool open = false;  // a transaction of the script's own
    while ((*statements)->next(&statement)) {
      if (statement.kind == sql::StatementKind::begin_transaction) open = true;
      if (statement.kind == sql::StatementKind::end_transaction) open = false;
      if (open) continue;
      try {
        connection.foresee(statement);
      } catch (const Error& error) {
        throw run::in_migration(error, *task.migration);
      }
    }
  }
}

void MigrationRunner::Impl::hear(std::string_view severity, std::string_view text) {
  constexpr std::size_t kMostNotices = 1000;
  if (options_.observer != nullptr) {
    options_.observer->message({Message::Kind::notice, text, severity});
  }
  for (ServerNotice& known : notices_) {
    if (known.text != text || known.severity != severity) continue;
    ++known.count;
    return;
  }
  if (notices_.size() < kMostNotices) {
    notices_.push_back({std::string(severity), std::string(text)});
  }
}

void MigrationRunner::Impl::check_sum() {
  if (options_.expect_sum.empty()) return;
  pinned_ = sum_of(source_);
  if (pinned_.digest == options_.expect_sum) return;
  throw Error(ErrorCode::edited,
              "the migrations are not the expected set: their digest is " + pinned_.digest +
                  ", not " + options_.expect_sum,
              "`compare_sums()` names the files that differ from the recorded ones");
}

plan::Request MigrationRunner::Impl::with_policies(plan::Request request) const {
  request.allow_missing = options_.allow_missing;
  request.strict = options_.strict;
  request.versioning = options_.versioning;
  request.down_by_version = options_.down_by_version;
  request.newer = options_.newer;
  request.exact_targets = options_.exact_targets;
  return request;
}

driver::SessionOptions MigrationRunner::Impl::session_options() {
  driver::SessionOptions options;
  options.cancel = &cancel_;
  options.hidden = &hidden_;
  options.wait = options_.wait;
  options.server_wait = options_.server_wait;
  options.one_try = one_try_;
  options.lock_timeout = options_.lock_timeout;
  options.statement_timeout = options_.statement_timeout;
  options.role = options_.role;
  options.schema = options_.schema;
  options.restricted = options_.restricted;
  if (options_.observer != nullptr) {
    Observer* observer = options_.observer;
    options.waiting = [observer](const LockWaiting& event) { observer->lock_waiting(event); };
  }
  options.notice = [this](std::string_view severity, std::string_view text) {
    hear(severity, hidden_.hide(text));
  };
  return options;
}

store::Author MigrationRunner::Impl::author() const {
  store::Author author;
  author.run_id = random_id();
  author.actor = options_.actor.empty() ? user_at_host() : options_.actor;
  author.tool = std::string("gander ") + gander_version_string();
  return author;
}

run::Database& MigrationRunner::Impl::database() {
  if (database_ == nullptr) {
    if (options_.restricted && !dialect().can_restrict()) {
      throw Error(ErrorCode::unsupported, "only migrations of SQLite can be restricted",
                  "take what the migrations may not do from the database user that runs them");
    }
    database_ = std::make_unique<run::Database>(target_.driver(), session_options(), table_,
                                                author(), options_.history);
  }
  return *database_;
}

plan::Steps MigrationRunner::Impl::make_plan(const plan::Request& request,
                                             const std::vector<source::Migration>& migrations) {
  if (!options_.versioning) {
    database();
    return plan::make(request, migrations, {});
  }
  // What edits() compares comes along.
  database().store().load({.fingerprints = options_.history, .expected = migrations.size()});
  plan::Request known = request;
  if (options_.history) settle_unknown(migrations, &known);
  return plan::make(known, migrations, database().store().applied());
}

// Versions without a file: those that accept() has settled are said to the plan, and one whose file
// has got another number must not run again under it.
void MigrationRunner::Impl::settle_unknown(const std::vector<source::Migration>& migrations,
                                           plan::Request* request) {
  store::Store& store = database().store();
  const std::vector<std::int64_t> unknown = plan::unknown_versions(migrations, store.applied());
  if (unknown.empty()) return;
  std::vector<store::Store::Fingerprint> fingerprints = store.fingerprints();
  const check::HalfSquashed half =
      check::settle_squashed(migrations, store.applied(), &fingerprints);
  request->settled = check::settled(unknown, fingerprints);
  const bool up =
      request->kind == Kind::up || request->kind == Kind::up_to || request->kind == Kind::up_by_one;
  // Called as goose, it does what goose does.
  if (!up || !options_.down_by_version) return;
  if (half.migration != nullptr) throw check::half_squashed_error(half);
  const std::vector<check::Renamed> renamed =
      check::find_renamed(migrations, unknown, fingerprints, store.applied());
  if (renamed.empty()) return;
  throw check::renamed_error(renamed.front());
}

run::Tasks MigrationRunner::Impl::prepare(const plan::Steps& steps) {
  run::Tasks prepared = run::prepare(steps, dialect(), variables(), options_.check_all_first,
                                     options_.exact_annotations);
  if (options_.expect_sum.empty()) return prepared;
  // The files were read once more since their sum was taken.
  for (const run::Task& task : prepared.tasks) {
    const SumEntry entry{task.migration->name, task.checksum()};
    if (task.is_function() || std::ranges::find(pinned_.entries, entry) != pinned_.entries.end()) {
      continue;
    }
    throw Error(ErrorCode::edited, task.migration->place + " changed after its sum was checked",
                "run again when nobody writes to the migrations");
  }
  return prepared;
}

// True when the database has a run lock, and it was just taken.
bool MigrationRunner::Impl::take_lock() {
  if (database().locked()) return false;
  database().lock();
  return database().locked();
}

void MigrationRunner::Impl::warn(std::string text, std::vector<std::string>* warnings) {
  if (options_.observer != nullptr) {
    options_.observer->message({Message::Kind::warning, text});
  }
  warnings->push_back(std::move(text));
}

void MigrationRunner::Impl::warn_of_annotations(const std::vector<std::string>& texts,
                                                Report* report) {
  for (const std::string& text : texts) {
    if (options_.observer != nullptr) {
      options_.observer->message({Message::Kind::annotation, text});
    }
    report->warnings.push_back(text);
  }
}

std::vector<std::string> MigrationRunner::Impl::edits(
    const std::vector<source::Migration>& migrations, check::Stamps& stamps) {
  std::vector<std::string> texts;
  if (!options_.versioning || !options_.history) return texts;
  store::Store& store = database().store();
  for (const check::Edited& edited : check::find_edited(
           migrations, check::known(migrations, store), store.applied(),
           options_.strict ? check::Reading::all : check::Reading::changed, stamps)) {
    const std::string message = "the file has changed since version " +
                                std::to_string(edited.migration->version) + " was applied";
    if (options_.strict) {
      ErrorDetails details;
      details.code = ErrorCode::edited;
      details.file = edited.migration->place;
      details.version = edited.migration->version;
      details.message = message;
      details.hint =
          "restore the file and put the change into a new migration, or declare it "
          "harmless with `MigrationRunner::accept(" +
          std::to_string(edited.migration->version) + ")`";
      throw Error(std::move(details));
    }
    texts.push_back(edited.migration->place + ": " + message);
  }
  return texts;
}

// What a file does to its session and does not take back, told where other files come behind it.
std::vector<std::string> MigrationRunner::Impl::lasting_settings(
    const std::vector<run::Task>& tasks) const {
  std::vector<std::string> texts;
  for (std::size_t i = 0; !options_.isolate && i + 1 < tasks.size(); ++i) {
    if (tasks[i].script == nullptr) continue;
    const script::Section& section = tasks[i].script->summary().section(tasks[i].direction);
    if (section.settings == 0) continue;
    std::string text = tasks[i].migration->place + ":" +
                       std::to_string(section.first_setting.line) + ": `" +
                       section.first_setting.source_line + "`";
    if (section.settings > 1) {
      text += " and " + std::to_string(section.settings - 1) + " more";
    }
    texts.push_back(text + (section.settings > 1 ? " last" : " lasts") +
                    " to the end of this run and " + (section.settings > 1 ? "reach" : "reaches") +
                    " the files behind it");
  }
  return texts;
}

// Nothing is built upon a half-run migration that this run does not continue.
void MigrationRunner::Impl::refuse_unfinished(std::vector<run::Task>* tasks, Report* report) {
  if (!options_.versioning) return;
  std::vector<store::JournalRow> rows = database().journal().rows();
  const store::AppliedSet& applied = database().store().applied();
  std::erase_if(rows, [&](const store::JournalRow& row) {
    return run::is_in_the_way(row, *tasks, applied) && withdraw_unbegun(row);
  });
  for (const store::JournalRow& row : rows) {
    run::check_half_run(row, tasks, applied);
    if (run::is_superseded(row, applied) && !run::continues(*tasks, row)) {
      warn(run::superseded_text(row), &report->warnings);
    }
  }
  if (!rows.empty()) discard_unbegun(*tasks, rows);
}

// An intent of a first statement that has not come to run, as a batch leaves several: nothing is
// half way. False: it is not, or nobody can tell.
bool MigrationRunner::Impl::withdraw_unbegun(const store::JournalRow& row) {
  driver::Connection& connection = database().connection();
  driver::Witness* const witness = connection.witness();
  const bool first = row.state == store::JournalState::active && row.done == 0 && row.running == 1;
  if (connection.implicit_commits() == nullptr || witness == nullptr || !first) return false;
  // Whatever its text is now.
  if (witness->judge({}, row.before_image) != driver::Outcome::did_not_happen) return false;
  return discard(row);
}

// False: another run is at it; its transactions and ours exclude each other.
bool MigrationRunner::Impl::discard(const store::JournalRow& row) {
  try {
    driver::Transaction transaction(database().connection());
    database().fence();
    database().journal().finish(row);
    transaction.commit();
    database().store().settle();
    return true;
  } catch (const store::Overtaken&) {
    run::forget_work(database());
    return false;
  } catch (...) {
    run::forget_work(database());
    throw;
  }
}

// Rows of migrations that have done nothing yet, and that a transaction of their own carries now.
void MigrationRunner::Impl::discard_unbegun(const std::vector<run::Task>& tasks,
                                            const std::vector<store::JournalRow>& rows) {
  for (const store::JournalRow& row : rows) {
    const auto carries = [&](const run::Task& task) {
      return task.migration->version == row.version && task.direction == row.direction &&
             run::starts_over(task, row);
    };
    if (std::ranges::any_of(tasks, carries)) discard(row);
  }
}

// With what the tasks leave of the schema, as `schema` was before.
void MigrationRunner::Impl::execute(const std::vector<run::Task>& tasks, const SchemaLook& schema,
                                    Report* report) {
  if (tasks.empty()) return;
  run::Executor executor(database(), options_, cancel_, report);
  bool recorded = false;
  executor.work_along([&] { recorded = record_schema(schema, nullptr, nullptr); });
  executor.execute(tasks);
  if (recorded && executor.worked_along()) return;
  if (report->changed()) record_schema(schema, nullptr, &report->warnings);
}

void MigrationRunner::Impl::take_stock(const store::AppliedSet& applied,
                                       const std::vector<source::Migration>& migrations,
                                       Report* report) {
  report->version = applied.current();
  for (const source::Migration& migration : migrations) {
    if (!applied.contains(migration.version)) ++report->pending;
  }
}

void MigrationRunner::Impl::initialize() {
  const Scope scope(*this);
  store::Store& store = database().store();
  store.load();
  if (store.version_table_exists() && (store.history_exists() || !options_.history)) return;
  change_records([] {});
}

MigrationRunner::MigrationRunner(Target target, Source source, Options options)
    : impl_(std::make_unique<Impl>(std::move(target), std::move(source), std::move(options))) {}
MigrationRunner::~MigrationRunner() = default;
MigrationRunner::MigrationRunner(MigrationRunner&&) noexcept = default;
MigrationRunner& MigrationRunner::operator=(MigrationRunner&&) noexcept = default;

Report MigrationRunner::up() {
  return only_errors([&] { return impl_->run({.kind = Kind::up}); });
}

Report MigrationRunner::up_to(std::int64_t version) {
  return only_errors([&] { return impl_->run({.kind = Kind::up_to, .version = version}); });
}

Report MigrationRunner::up_by_one() {
  return only_errors([&] { return impl_->run({.kind = Kind::up_by_one}); });
}

Report MigrationRunner::down() {
  return only_errors([&] { return impl_->run({.kind = Kind::down}); });
}

Report MigrationRunner::down_to(std::int64_t version) {
  return only_errors([&] { return impl_->run({.kind = Kind::down_to, .version = version}); });
}

Report MigrationRunner::redo() {
  return only_errors([&] { return impl_->run({.kind = Kind::redo}); });
}
Report MigrationRunner::reset() {
  return only_errors([&] { return impl_->run({.kind = Kind::reset}); });
}
void MigrationRunner::initialize() {
  only_errors([&] { impl_->initialize(); });
}
std::int64_t MigrationRunner::version() {
  return only_errors([&] { return impl_->version(); });
}
Status MigrationRunner::status() {
  return only_errors([&] { return impl_->status(); });
}
bool MigrationRunner::pending() {
  return only_errors([&] { return impl_->pending(); });
}
void MigrationRunner::wait_until_reachable() {
  only_errors([&] { impl_->wait_until_reachable(); });
}
bool MigrationRunner::wait_until_migrated() {
  return only_errors([&] { return impl_->wait_until_migrated(); });
}

namespace {

plan::Request request_of(Operation operation) {
  switch (operation) {
    case Operation::up:
      return {.kind = Kind::up};
    case Operation::up_by_one:
      return {.kind = Kind::up_by_one};
    case Operation::down:
      return {.kind = Kind::down};
    case Operation::redo:
      return {.kind = Kind::redo};
    case Operation::reset:
      return {.kind = Kind::reset};
  }
  return {};
}

}  // namespace

Plan MigrationRunner::plan(Operation operation, bool with_statements) {
  const Impl::PlanText text = with_statements ? Impl::PlanText::statements : Impl::PlanText::none;
  return only_errors([&] { return impl_->plan(request_of(operation), text); });
}

Plan MigrationRunner::plan_up_to(std::int64_t version, bool with_statements) {
  const Impl::PlanText text = with_statements ? Impl::PlanText::statements : Impl::PlanText::none;
  return only_errors([&] { return impl_->plan({.kind = Kind::up_to, .version = version}, text); });
}

Plan MigrationRunner::plan_down_to(std::int64_t version, bool with_statements) {
  const Impl::PlanText text = with_statements ? Impl::PlanText::statements : Impl::PlanText::none;
  return only_errors(
      [&] { return impl_->plan({.kind = Kind::down_to, .version = version}, text); });
}

Plan MigrationRunner::plan_script(Operation operation) {
  return only_errors([&] { return impl_->plan(request_of(operation), Impl::PlanText::script); });
}

Plan MigrationRunner::plan_script_up_to(std::int64_t version) {
  return only_errors([&] {
    return impl_->plan({.kind = Kind::up_to, .version = version}, Impl::PlanText::script);
  });
}

Plan MigrationRunner::plan_script_down_to(std::int64_t version) {
  return only_errors([&] {
    return impl_->plan({.kind = Kind::down_to, .version = version}, Impl::PlanText::script);
  });
}

std::vector<HistoryEntry> MigrationRunner::history() {
  return only_errors([&] { return impl_->history(); });
}
Schema MigrationRunner::schema(const SchemaOptions& options) {
  return only_errors([&] { return impl_->schema(options); });
}
std::string MigrationRunner::dump(const DumpOptions& options) {
  return only_errors([&] { return impl_->dump(options); });
}
void MigrationRunner::load(const std::string& sql, const std::string& file) {
  only_errors([&] { impl_->load(sql, file); });
}
Schema MigrationRunner::migrated_schema(const SchemaOptions& options) {
  return only_errors([&] { return impl_->migrated_schema(options); });
}
SchemaComparison MigrationRunner::drift(const SchemaOptions& options) {
  return only_errors([&] { return impl_->drift(options); });
}
Schema MigrationRunner::loaded_schema(const std::string& sql, const std::string& file,
                                      const SchemaOptions& options) {
  return only_errors([&] { return impl_->loaded_schema(sql, file, options); });
}
Verification MigrationRunner::verify(const VerifyOptions& options) {
  return only_errors([&] { return impl_->verify(options); });
}
Rehearsal MigrationRunner::rehearse(const RehearseOptions& options) {
  return only_errors([&] { return impl_->rehearse(options); });
}
Verification verify(Target target, Source source, Options options, const VerifyOptions& wanted) {
  return MigrationRunner(std::move(target), std::move(source), std::move(options)).verify(wanted);
}
Validation MigrationRunner::validate() {
  return only_errors([&] { return impl_->validate(); });
}

std::vector<std::int64_t> MigrationRunner::accept(std::int64_t version, const std::string& reason) {
  return only_errors([&] { return impl_->accept(version, reason); });
}

void MigrationRunner::resolve(std::int64_t version, Resolution resolution,
                              const std::string& reason) {
  only_errors([&] { impl_->resolve(version, resolution, reason); });
}

DoctorReport MigrationRunner::doctor() {
  return only_errors([&] { return impl_->doctor(); });
}
LintReport MigrationRunner::lint(const std::vector<std::string>& allow) {
  return only_errors([&] { return impl_->lint(allow); });
}
LockStatus MigrationRunner::lock_status() {
  return only_errors([&] { return impl_->lock_status(); });
}
LockStatus MigrationRunner::release_lock(bool terminate) {
  return only_errors([&] { return impl_->release_lock(terminate); });
}

void MigrationRunner::cancel() noexcept {
  if (impl_ != nullptr) impl_->cancel();
}

}  // namespace gander
