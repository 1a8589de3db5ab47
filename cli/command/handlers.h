// SPDX-License-Identifier: MIT
// One function for each row of the command table. They return the exit code; failures are Errors.
#pragma once

namespace gander::cli {

class Call;

int run_up(Call& call);
int run_up_to(Call& call);
int run_up_by_one(Call& call);
int run_down(Call& call);
int run_down_to(Call& call);
int run_redo(Call& call);
int run_reset(Call& call);

int run_status(Call& call);
int run_doctor(Call& call);
int run_lock(Call& call);
int run_wait(Call& call);
int run_version(Call& call);
int run_plan(Call& call);
int run_history(Call& call);

int run_create(Call& call);
int run_fix(Call& call);
int run_validate(Call& call);
int run_lint(Call& call);

int run_sum(Call& call);

int run_accept(Call& call);
int run_resolve(Call& call);
int run_mark(Call& call);
int run_baseline(Call& call);
int run_squash(Call& call);
int run_restore(Call& call);

int run_create_database(Call& call);
int run_drop_database(Call& call);
int run_dump(Call& call);
int run_load(Call& call);
int run_diff(Call& call);
int run_verify(Call& call);
int run_rehearse(Call& call);

int run_import(Call& call);
int run_adopt(Call& call);

int run_config(Call& call);
int run_help(Call& call);
int run_completion(Call& call);
int run_man(Call& call);

}  // namespace gander::cli
