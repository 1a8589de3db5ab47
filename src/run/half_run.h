// SPDX-License-Identifier: MIT
// What a row of the journal means, to a task that would go on with it and to people: whether it
// may, how far it has come, what to do. status, plan, doctor and the run itself ask here, so that
// they agree. Entry point of a run and of a plan: check_half_run().
#pragma once

#include <span>
#include <string>
#include <vector>

#include "src/run/task.h"
#include "src/store/applied_set.h"
#include "src/store/journal.h"

namespace gander::run {

// The version table says that the section is completed already: another tool has done so, and the
// table is what counts.
bool is_superseded(const store::JournalRow& row, const store::AppliedSet& applied);

// The warning of it.
std::string superseded_text(const store::JournalRow& row);

// May a statement have happened, or not? The row's own state or an intent without an outcome.
bool is_in_doubt(const store::JournalRow& row);

// "2 of 6 statements are done"; a script that runs as a whole has no such count.
std::string progress_text(const store::JournalRow& row);

// What to do next, one sentence.
std::string way_on(const store::JournalRow& row);

// Does one of the tasks go on with it?
bool continues(std::span<const Task> tasks, const store::JournalRow& row);

// Is this version half way, and none of the tasks goes on with it?
bool is_in_the_way(const store::JournalRow& row, std::span<const Task> tasks,
                   const store::AppliedSet& applied);

// The refusal to build upon it.
Error half_way(const store::JournalRow& row);

// The refusal to go on with it: what happened is not known.
Error doubt(const store::JournalRow& row, const std::string& why);

// The refusal to go on with a file whose first statements are not those that have run.
ErrorDetails changed_since(const store::JournalRow& row);
Error fewer_statements(const store::JournalRow& row, std::int64_t statements);

// Nothing of it has happened, and the file now runs in one transaction, which has no journal.
bool starts_over(const Task& task, const store::JournalRow& row);

// Throws what keeps the tasks from running in a database with this row: it is in the way, or its
// migration has become a transactional one since statements of it ran. A transactional task of
// which only the record is missing is given the mode that writes just that.
void check_half_run(const store::JournalRow& row, std::vector<Task>* tasks,
                    const store::AppliedSet& applied);

// Throws when what is left of a file cannot follow on what has run: one of them runs as a whole.
void check_form(const Task& task, const store::JournalRow& row);

// Throws what the run would throw when it takes up the row, as far as that can be told without
// asking the database about a statement. Reads the file.
void check_resumption(const Task& task, const store::JournalRow& row);

// How many statements of the task are done.
std::int64_t resumed_after(const Task& task, const store::JournalRow& row);

// Why a plan holds the task: "half way, goes on after statement 2".
std::string resumption_reason(const Task& task, const store::JournalRow& row);

}  // namespace gander::run
