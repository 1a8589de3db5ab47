// SPDX-License-Identifier: MIT
#include "src/driver/postgres/lint_world.h"

#include <algorithm>
#include <utility>

#include "src/driver/postgres/lexical.h"
#include "src/driver/postgres/lint_schema.h"

namespace gander::driver::postgres {

namespace {

constexpr std::string_view kTemporary = "pg_temp";

}  // namespace

void LintWorld::begin_file(bool keep) {
  LintSchema* const schema = schema_;
  if (keep) {
    // A session's settings stay with it, and so may those of the file before.
    lock_timeout = utc = LintSetting::unset;
    usual_schema.clear();
    begin_transaction();
    return;
  }
  *this = LintWorld(schema);
}

void LintWorld::begin_transaction() {
  held.clear();
  enum_values.clear();
  unvalidated_.clear();
  if (lock_timeout_is_local) lock_timeout = LintSetting::unset;
  if (utc_is_local) utc = LintSetting::unset;
  lock_timeout_is_local = utc_is_local = false;
}

LintName LintWorld::name(const std::string& written) const {
  sql::Words words(kLexicalRules, written);
  LintName found;
  if (!words.at_name()) return found;
  found.name = folded(words.take());
  if (words.accept('.') && words.at_name()) {
    found.schema = std::exchange(found.name, folded(words.take()));
  } else {
    found.schema = usual_schema;
  }
  const std::string usual = schema_ == nullptr ? "public" : schema_->usual_schema();
  if (found.schema == usual) found.schema.clear();
  // Temporary tables come first on every path, and no other has their name while they are there.
  if (found.schema == kTemporary) found.schema.clear();
  return found;
}

void LintWorld::make(const std::string& written, bool guarded, bool sure) {
  const LintName key = name(written);
  const bool absent = gone_.contains(key) || (schema_ != nullptr && schema_->is_absent(written));
  if (!sure || (guarded && !absent)) return;
  relations_[key] = true;
  gone_.erase(key);
}

void LintWorld::make_index(const std::string& index, const std::string& table) {
  if (!index.empty()) indexes_[name(index)] = name(table);
}

void LintWorld::make_type(const std::string& written) { types_[name(written)] = std::nullopt; }

void LintWorld::make_domain(const std::string& written, bool constrained) {
  types_[name(written)] = constrained;
}

void LintWorld::drop(const std::string& written) {
  const LintName key = name(written);
  relations_.erase(key);
  indexes_.erase(key);
  types_.erase(key);
  gone_.insert(key);
}

void LintWorld::rename(const std::string& written, const std::string& new_name) {
  const LintName from = name(written);
  LintName to = from;
  to.name = new_name;
  const auto known = relations_.find(from);
  const bool fresh = known != relations_.end() && known->second;
  relations_.erase(from);
  relations_[to] = fresh;
  gone_.insert(from);
  gone_.erase(to);
}

void LintWorld::move(const std::string& written, const std::string& schema) {
  const LintName from = name(written);
  const auto known = relations_.find(from);
  const bool fresh = known != relations_.end() && known->second;
  relations_.erase(from);
  relations_[name(schema + "." + from.name)] = fresh;
  gone_.insert(from);
}

bool LintWorld::is_new(const std::string& written) const {
  const auto known = relations_.find(name(written));
  return known != relations_.end() && known->second;
}

bool LintWorld::is_new_index(const std::string& written) const {
  const auto known = indexes_.find(name(written));
  if (known == indexes_.end()) return false;
  const auto table = relations_.find(known->second);
  return table != relations_.end() && table->second;
}

bool LintWorld::is_absent(const std::string& written) const {
  const LintName key = name(written);
  if (relations_.contains(key) || indexes_.contains(key)) return false;
  return gone_.contains(key) || (schema_ != nullptr && schema_->is_absent(written));
}

std::optional<bool> LintWorld::domain_is_constrained(const LintName& name) const {
  const auto known = types_.find(name);
  return known == types_.end() ? std::nullopt : known->second;
}

void LintWorld::add_unvalidated(const std::string& table, const std::string& constraint) {
  if (in_transaction) unvalidated_.emplace(name(table), constraint);
}

bool LintWorld::added_here(const std::string& table, const std::string& constraint) const {
  return unvalidated_.contains({name(table), constraint});
}

void LintWorld::promise_not_null(const std::string& table, const std::string& constraint,
                                 const std::string& column, bool valid) {
  promises_.push_back({name(table), constraint, column, valid});
}

void LintWorld::validate(const std::string& table, const std::string& constraint) {
  const LintName key = name(table);
  for (Promise& promise : promises_) {
    if (promise.table == key && promise.constraint == constraint) promise.valid = true;
  }
}

void LintWorld::drop_constraint(const std::string& table, const std::string& constraint) {
  const LintName key = name(table);
  std::erase_if(promises_, [&](const Promise& promise) {
    return promise.table == key && promise.constraint == constraint;
  });
  dropped_.insert(constraint);
}

bool LintWorld::not_null_is_promised(const std::string& table, const std::string& column) const {
  const LintName key = name(table);
  return std::ranges::any_of(promises_, [&](const Promise& promise) {
    return promise.valid && promise.table == key && promise.column == column;
  });
}

}  // namespace gander::driver::postgres
