// SPDX-License-Identifier: MIT
// What is behind the opaque handles of gander/c.h. api.cc and records.cc hold the operations,
// values.cc the getters of what they return.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gander/c.h"
#include "gander/gander.h"

struct gander_options {
  gander::Options value;
  gander_observer observer = nullptr;
  void* observer_context = nullptr;
};

struct gander_source {
  gander::Source value;
};

struct gander_runner {
  // Declared first: the runner refers to it until its end.
  std::unique_ptr<gander::Observer> observer;
  gander::MigrationRunner value;
};

struct gander_report {
  gander::Report value;
};

struct gander_plan {
  gander::Plan value;
};

struct gander_history {
  std::vector<gander::HistoryEntry> value;
};

struct gander_doctor_report {
  gander::DoctorReport value;
};

struct gander_lock {
  std::string name;
  bool held = false;
  std::vector<gander::LockHolder> value;
};

struct gander_error {
  explicit gander_error(const gander::Error& error) : value(error) {
    if (value.report() != nullptr) report = gander_report{*value.report()};
  }
  gander::Error value;
  std::optional<gander_report> report;
};

struct gander_validation {
  explicit gander_validation(gander::Validation found) : value(std::move(found)) {
    for (const gander::ErrorDetails& defect : value.defects) {
      defects.emplace_back(gander::Error(defect));
    }
  }
  gander::Validation value;
  std::vector<gander_error> defects;
};

struct gander_made {
  gander::SchemaMigration value;
};

struct gander_dump {
  std::string value;
};

struct gander_differences {
  explicit gander_differences(std::vector<gander::SchemaDifference> found)
      : value(std::move(found)) {
    for (const gander::SchemaDifference& one : value) descriptions.push_back(one.description());
  }
  std::vector<gander::SchemaDifference> value;
  std::vector<std::string> descriptions;
};

struct gander_status {
  explicit gander_status(gander::Status found)
      : value(std::move(found)), drift(differences_of(value.drift)) {}
  gander::Status value;
  gander_differences drift;

 private:
  static std::vector<gander::SchemaDifference> differences_of(const gander::Drift& drift) {
    std::vector<gander::SchemaDifference> differences;
    for (const gander::DriftedObject& object : drift.objects) {
      gander::SchemaDifference& one = differences.emplace_back();
      one.what = object.what;
      one.kind = object.kind;
      one.name = object.name;
      one.parent = object.parent;
    }
    return differences;
  }
};

struct gander_verification {
  explicit gander_verification(gander::Verification found) : value(std::move(found)) {
    for (const gander::VerifiedMigration& one : value.migrations) {
      differences.emplace_back(one.differences);
      errors.push_back(one.error ? std::optional<gander_error>(gander::Error(*one.error))
                                 : std::nullopt);
    }
  }
  gander::Verification value;
  std::vector<gander_differences> differences;
  std::vector<std::optional<gander_error>> errors;
};

struct gander_rehearsal {
  explicit gander_rehearsal(gander::Rehearsal found) : value(std::move(found)) {
    if (value.error) error.emplace(gander::Error(*value.error));
  }
  gander::Rehearsal value;
  std::optional<gander_error> error;
};

namespace gander::c {

// Throws Error(usage) for nullptr.
MigrationRunner& runner_of(gander_runner* runner);

}  // namespace gander::c
