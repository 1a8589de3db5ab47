// SPDX-License-Identifier: MIT
// plan: what a command would do.
#include <fmt/format.h>

#include "cli/call.h"
#include "cli/command/handlers.h"
#include "cli/exit_code.h"
#include "cli/job.h"
#include "cli/output/text.h"
#include "src/source/create.h"

namespace gander::cli {
namespace {

// What is printed.
enum class Form { steps, sql, script };

Operation operation_of(std::string_view word) {
  if (word == "up") return Operation::up;
  if (word == "up-by-one") return Operation::up_by_one;
  if (word == "down") return Operation::down;
  return word == "redo" ? Operation::redo : Operation::reset;
}

Plan make_plan(MigrationRunner& runner, const std::string& operation,
               const std::optional<std::int64_t>& to, Form form) {
  const bool sql = form == Form::sql;
  const bool script = form == Form::script;
  if (!to) {
    const Operation what = operation_of(operation);
    return script ? runner.plan_script(what) : runner.plan(what, sql);
  }
  if (operation == "up") {
    return script ? runner.plan_script_up_to(*to) : runner.plan_up_to(*to, sql);
  }
  if (operation == "down") {
    return script ? runner.plan_script_down_to(*to) : runner.plan_down_to(*to, sql);
  }
  throw Error(ErrorCode::usage, fmt::format("--to has no meaning for {}", operation),
              "plan up --to VERSION or plan down --to VERSION");
}

Form form_of(const Call& call) {
  if (call.value("out") && !call.on("script")) {
    throw Error(ErrorCode::usage, "--out is for the text of --script", "plan --script --out FILE");
  }
  if (!call.on("script")) return call.on("sql") ? Form::sql : Form::steps;
  if (!call.on("sql")) return Form::script;
  throw Error(ErrorCode::usage, "--sql and --script exclude each other",
              "--sql is to be read, --script to be run");
}

// Ends what the file may leave to its StatementEnd; one `;` too many is nothing to the clients.
std::string finished(const std::string& sql) {
  if (sql.ends_with("\\.")) return sql + "\n";
  const std::size_t line = sql.rfind('\n') == std::string::npos ? 0 : sql.rfind('\n');
  const bool ended = sql.ends_with(';') && sql.find("--", line) == std::string::npos;
  return sql + (ended ? "\n" : "\n;\n");
}

// A script that a reviewer can read and a database's own client can run: all else is comments.
std::string sql_text(const Plan& plan) {
  std::string text;
  for (const PlanStep& step : plan.steps) {
    text += fmt::format("{}-- {} (version {}, {}{})\n", text.empty() ? "" : "\n",
                        printable(step.name), step.version, direction_name(step.direction),
                        step.transactional ? "" : ", without a transaction");
    if (step.resumed_after > 0) {
      text += fmt::format("-- goes on after statement {}\n", step.resumed_after);
    }
    if (step.function) text += "-- a C++ function: no text to show\n";
    const bool wrapped = step.transactional && !step.function;
    if (wrapped) text += "BEGIN;\n";
    for (const PlannedStatement& statement : step.statements) text += finished(statement.sql);
    if (wrapped) text += "COMMIT;\n";
  }
  return text;
}

std::string steps_text(const Plan& plan, const std::string& operation, const Terminal& terminal) {
  if (plan.steps.empty()) {
    return fmt::format("Nothing to do: the database is at version {}.\n", plan.version);
  }
  Table table({{.heading = "#", .right = true},
               {.heading = "DO"},
               {.heading = "STATEMENTS", .right = true, .dispensable = 1},
               {.heading = "TRANSACTION", .dispensable = 2},
               {.heading = "MIGRATION"},
               {.heading = "WHY"}});
  std::int64_t number = 0;
  for (const PlanStep& step : plan.steps) {
    const bool up = step.direction == Direction::up;
    std::string statements = step.function ? "function" : number_text(step.statement_count);
    if (step.resumed_after > 0) {
      statements = fmt::format("{} of {}", number_text(step.statement_count - step.resumed_after),
                               number_text(step.statement_count));
    }
    table.add(
        {{std::to_string(++number)},
         {direction_name(step.direction), up ? Color::green : Color::yellow},
         {std::move(statements)},
         {step.transactional ? "yes" : "no", step.transactional ? Color::none : Color::yellow},
         {printable(step.name)},
         {printable(step.reason)}});
  }
  return table.text(terminal) + fmt::format("\n{} would take the database from version {} to {}.\n",
                                            operation, plan.version, plan.version_after);
}

}  // namespace

int run_plan(Call& call) {
  const auto to = call.version_option("to");
  const Form form = form_of(call);
  const std::string given = call.argument(0);
  const std::string operation = given.empty() ? "up" : given;

  Console& console = call.console();
  Job job(call);
  const Plan plan = make_plan(job.runner(), operation, to, form);

  for (const std::string& warning : plan.warnings) console.warn(warning);
  if (console.json()) {
    console.out(json_plan(call.head(), operation, plan, form == Form::sql));
  } else if (const auto file = call.value("out")) {
    source::replace_file(*file, plan.script);
    if (!console.quiet()) console.out(fmt::format("Wrote {}.\n", printable(*file)));
  } else if (form == Form::script) {
    console.out(plan.script);
  } else if (form == Form::sql) {
    console.out(sql_text(plan));
  } else {
    console.out(steps_text(plan, operation, console.out_terminal()));
  }
  return kExitDone;
}

}  // namespace gander::cli
