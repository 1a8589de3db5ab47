// SPDX-License-Identifier: MIT
// config, help, completion, man: what the program says about itself.
#include <fmt/format.h>

#include "cli/command/handlers.h"
#include "cli/completion.h"
#include "cli/exit_code.h"
#include "cli/help.h"
#include "cli/man.h"
#include "cli/options.h"
#include "cli/output/text.h"
#include "cli/redact.h"
#include "cli/secrets.h"
#include "cli/session.h"

namespace gander::cli {
namespace {

int print(Session& session, std::string_view key, const std::string& text) {
  Console& console = session.console();
  console.out(console.json() ? json_text(session.head(), key, text) : text);
  return kExitDone;
}

}  // namespace

int run_config(Session& session) {
  const Config& config = session.config();
  Console& console = session.console();
  if (console.json()) {
    console.out(json_config(session.head(), config));
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

int run_help(Session& session) {
  Console& console = session.console();
  const std::string name = session.args().argument(0);
  if (session.args().on(kMarkdown)) return print(session, "text", help_markdown());
  if (name.empty()) {
    console.out(console.json() ? json_commands(session.head())
                               : help_overview(console.out_terminal()));
    return kExitDone;
  }
  const Command* command = find_command(name);
  if (command == nullptr) {
    throw Error(ErrorCode::usage, fmt::format("there is no command {}", shown_word(name)),
                "gander help lists them");
  }
  return print(session, "text", help_command(*command, console.out_terminal()));
}

int run_completion(Session& session) {
  return print(session, "text", completion_script(session.args().argument(0)));
}

int run_man(Session& session) { return print(session, "text", man_page()); }

}  // namespace gander::cli
