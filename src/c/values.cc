// SPDX-License-Identifier: MIT
// The getters of gander/c.h. They neither throw nor allocate: a null object and an index outside
// its list give "" or 0 (convention 6).
#include "src/c/api.h"

namespace {

// The element, or nullptr.
template <typename Element>
const Element* at(const std::vector<Element>& list, size_t index) noexcept {
  return index < list.size() ? &list[index] : nullptr;
}

const gander::MigrationResult* migration(const gander_report* report, size_t index) noexcept {
  return report == nullptr ? nullptr : at(report->value.migrations, index);
}

const gander::MigrationStatus* migration(const gander_status* status, size_t index) noexcept {
  return status == nullptr ? nullptr : at(status->value.migrations, index);
}

const gander::ValidatedMigration* migration(const gander_validation* validation,
                                            size_t index) noexcept {
  return validation == nullptr ? nullptr : at(validation->value.migrations, index);
}

const gander::PlanStep* step(const gander_plan* plan, size_t index) noexcept {
  return plan == nullptr ? nullptr : at(plan->value.steps, index);
}

const gander::PlannedStatement* statement(const gander_plan* plan, size_t index,
                                          size_t number) noexcept {
  const gander::PlanStep* found = step(plan, index);
  return found == nullptr ? nullptr : at(found->statements, number);
}

const gander::HistoryEntry* entry(const gander_history* history, size_t index) noexcept {
  return history == nullptr ? nullptr : at(history->value, index);
}

const gander::Finding* finding(const gander_doctor_report* report, size_t index) noexcept {
  return report == nullptr ? nullptr : at(report->value.findings, index);
}

const gander::LockHolder* holder(const gander_lock* lock, size_t index) noexcept {
  return lock == nullptr ? nullptr : at(lock->value, index);
}

const gander::ErrorDetails* details(const gander_error* error) noexcept {
  return error == nullptr ? nullptr : &error->value.details();
}

template <typename Object>
const auto* value(const Object* object) noexcept {
  return object == nullptr ? nullptr : &object->value;
}

// A member of *object as C sees it; what a null object gives when there is none.
template <typename Object>
const char* text(const Object* object, std::string Object::* member) noexcept {
  return object == nullptr ? "" : (object->*member).c_str();
}

template <typename Object>
int64_t number(const Object* object, std::int64_t Object::* member) noexcept {
  return object == nullptr ? 0 : object->*member;
}

template <typename Object>
int flag(const Object* object, bool Object::* member) noexcept {
  return object != nullptr && object->*member ? 1 : 0;
}

template <typename Object>
int64_t nanoseconds(const Object* object, std::chrono::nanoseconds Object::* member) noexcept {
  return object == nullptr ? 0 : (object->*member).count();
}

// 0: not known.
template <typename Object>
int64_t microseconds(const Object* object, std::optional<gander::Time> Object::* member) noexcept {
  return object == nullptr || !(object->*member) ? 0
                                                 : (object->*member)->time_since_epoch().count();
}

template <typename Object>
int direction(const Object* object, gander::Direction Object::* member) noexcept {
  return object == nullptr ? 0 : static_cast<int>(object->*member);
}

template <typename Object>
size_t warning_count(const Object* object) noexcept {
  return object == nullptr ? 0 : object->value.warnings.size();
}

template <typename Object>
const char* warning(const Object* object, size_t index) noexcept {
  const std::string* found = object == nullptr ? nullptr : at(object->value.warnings, index);
  return found == nullptr ? "" : found->c_str();
}

}  // namespace

using gander::ErrorDetails;
using gander::HistoryEntry;
using gander::MigrationResult;
using gander::MigrationStatus;
using gander::Plan;
using gander::PlannedStatement;
using gander::PlanStep;
using gander::Report;
using gander::Status;
using gander::ValidatedMigration;

void gander_error_free(gander_error* error) { delete error; }

int gander_error_code(const gander_error* error) {
  return error == nullptr ? 0 : static_cast<int>(error->value.code());
}

const char* gander_error_what(const gander_error* error) {
  return error == nullptr ? "" : error->value.what();
}

const char* gander_error_message(const gander_error* error) {
  return text(details(error), &ErrorDetails::message);
}

const char* gander_error_hint(const gander_error* error) {
  return text(details(error), &ErrorDetails::hint);
}

const char* gander_error_file(const gander_error* error) {
  return text(details(error), &ErrorDetails::file);
}

int64_t gander_error_line(const gander_error* error) {
  return number(details(error), &ErrorDetails::line);
}

int64_t gander_error_column(const gander_error* error) {
  return number(details(error), &ErrorDetails::column);
}

const char* gander_error_source_line(const gander_error* error) {
  return text(details(error), &ErrorDetails::source_line);
}

int64_t gander_error_version(const gander_error* error) {
  return number(details(error), &ErrorDetails::version);
}

int64_t gander_error_statement(const gander_error* error) {
  return number(details(error), &ErrorDetails::statement);
}

const char* gander_error_sql(const gander_error* error) {
  return text(details(error), &ErrorDetails::sql);
}

const char* gander_error_sqlstate(const gander_error* error) {
  return text(details(error), &ErrorDetails::sqlstate);
}

int64_t gander_error_native_code(const gander_error* error) {
  return number(details(error), &ErrorDetails::native_code);
}

const char* gander_error_detail(const gander_error* error) {
  return text(details(error), &ErrorDetails::detail);
}

int gander_error_retryable(const gander_error* error) {
  return flag(details(error), &ErrorDetails::retryable);
}

const gander_report* gander_error_report(const gander_error* error) {
  return error == nullptr || !error->report ? nullptr : &*error->report;
}

void gander_report_free(gander_report* report) { delete report; }

int64_t gander_report_version(const gander_report* report) {
  return number(value(report), &Report::version);
}

int64_t gander_report_pending(const gander_report* report) {
  return number(value(report), &Report::pending);
}

int gander_report_version_known(const gander_report* report) {
  return flag(value(report), &Report::version_known);
}

int64_t gander_report_duration(const gander_report* report) {
  return nanoseconds(value(report), &Report::duration);
}

const char* gander_report_backup(const gander_report* report) {
  return text(value(report), &Report::backup);
}

size_t gander_report_warning_count(const gander_report* report) { return warning_count(report); }

const char* gander_report_warning(const gander_report* report, size_t index) {
  return warning(report, index);
}

size_t gander_report_count(const gander_report* report) {
  return report == nullptr ? 0 : report->value.migrations.size();
}

int64_t gander_report_migration_version(const gander_report* report, size_t index) {
  return number(migration(report, index), &MigrationResult::version);
}

const char* gander_report_migration_name(const gander_report* report, size_t index) {
  return text(migration(report, index), &MigrationResult::name);
}

int gander_report_migration_direction(const gander_report* report, size_t index) {
  return direction(migration(report, index), &MigrationResult::direction);
}

int gander_report_migration_empty(const gander_report* report, size_t index) {
  return flag(migration(report, index), &MigrationResult::empty);
}

int64_t gander_report_migration_statements(const gander_report* report, size_t index) {
  return number(migration(report, index), &MigrationResult::statements);
}

int64_t gander_report_migration_resumed_after(const gander_report* report, size_t index) {
  return number(migration(report, index), &MigrationResult::resumed_after);
}

int64_t gander_report_migration_duration(const gander_report* report, size_t index) {
  return nanoseconds(migration(report, index), &MigrationResult::duration);
}

void gander_status_free(gander_status* status) { delete status; }

int gander_status_table_exists(const gander_status* status) {
  return flag(value(status), &Status::table_exists);
}

int64_t gander_status_version(const gander_status* status) {
  return number(value(status), &Status::version);
}

int64_t gander_status_latest(const gander_status* status) {
  return number(value(status), &Status::latest);
}

int64_t gander_status_applied(const gander_status* status) {
  return number(value(status), &Status::applied);
}

int64_t gander_status_pending(const gander_status* status) {
  return number(value(status), &Status::pending);
}

int64_t gander_status_edited(const gander_status* status) {
  return number(value(status), &Status::edited);
}

int64_t gander_status_missing(const gander_status* status) {
  return number(value(status), &Status::missing);
}

int64_t gander_status_unfinished(const gander_status* status) {
  return number(value(status), &Status::unfinished);
}

size_t gander_status_warning_count(const gander_status* status) { return warning_count(status); }

const char* gander_status_warning(const gander_status* status, size_t index) {
  return warning(status, index);
}

const char* gander_status_drift_state(const gander_status* status) {
  return status == nullptr ? "" : gander::drift_state_name(status->value.drift.state);
}

const gander_differences* gander_status_drift(const gander_status* status) {
  return status == nullptr ? nullptr : &status->drift;
}

int64_t gander_status_drift_since(const gander_status* status, size_t index) {
  if (status == nullptr || index >= status->value.drift.objects.size()) return 0;
  return status->value.drift.objects[index].since;
}

size_t gander_status_count(const gander_status* status) {
  return status == nullptr ? 0 : status->value.migrations.size();
}

int64_t gander_status_migration_version(const gander_status* status, size_t index) {
  return number(migration(status, index), &MigrationStatus::version);
}

const char* gander_status_migration_name(const gander_status* status, size_t index) {
  return text(migration(status, index), &MigrationStatus::name);
}

const char* gander_status_migration_state(const gander_status* status, size_t index) {
  const MigrationStatus* found = migration(status, index);
  return found == nullptr ? "" : gander::migration_state_name(found->state);
}

int gander_status_migration_out_of_order(const gander_status* status, size_t index) {
  return flag(migration(status, index), &MigrationStatus::out_of_order);
}

int64_t gander_status_migration_applied_at(const gander_status* status, size_t index) {
  return microseconds(migration(status, index), &MigrationStatus::applied_at);
}

const char* gander_status_migration_applied_by(const gander_status* status, size_t index) {
  return text(migration(status, index), &MigrationStatus::applied_by);
}

int64_t gander_status_migration_duration(const gander_status* status, size_t index) {
  return nanoseconds(migration(status, index), &MigrationStatus::duration);
}

const char* gander_status_migration_checksum(const gander_status* status, size_t index) {
  return text(migration(status, index), &MigrationStatus::checksum);
}

int64_t gander_status_migration_statements_done(const gander_status* status, size_t index) {
  return number(migration(status, index), &MigrationStatus::statements_done);
}

int64_t gander_status_migration_statements_total(const gander_status* status, size_t index) {
  return number(migration(status, index), &MigrationStatus::statements_total);
}

int gander_status_migration_direction(const gander_status* status, size_t index) {
  return direction(migration(status, index), &MigrationStatus::direction);
}

const char* gander_status_migration_hint(const gander_status* status, size_t index) {
  return text(migration(status, index), &MigrationStatus::hint);
}

const char* gander_status_migration_detail(const gander_status* status, size_t index) {
  return text(migration(status, index), &MigrationStatus::detail);
}

void gander_plan_free(gander_plan* plan) { delete plan; }

int64_t gander_plan_version(const gander_plan* plan) { return number(value(plan), &Plan::version); }

int64_t gander_plan_version_after(const gander_plan* plan) {
  return number(value(plan), &Plan::version_after);
}

size_t gander_plan_warning_count(const gander_plan* plan) { return warning_count(plan); }

const char* gander_plan_warning(const gander_plan* plan, size_t index) {
  return warning(plan, index);
}

const char* gander_plan_script(const gander_plan* plan) {
  return plan == nullptr ? "" : plan->value.script.c_str();
}

size_t gander_plan_count(const gander_plan* plan) {
  return plan == nullptr ? 0 : plan->value.steps.size();
}

int64_t gander_plan_step_version(const gander_plan* plan, size_t index) {
  return number(step(plan, index), &PlanStep::version);
}

const char* gander_plan_step_name(const gander_plan* plan, size_t index) {
  return text(step(plan, index), &PlanStep::name);
}

int gander_plan_step_direction(const gander_plan* plan, size_t index) {
  return direction(step(plan, index), &PlanStep::direction);
}

int gander_plan_step_transactional(const gander_plan* plan, size_t index) {
  return flag(step(plan, index), &PlanStep::transactional);
}

int64_t gander_plan_step_resumed_after(const gander_plan* plan, size_t index) {
  return number(step(plan, index), &PlanStep::resumed_after);
}

const char* gander_plan_step_reason(const gander_plan* plan, size_t index) {
  return text(step(plan, index), &PlanStep::reason);
}

int64_t gander_plan_step_statement_count(const gander_plan* plan, size_t index) {
  return number(step(plan, index), &PlanStep::statement_count);
}

const char* gander_plan_step_sql(const gander_plan* plan, size_t index, size_t statement_index) {
  return text(statement(plan, index, statement_index), &PlannedStatement::sql);
}

int64_t gander_plan_step_line(const gander_plan* plan, size_t index, size_t statement_index) {
  return number(statement(plan, index, statement_index), &PlannedStatement::line);
}

void gander_history_free(gander_history* history) { delete history; }

size_t gander_history_count(const gander_history* history) {
  return history == nullptr ? 0 : history->value.size();
}

int64_t gander_history_id(const gander_history* history, size_t index) {
  return number(entry(history, index), &HistoryEntry::id);
}

int64_t gander_history_at(const gander_history* history, size_t index) {
  return microseconds(entry(history, index), &HistoryEntry::at);
}

const char* gander_history_run_id(const gander_history* history, size_t index) {
  return text(entry(history, index), &HistoryEntry::run_id);
}

const char* gander_history_event(const gander_history* history, size_t index) {
  const HistoryEntry* found = entry(history, index);
  return found == nullptr ? "" : gander::history_event_name(found->event);
}

int64_t gander_history_version(const gander_history* history, size_t index) {
  return number(entry(history, index), &HistoryEntry::version);
}

const char* gander_history_name(const gander_history* history, size_t index) {
  return text(entry(history, index), &HistoryEntry::name);
}

const char* gander_history_checksum(const gander_history* history, size_t index) {
  return text(entry(history, index), &HistoryEntry::checksum);
}

int64_t gander_history_statements(const gander_history* history, size_t index) {
  return number(entry(history, index), &HistoryEntry::statements);
}

int64_t gander_history_duration(const gander_history* history, size_t index) {
  return nanoseconds(entry(history, index), &HistoryEntry::duration);
}

const char* gander_history_actor(const gander_history* history, size_t index) {
  return text(entry(history, index), &HistoryEntry::actor);
}

const char* gander_history_tool(const gander_history* history, size_t index) {
  return text(entry(history, index), &HistoryEntry::tool);
}

const char* gander_history_detail(const gander_history* history, size_t index) {
  return text(entry(history, index), &HistoryEntry::detail);
}

void gander_doctor_report_free(gander_doctor_report* report) { delete report; }

const char* gander_doctor_report_server(const gander_doctor_report* report) {
  return text(value(report), &gander::DoctorReport::server);
}

size_t gander_doctor_report_count(const gander_doctor_report* report) {
  return report == nullptr ? 0 : report->value.findings.size();
}

int gander_doctor_report_severity(const gander_doctor_report* report, size_t index) {
  const gander::Finding* found = finding(report, index);
  if (found == nullptr) return GANDER_SEVERITY_OK;
  switch (found->severity) {
    case gander::Severity::ok:
      return GANDER_SEVERITY_OK;
    case gander::Severity::note:
      return GANDER_SEVERITY_NOTE;
    case gander::Severity::warning:
      return GANDER_SEVERITY_WARNING;
    case gander::Severity::problem:
      break;
  }
  return GANDER_SEVERITY_PROBLEM;
}

const char* gander_doctor_report_check(const gander_doctor_report* report, size_t index) {
  return text(finding(report, index), &gander::Finding::check);
}

const char* gander_doctor_report_message(const gander_doctor_report* report, size_t index) {
  return text(finding(report, index), &gander::Finding::message);
}

const char* gander_doctor_report_hint(const gander_doctor_report* report, size_t index) {
  return text(finding(report, index), &gander::Finding::hint);
}

void gander_lock_free(gander_lock* lock) { delete lock; }

const char* gander_lock_name(const gander_lock* lock) { return text(lock, &gander_lock::name); }

int gander_lock_held(const gander_lock* lock) { return flag(lock, &gander_lock::held); }

size_t gander_lock_count(const gander_lock* lock) {
  return lock == nullptr ? 0 : lock->value.size();
}

const char* gander_lock_holder_kind(const gander_lock* lock, size_t index) {
  const gander::LockHolder* found = holder(lock, index);
  return found == nullptr ? "" : gander::lock_kind_name(found->kind);
}

int64_t gander_lock_holder_pid(const gander_lock* lock, size_t index) {
  return number(holder(lock, index), &gander::LockHolder::pid);
}

const char* gander_lock_holder_name(const gander_lock* lock, size_t index) {
  return text(holder(lock, index), &gander::LockHolder::name);
}

int64_t gander_lock_holder_since(const gander_lock* lock, size_t index) {
  return microseconds(holder(lock, index), &gander::LockHolder::since);
}

int64_t gander_lock_holder_renewed_at(const gander_lock* lock, size_t index) {
  return microseconds(holder(lock, index), &gander::LockHolder::renewed_at);
}

int64_t gander_lock_holder_expires_at(const gander_lock* lock, size_t index) {
  return microseconds(holder(lock, index), &gander::LockHolder::expires_at);
}

int gander_lock_holder_expired(const gander_lock* lock, size_t index) {
  return flag(holder(lock, index), &gander::LockHolder::expired);
}

void gander_validation_free(gander_validation* validation) { delete validation; }

size_t gander_validation_count(const gander_validation* validation) {
  return validation == nullptr ? 0 : validation->value.migrations.size();
}

int64_t gander_validation_version(const gander_validation* validation, size_t index) {
  return number(migration(validation, index), &ValidatedMigration::version);
}

const char* gander_validation_name(const gander_validation* validation, size_t index) {
  return text(migration(validation, index), &ValidatedMigration::name);
}

int gander_validation_transactional(const gander_validation* validation, size_t index) {
  return flag(migration(validation, index), &ValidatedMigration::transactional);
}

int64_t gander_validation_statements(const gander_validation* validation, size_t index,
                                     int direction) {
  return number(migration(validation, index), direction == GANDER_DOWN
                                                  ? &ValidatedMigration::statements_down
                                                  : &ValidatedMigration::statements_up);
}

const char* gander_validation_checksum(const gander_validation* validation, size_t index) {
  return text(migration(validation, index), &ValidatedMigration::checksum);
}

size_t gander_validation_defect_count(const gander_validation* validation) {
  return validation == nullptr ? 0 : validation->defects.size();
}

const gander_error* gander_validation_defect(const gander_validation* validation, size_t index) {
  return validation == nullptr ? nullptr : at(validation->defects, index);
}
