// SPDX-License-Identifier: MIT
// One function for each row of the command table. They return the exit code; failures are Errors.
#pragma once

namespace gander::cli {

class Session;

int run_up(Session& session);
int run_up_to(Session& session);
int run_up_by_one(Session& session);
int run_down(Session& session);
int run_down_to(Session& session);
int run_redo(Session& session);
int run_reset(Session& session);

int run_status(Session& session);
int run_doctor(Session& session);
int run_lock(Session& session);
int run_wait(Session& session);
int run_version(Session& session);
int run_plan(Session& session);
int run_history(Session& session);

int run_create(Session& session);
int run_fix(Session& session);
int run_validate(Session& session);

int run_sum(Session& session);

int run_accept(Session& session);
int run_resolve(Session& session);
int run_restore(Session& session);

int run_import(Session& session);
int run_adopt(Session& session);

int run_config(Session& session);
int run_help(Session& session);
int run_completion(Session& session);
int run_man(Session& session);

}  // namespace gander::cli
