// SPDX-License-Identifier: MIT
#include "cli/application.h"

#include <fmt/format.h>
#include <signal.h>

#include <cstdio>

#include "cli/call.h"
#include "cli/command/handlers.h"
#include "cli/exit_code.h"
#include "cli/help.h"
#include "cli/nearest.h"
#include "cli/output/error_text.h"
#include "cli/output/text.h"
#include "cli/secrets.h"
#include "cli/signals.h"
#include "src/base/version.h"

namespace gander::cli {
namespace {

// The words of other tools, and the command that does it here.
struct ForeignWord {
  std::string_view word;
  std::string_view command;
};
constexpr ForeignWord kForeignWords[] = {{"migrate", "up"},
                                         {"apply", "up"},
                                         {"update", "up"},
                                         {"upgrade", "up"},
                                         {"deploy", "up"},
                                         {"run", "up"},
                                         {"latest", "up"},
                                         {"goto", "up --to VERSION"},
                                         {"to", "up --to VERSION"},
                                         {"rollback", "down"},
                                         {"revert", "down"},
                                         {"undo", "down"},
                                         {"downgrade", "down"},
                                         {"clean", "reset"},
                                         {"drop", "drop-database --confirm NAME"},
                                         {"createdb", "create-database"},
                                         {"dropdb", "drop-database --confirm NAME"},
                                         {"new", "create NAME"},
                                         {"add", "create NAME"},
                                         {"generate", "create NAME"},
                                         {"make", "create NAME"},
                                         {"make:migration", "create NAME"},
                                         {"init", "create NAME"},
                                         {"info", "status"},
                                         {"list", "status"},
                                         {"show", "status"},
                                         {"pending", "status"},
                                         {"current", "version"},
                                         {"log", "history"},
                                         {"dry-run", "plan"},
                                         {"preview", "plan"},
                                         {"check", "validate"},
                                         {"lint", "validate"},
                                         {"force", "mark VERSION --applied --reason TEXT"},
                                         {"skip", "mark VERSION --applied --reason TEXT"},
                                         {"stamp", "mark --to VERSION --applied --reason TEXT"},
                                         {"repair", "accept VERSION"},
                                         {"hash", "sum"},
                                         {"unlock", "lock release"}};

[[noreturn]] void unknown_command(const std::string& word) {
  std::vector<std::string_view> names;
  for (const Command& command : commands()) names.push_back(command.name);
  std::string_view near = nearest(word, names);
  for (const ForeignWord& foreign : kForeignWords) {
    if (foreign.word == word) near = foreign.command;
  }
  throw Error(ErrorCode::usage, fmt::format("there is no command {}", shown_word(word)),
              near.empty() ? std::string("gander help") : fmt::format("gander {}", near));
}

// Help is given whatever else is on the line, as long as the command is one.
int print_help(Call& call) {
  Console& console = call.console();
  const JsonHead head{.command = "help", .database = {}};
  if (call.word().empty()) {
    console.out(console.json() ? json_commands(head) : help_overview(console.out_terminal()));
    return kExitDone;
  }
  if (call.command() == nullptr) unknown_command(call.word());
  const std::string text = help_command(*call.command(), console.out_terminal());
  console.out(console.json() ? json_text(head, "text", text) : text);
  return kExitDone;
}

int print_version(Console& console) {
  console.out(console.json() ? json_program()
                             : fmt::format("gander {}\n", gander_version_string()));
  return kExitDone;
}

int run(Call& call) {
  if (call.on("version")) return print_version(call.console());
  if (call.on("help")) return print_help(call);
  if (call.word().empty()) {
    call.console().err(help_overview(call.console().err_terminal()));
    return kExitUsage;
  }
  if (call.command() == nullptr) unknown_command(call.word());
  call.check();
  return call.command()->run(call);
}

void report_error(Call& call, const Error& shown, int code) {
  Console& console = call.console();
  const Error error = secrets().hide(shown);
  console.err(error_text(error.details(), console.err_terminal()));
  const Report* report = error.report();
  if (report != nullptr && !report->version_known && !console.quiet()) {
    console.err(fmt::format(
        "  known to be done before that: {}; the connection was lost: gander status tells the "
        "version when the database can be reached\n",
        count_text(static_cast<std::int64_t>(report->migrations.size()), "migration")));
  } else if (report != nullptr && report->changed() && !console.quiet()) {
    console.err(
        fmt::format("  done before that: {}; the database is at version {}\n",
                    count_text(static_cast<std::int64_t>(report->migrations.size()), "migration"),
                    report->version));
  }
  if (report != nullptr && !report->backup.empty()) {
    console.err(fmt::format("  the database as it was before: {} (gander restore)\n",
                            printable(report->backup)));
  }
  if (console.json()) console.out(json_error(call.head(), error.details(), code, report));
}

}  // namespace

int gander_main(const std::vector<std::string>& args) {
  // A reader that goes away must not kill a run in the middle.
  ::signal(SIGPIPE, SIG_IGN);
  const std::unique_ptr<System> system = real_system();
  secrets().add_words(args);
  Call call(args, *system);
  int code = kExitInternal;
  try {
    code = run(call);
  } catch (const Error& error) {
    code = exit_code_of(error.code(), received_signal());
    report_error(call, error, code);
  } catch (const std::exception& exception) {
    report_error(call, Error(ErrorCode::internal, exception.what(), "report this defect"), code);
  }
  if (!call.console().intact() && code == kExitDone) {
    call.console().err("error: standard output could not be written\n");
    code = kExitUnreachable;
  }
  return code;
}

}  // namespace gander::cli
