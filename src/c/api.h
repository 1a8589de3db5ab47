// SPDX-License-Identifier: MIT
// What is behind the opaque handles of gander/c.h. c_api.cc holds the operations, c_values.cc the
// getters of what they return.
#pragma once

#include <memory>
#include <optional>
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

struct gander_report {
  gander::Report value;
};

struct gander_status {
  gander::Status value;
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
