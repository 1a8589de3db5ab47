// SPDX-License-Identifier: MIT
// config, help, completion, man: what the program says about itself.
#include <fmt/format.h>

#include "cli/call.h"
#include "cli/command/handlers.h"
#include "cli/completion.h"
#include "cli/exit_code.h"
#include "cli/help.h"
#include "cli/man.h"
#include "cli/output/text.h"
#include "cli/redact.h"
#include "cli/secrets.h"

namespace gander::cli {
namespace {

int print(Call& call, std::string_view key, const std::string& text) {
  Console& console = call.console();
  console.out(console.json() ? json_text(call.head(), key, text) : text);
  return kExitDone;
}

}  // namespace

int run_config(Call& call) {
  const Config& config = call.config();
  Console& console = call.console();
  if (console.json()) {
    console.out(json_config(call.head(), config));
    return kExitDone;
  }
  Table table({{.heading = "SETTING"}, {.heading = "VALUE"}, {.heading = "FROM"}});
  for (const EffectiveSetting& setting : config.effective) {
    const bool secret = setting.key == "db";
    table.add({{setting.key},
               {printable(secrets().hide(secret ? redacted(setting.value) : setting.value))},
               {printable(setting.origin), Color::dim}});
  }
  console.out(table.text(console.out_terminal()));
  return kExitDone;
}

int run_help(Call& call) {
  Console& console = call.console();
  const std::string name = call.argument(0);
  if (call.on("markdown")) return print(call, "text", help_markdown());
  if (name.empty()) {
    console.out(console.json() ? json_commands(call.head())
                               : help_overview(console.out_terminal()));
    return kExitDone;
  }
  const Command* command = find_command(name);
  if (command == nullptr) {
    throw Error(ErrorCode::usage, fmt::format("there is no command {}", shown_word(name)),
                "gander help lists them");
  }
  return print(call, "text", help_command(*command, console.out_terminal()));
}

int run_completion(Call& call) { return print(call, "text", completion_script(call.argument(0))); }

int run_man(Call& call) { return print(call, "text", man_page()); }

}  // namespace gander::cli
