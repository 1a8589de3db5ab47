// SPDX-License-Identifier: MIT
// The operations of gander/c.h but those of records.cc: every entry turns C arguments into the C++
// call, and every exception into a number and an error object.
#include "src/c/api.h"

#include <chrono>
#include <exception>
#include <string>
#include <utility>

#include "gander/mysql.h"
#include "gander/postgres.h"
#include "gander/sqlite.h"
#include "src/base/version.h"
#include "src/c/guard.h"

namespace {

using gander::Error;
using gander::ErrorCode;
using gander::Options;
using gander::c::guarded;
using gander::c::require;
using gander::c::throw_usage;

// c.h repeats these numbers because C cannot see an enum class.
static_assert(GANDER_USAGE == static_cast<int>(ErrorCode::usage));
static_assert(GANDER_NOT_FOUND == static_cast<int>(ErrorCode::not_found));
static_assert(GANDER_INVALID_MIGRATION == static_cast<int>(ErrorCode::invalid_migration));
static_assert(GANDER_OUT_OF_ORDER == static_cast<int>(ErrorCode::out_of_order));
static_assert(GANDER_EDITED == static_cast<int>(ErrorCode::edited));
static_assert(GANDER_LOCKED == static_cast<int>(ErrorCode::locked));
static_assert(GANDER_SQL == static_cast<int>(ErrorCode::sql));
static_assert(GANDER_CONNECTION == static_cast<int>(ErrorCode::connection));
static_assert(GANDER_STORAGE == static_cast<int>(ErrorCode::storage));
static_assert(GANDER_NOT_WRITABLE == static_cast<int>(ErrorCode::not_writable));
static_assert(GANDER_IN_DOUBT == static_cast<int>(ErrorCode::in_doubt));
static_assert(GANDER_INTERRUPTED == static_cast<int>(ErrorCode::interrupted));
static_assert(GANDER_UNSUPPORTED == static_cast<int>(ErrorCode::unsupported));
static_assert(GANDER_INTERNAL == static_cast<int>(ErrorCode::internal));
static_assert(GANDER_DOWN == static_cast<int>(gander::Direction::down));
static_assert(GANDER_UP == static_cast<int>(gander::Direction::up));
static_assert(GANDER_WAITING_FOR_MIGRATION == static_cast<int>(gander::WaitingFor::migration));
static_assert(GANDER_WAITING_FOR_TRANSACTION == static_cast<int>(gander::WaitingFor::transaction));
static_assert(GANDER_WAITING_FOR_READER == static_cast<int>(gander::WaitingFor::reader));

// A C callback as an Observer.
class CallbackObserver final : public gander::Observer {
 public:
  CallbackObserver(gander_observer callback, void* context)
      : callback_(callback), context_(context) {}

  void lock_waiting(const gander::LockWaiting& event) override {
    gander_event out = blank(GANDER_EVENT_LOCK_WAITING);
    const std::string holder(event.holder);
    out.text = holder.c_str();
    out.waited_ms = event.waited.count();
    out.limit_ms = event.limit.count();
    out.waiting_for = static_cast<int>(event.what);
    callback_(context_, &out);
  }

  void migration_started(const gander::MigrationStarted& event) override {
    gander_event out = blank(GANDER_EVENT_MIGRATION_STARTED);
    const std::string name(event.name);
    out.version = event.version;
    out.name = name.c_str();
    out.direction = static_cast<int>(event.direction);
    out.index = event.index;
    out.total = event.total;
    out.statements = event.statements;
    out.resumed_after = event.resumed_after;
    out.transactional = event.transactional ? 1 : 0;
    callback_(context_, &out);
  }

  void statement_started(const gander::StatementStarted& event) override {
    gander_event out = blank(GANDER_EVENT_STATEMENT_STARTED);
    out.version = event.version;
    out.index = event.number;
    out.total = event.total;
    out.line = event.line;
    out.sql = event.sql.data();
    out.sql_size = event.sql.size();
    out.bytes_done = event.bytes_done;
    out.bytes_total = event.bytes_total;
    out.deferred = event.deferred ? 1 : 0;
    callback_(context_, &out);
  }

  void statement_finished(const gander::StatementFinished& event) override {
    gander_event out = blank(GANDER_EVENT_STATEMENT_FINISHED);
    out.version = event.version;
    out.index = event.number;
    out.duration_ns = event.duration.count();
    callback_(context_, &out);
  }

  void migration_finished(const gander::MigrationResult& result) override {
    gander_event out = blank(GANDER_EVENT_MIGRATION_FINISHED);
    out.version = result.version;
    out.name = result.name.c_str();
    out.direction = static_cast<int>(result.direction);
    out.statements = result.statements;
    out.resumed_after = result.resumed_after;
    out.duration_ns = result.duration.count();
    callback_(context_, &out);
  }

  void message(const gander::Message& event) override {
    const bool warning = event.kind != gander::Message::Kind::notice;
    gander_event out = blank(warning ? GANDER_EVENT_WARNING : GANDER_EVENT_NOTICE);
    const std::string text(event.text);
    const std::string severity(event.severity);
    out.text = text.c_str();
    out.severity = severity.c_str();
    callback_(context_, &out);
  }

 private:
  static gander_event blank(int kind) {
    gander_event event{};
    event.size = sizeof(event);
    event.kind = kind;
    event.name = event.text = event.sql = event.severity = "";
    return event;
  }

  gander_observer callback_;
  void* context_;
};

}  // namespace

gander::MigrationRunner& gander::c::runner_of(gander_runner* runner) {
  return require(runner, "the runner is null")->value;
}

namespace {

template <typename Set>
int set_option(gander_options* options, const Set& set) {
  return guarded(nullptr, [&] { set(*require(options, "the options are null")); });
}

std::chrono::milliseconds limit(std::int64_t milliseconds) {
  if (milliseconds < 0) throw_usage("a time limit is negative");
  return std::chrono::milliseconds(milliseconds);
}

template <typename Value>
int set(gander_options* options, Value Options::* member, Value value) {
  return set_option(options, [&](gander_options& o) { o.value.*member = value; });
}

template <typename Member>
int set_limit(gander_options* options, Member Options::* member, int64_t milliseconds) {
  return set_option(options, [&](gander_options& o) { o.value.*member = limit(milliseconds); });
}

int set_text(gander_options* options, std::string Options::* member, const char* text,
             const char* complaint) {
  return set_option(options,
                    [&](gander_options& o) { o.value.*member = require(text, complaint); });
}

int make_runner(const gander_source* source, const gander_options* options, gander_runner** runner,
                gander_error** error, const auto& make_target) {
  if (runner != nullptr) *runner = nullptr;
  return guarded(error, [&] {
    require(runner, "there is no place for the runner");
    require(source, "the source is null");
    std::unique_ptr<CallbackObserver> observer;
    Options chosen;
    if (options != nullptr) {
      chosen = options->value;
      if (options->observer != nullptr) {
        observer = std::make_unique<CallbackObserver>(options->observer, options->observer_context);
        chosen.observer = observer.get();
      }
    }
    *runner =
        new gander_runner{std::move(observer),
                          gander::MigrationRunner(make_target(), source->value, std::move(chosen))};
  });
}

// An operation whose result becomes an object of its own.
template <typename Object, typename Operation>
int make_object(gander_runner* runner, Object** object, gander_error** error,
                const Operation& operation) {
  if (object != nullptr) *object = nullptr;
  return guarded(error, [&] {
    require(runner, "the runner is null");
    require(object, "there is no place for the result");
    *object = new Object{operation(runner->value)};
  });
}

template <typename Operation>
int run(gander_runner* runner, gander_report** report, gander_error** error,
        const Operation& operation) {
  if (report != nullptr) *report = nullptr;
  return guarded(error, [&] {
    gander::Report done = operation(require(runner, "the runner is null")->value);
    if (report != nullptr) *report = new gander_report{std::move(done)};
  });
}

gander::Operation operation_of(int number) {
  switch (number) {
    case GANDER_PLAN_UP:
      return gander::Operation::up;
    case GANDER_PLAN_UP_BY_ONE:
      return gander::Operation::up_by_one;
    case GANDER_PLAN_DOWN:
      return gander::Operation::down;
    case GANDER_PLAN_REDO:
      return gander::Operation::redo;
    case GANDER_PLAN_RESET:
      return gander::Operation::reset;
    default:
      throw_usage("there is no operation of this number");
  }
}

gander::Commit commit_of(int number) {
  switch (number) {
    case GANDER_COMMIT_AUTOMATIC:
      return gander::Commit::automatic;
    case GANDER_COMMIT_EACH:
      return gander::Commit::each;
    case GANDER_COMMIT_ALL:
      return gander::Commit::all;
    default:
      throw_usage("there is no commit policy of this number");
  }
}

gander::LintPolicy lint_of(int number) {
  switch (number) {
    case GANDER_LINT_OFF:
      return gander::LintPolicy::off;
    case GANDER_LINT_WARN:
      return gander::LintPolicy::warn;
    case GANDER_LINT_ERROR:
      return gander::LintPolicy::error;
    default:
      throw_usage("there is no policy for lint of this number");
  }
}

gander::LintSeverity lint_severity_of(int number) {
  switch (number) {
    case GANDER_LINT_RULE_NOTE:
      return gander::LintSeverity::note;
    case GANDER_LINT_RULE_WARNING:
      return gander::LintSeverity::warning;
    case GANDER_LINT_RULE_ERROR:
      return gander::LintSeverity::error;
    default:
      throw_usage("there is no severity of this number");
  }
}

gander::Newer newer_of(int number) {
  switch (number) {
    case GANDER_NEWER_ALLOW:
      return gander::Newer::allow;
    case GANDER_NEWER_WARN:
      return gander::Newer::warn;
    case GANDER_NEWER_REFUSE:
      return gander::Newer::refuse;
    default:
      throw_usage("there is no policy for newer databases of this number");
  }
}

}  // namespace

const char* gander_library_version(void) { return gander::gander_version_string(); }

const char* gander_code_name(int code) {
  return code == GANDER_OK ? "ok" : gander::error_code_name(static_cast<ErrorCode>(code));
}

gander_options* gander_options_new(void) {
  gander_options* options = nullptr;
  guarded(nullptr, [&] { options = new gander_options; });
  return options;
}

void gander_options_free(gander_options* options) { delete options; }

int gander_options_set_table(gander_options* options, const char* table) {
  return set_text(options, &Options::table, table, "the table is null");
}

int gander_options_set_actor(gander_options* options, const char* actor) {
  return set_text(options, &Options::actor, actor, "the actor is null");
}

int gander_options_set_expect_sum(gander_options* options, const char* digest) {
  return set_text(options, &Options::expect_sum, digest, "the digest is null");
}

int gander_options_set_check_all_first(gander_options* options, int flag) {
  return set(options, &Options::check_all_first, flag != 0);
}

int gander_options_set_exact_annotations(gander_options* options, int flag) {
  return set(options, &Options::exact_annotations, flag != 0);
}

int gander_options_set_allow_missing(gander_options* options, int flag) {
  return set(options, &Options::allow_missing, flag != 0);
}

int gander_options_set_strict(gander_options* options, int flag) {
  return set(options, &Options::strict, flag != 0);
}

int gander_options_set_drift(gander_options* options, int flag) {
  return set(options, &Options::drift, flag != 0);
}

int gander_options_set_history(gander_options* options, int flag) {
  return set(options, &Options::history, flag != 0);
}

int gander_options_set_versioning(gander_options* options, int flag) {
  return set(options, &Options::versioning, flag != 0);
}

int gander_options_set_down_by_version(gander_options* options, int flag) {
  return set(options, &Options::down_by_version, flag != 0);
}

int gander_options_set_check_foreign_keys(gander_options* options, int flag) {
  return set(options, &Options::check_foreign_keys, flag != 0);
}

int gander_options_set_backup(gander_options* options, int flag) {
  return set(options, &Options::backup, flag != 0);
}

int gander_options_set_restricted(gander_options* options, int flag) {
  return set(options, &Options::restricted, flag != 0);
}

int gander_options_set_wait(gander_options* options, int64_t milliseconds) {
  return set_limit(options, &Options::wait, milliseconds);
}

int gander_options_set_server_wait(gander_options* options, int64_t milliseconds) {
  return set_limit(options, &Options::server_wait, milliseconds);
}

int gander_options_set_lock_timeout(gander_options* options, int64_t milliseconds) {
  return set_limit(options, &Options::lock_timeout, milliseconds);
}

int gander_options_set_statement_timeout(gander_options* options, int64_t milliseconds) {
  return set_limit(options, &Options::statement_timeout, milliseconds);
}

int gander_options_set_role(gander_options* options, const char* role) {
  return set_text(options, &Options::role, role, "the role is null");
}

int gander_options_set_schema(gander_options* options, const char* schema) {
  return set_text(options, &Options::schema, schema, "the schema is null");
}

int gander_options_set_timeout(gander_options* options, int64_t milliseconds) {
  return set_limit(options, &Options::timeout, milliseconds);
}

int gander_options_set_isolate(gander_options* options, int flag) {
  return set(options, &Options::isolate, flag != 0);
}

int gander_options_set_create(gander_options* options, int flag) {
  return set(options, &Options::create, flag != 0);
}

int gander_options_set_lint(gander_options* options, int lint) {
  return set_option(options, [&](gander_options& o) { o.value.lint = lint_of(lint); });
}

int gander_options_set_lint_severity(gander_options* options, const char* rule, int severity) {
  return set_option(options, [&](gander_options& o) {
    gander::LintSettings& settings = o.value.lint_settings;
    const std::string name = require(rule, "the name of a rule is null");
    if (severity == GANDER_LINT_RULE_OFF) {
      settings.allow.push_back(name);
    } else {
      settings.severities.push_back({name, lint_severity_of(severity)});
    }
  });
}

int gander_options_set_lint_start_after(gander_options* options, int64_t version) {
  return set_option(options,
                    [&](gander_options& o) { o.value.lint_settings.start_after = version; });
}

int gander_options_set_lint_names(gander_options* options, const char* expression) {
  return set_option(options, [&](gander_options& o) {
    o.value.lint_settings.names = require(expression, "the expression is null");
  });
}

int gander_options_add_lint_pattern(gander_options* options, const char* id, int severity,
                                    const char* statement, const char* message, const char* hint) {
  return set_option(options, [&](gander_options& o) {
    o.value.lint_settings.patterns.push_back(
        {.id = require(id, "the id of a rule is null"),
         .severity = lint_severity_of(severity),
         .statement = require(statement, "the pattern of a rule is null"),
         .message = require(message, "the message of a rule is null"),
         .hint = hint == nullptr ? "" : hint});
  });
}

int gander_options_set_newer(gander_options* options, int newer) {
  return set_option(options, [&](gander_options& o) { o.value.newer = newer_of(newer); });
}

int gander_options_set_exact_targets(gander_options* options, int flag) {
  return set(options, &Options::exact_targets, flag != 0);
}

int gander_options_set_commit(gander_options* options, int commit) {
  return set_option(options, [&](gander_options& o) { o.value.commit = commit_of(commit); });
}

int gander_options_set_environment(gander_options* options, gander_environment environment,
                                   void* context) {
  return set_option(options, [&](gander_options& o) {
    o.value.environment = nullptr;
    if (environment == nullptr) return;
    o.value.environment = [=](std::string_view name) -> std::optional<std::string> {
      const char* value = environment(context, std::string(name).c_str());
      if (value == nullptr) return std::nullopt;
      return value;
    };
  });
}

int gander_options_set_observer(gander_options* options, gander_observer observer, void* context) {
  return set_option(options, [&](gander_options& o) {
    o.observer = observer;
    o.observer_context = context;
  });
}

int gander_source_directory(const char* path, gander_source** source, gander_error** error) {
  if (source != nullptr) *source = nullptr;
  return guarded(error, [&] {
    require(source, "there is no place for the source");
    *source = new gander_source{gander::directory(require(path, "the directory is null"))};
  });
}

int gander_source_files(const gander_file* files, size_t count, gander_source** source,
                        gander_error** error) {
  if (source != nullptr) *source = nullptr;
  return guarded(error, [&] {
    require(source, "there is no place for the source");
    if (count > 0) require(files, "the files are null");
    std::vector<gander::MemoryFile> copies;
    copies.reserve(count);
    for (size_t i = 0; i < count; ++i) {
      require(files[i].name, "a file has no name");
      if (files[i].size > 0) require(files[i].text, "a file has no text");
      copies.push_back({files[i].name, files[i].size == 0
                                           ? std::string()
                                           : std::string(files[i].text, files[i].size)});
    }
    *source = new gander_source{gander::in_memory(std::move(copies))};
  });
}

void gander_source_free(gander_source* source) { delete source; }

int gander_runner_open(const char* url, const gander_source* source, const gander_options* options,
                       gander_runner** runner, gander_error** error) {
  return make_runner(source, options, runner, error,
                     [&] { return gander::open(require(url, "the database URL is null")); });
}

int gander_runner_borrow(struct sqlite3* handle, const gander_source* source,
                         const gander_options* options, gander_runner** runner,
                         gander_error** error) {
  return make_runner(source, options, runner, error, [&] { return gander::borrow(handle); });
}

int gander_runner_borrow_postgres(struct pg_conn* connection, const gander_source* source,
                                  const gander_options* options, gander_runner** runner,
                                  gander_error** error) {
  return make_runner(source, options, runner, error, [&] { return gander::borrow(connection); });
}

int gander_runner_borrow_mysql(struct st_mysql* connection, const gander_source* source,
                               const gander_options* options, gander_runner** runner,
                               gander_error** error) {
  return make_runner(source, options, runner, error, [&] { return gander::borrow(connection); });
}

void gander_runner_free(gander_runner* runner) { delete runner; }

int gander_runner_up(gander_runner* runner, gander_report** report, gander_error** error) {
  return run(runner, report, error, [](gander::MigrationRunner& r) { return r.up(); });
}

int gander_runner_up_to(gander_runner* runner, int64_t version, gander_report** report,
                        gander_error** error) {
  return run(runner, report, error, [&](gander::MigrationRunner& r) { return r.up_to(version); });
}

int gander_runner_up_by_one(gander_runner* runner, gander_report** report, gander_error** error) {
  return run(runner, report, error, [](gander::MigrationRunner& r) { return r.up_by_one(); });
}

int gander_runner_down(gander_runner* runner, gander_report** report, gander_error** error) {
  return run(runner, report, error, [](gander::MigrationRunner& r) { return r.down(); });
}

int gander_runner_down_to(gander_runner* runner, int64_t version, gander_report** report,
                          gander_error** error) {
  return run(runner, report, error, [&](gander::MigrationRunner& r) { return r.down_to(version); });
}

int gander_runner_redo(gander_runner* runner, gander_report** report, gander_error** error) {
  return run(runner, report, error, [](gander::MigrationRunner& r) { return r.redo(); });
}

int gander_runner_reset(gander_runner* runner, gander_report** report, gander_error** error) {
  return run(runner, report, error, [](gander::MigrationRunner& r) { return r.reset(); });
}

int gander_runner_version(gander_runner* runner, int64_t* version, gander_error** error) {
  if (version != nullptr) *version = 0;
  return guarded(error, [&] {
    require(version, "there is no place for the version");
    *version = require(runner, "the runner is null")->value.version();
  });
}

int gander_runner_pending(gander_runner* runner, int* pending, gander_error** error) {
  if (pending != nullptr) *pending = 0;
  return guarded(error, [&] {
    require(pending, "there is no place for the answer");
    *pending = require(runner, "the runner is null")->value.pending() ? 1 : 0;
  });
}

int gander_runner_wait_until_reachable(gander_runner* runner, gander_error** error) {
  return guarded(error,
                 [&] { require(runner, "the runner is null")->value.wait_until_reachable(); });
}

int gander_runner_wait_until_migrated(gander_runner* runner, int* migrated, gander_error** error) {
  if (migrated != nullptr) *migrated = 0;
  return guarded(error, [&] {
    require(migrated, "there is no place for the answer");
    *migrated = require(runner, "the runner is null")->value.wait_until_migrated() ? 1 : 0;
  });
}

int gander_runner_status(gander_runner* runner, gander_status** status, gander_error** error) {
  return make_object(runner, status, error, [](gander::MigrationRunner& r) { return r.status(); });
}

int gander_runner_history(gander_runner* runner, gander_history** history, gander_error** error) {
  return make_object(runner, history, error,
                     [](gander::MigrationRunner& r) { return r.history(); });
}

int gander_validate(const gander_source* source, const char* dialect, int goose,
                    const gander_options* options, gander_validation** validation,
                    gander_error** error) {
  if (validation != nullptr) *validation = nullptr;
  return guarded(error, [&] {
    require(source, "the source is null");
    require(validation, "there is no place for the result");
    gander::ValidateOptions chosen;
    if (dialect != nullptr) chosen.dialect = dialect;
    chosen.goose = goose != 0;
    if (options != nullptr) {
      chosen.environment = options->value.environment;
      chosen.exact_annotations = options->value.exact_annotations;
    }
    *validation = new gander_validation(gander::validate(source->value, chosen));
  });
}

int gander_runner_validate(gander_runner* runner, gander_validation** validation,
                           gander_error** error) {
  return make_object(runner, validation, error,
                     [](gander::MigrationRunner& r) { return r.validate(); });
}

int gander_runner_doctor(gander_runner* runner, gander_doctor_report** report,
                         gander_error** error) {
  return make_object(runner, report, error, [](gander::MigrationRunner& r) { return r.doctor(); });
}

int gander_runner_lock_status(gander_runner* runner, gander_lock** lock, gander_error** error) {
  if (lock != nullptr) *lock = nullptr;
  return guarded(error, [&] {
    gander::MigrationRunner& r = require(runner, "the runner is null")->value;
    require(lock, "there is no place for the result");
    gander::LockStatus status = r.lock_status();
    const bool held = status.held();
    *lock = new gander_lock{std::move(status.name), held, std::move(status.holders)};
  });
}

int gander_runner_release_lock(gander_runner* runner, int terminate, gander_lock** lock,
                               gander_error** error) {
  if (lock != nullptr) *lock = nullptr;
  return guarded(error, [&] {
    gander::LockStatus status =
        require(runner, "the runner is null")->value.release_lock(terminate != 0);
    const bool held = status.held();
    if (lock != nullptr) {
      *lock = new gander_lock{std::move(status.name), held, std::move(status.holders)};
    }
  });
}

int gander_runner_plan(gander_runner* runner, int operation, int with_statements,
                       gander_plan** plan, gander_error** error) {
  return make_object(runner, plan, error, [&](gander::MigrationRunner& r) {
    return r.plan(operation_of(operation), with_statements != 0);
  });
}

int gander_runner_plan_up_to(gander_runner* runner, int64_t version, int with_statements,
                             gander_plan** plan, gander_error** error) {
  return make_object(runner, plan, error, [&](gander::MigrationRunner& r) {
    return r.plan_up_to(version, with_statements != 0);
  });
}

int gander_runner_plan_down_to(gander_runner* runner, int64_t version, int with_statements,
                               gander_plan** plan, gander_error** error) {
  return make_object(runner, plan, error, [&](gander::MigrationRunner& r) {
    return r.plan_down_to(version, with_statements != 0);
  });
}

int gander_runner_plan_script(gander_runner* runner, int operation, gander_plan** plan,
                              gander_error** error) {
  return make_object(runner, plan, error, [&](gander::MigrationRunner& r) {
    return r.plan_script(operation_of(operation));
  });
}

int gander_runner_plan_script_up_to(gander_runner* runner, int64_t version, gander_plan** plan,
                                    gander_error** error) {
  return make_object(runner, plan, error,
                     [&](gander::MigrationRunner& r) { return r.plan_script_up_to(version); });
}

int gander_runner_plan_script_down_to(gander_runner* runner, int64_t version, gander_plan** plan,
                                      gander_error** error) {
  return make_object(runner, plan, error,
                     [&](gander::MigrationRunner& r) { return r.plan_script_down_to(version); });
}

void gander_runner_cancel(gander_runner* runner) {
  if (runner != nullptr) runner->value.cancel();
}
