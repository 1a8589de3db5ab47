// SPDX-License-Identifier: MIT
// diff: two schemas, wherever they come from, object by object.
#include <fmt/format.h>

#include "cli/call.h"
#include "cli/command/handlers.h"
#include "cli/exit_code.h"
#include "cli/job.h"
#include "cli/output/differences.h"
#include "cli/output/progress.h"
#include "cli/output/text.h"
#include "cli/secrets.h"
#include "cli/signals.h"
#include "src/driver/engine.h"

namespace gander::cli {
namespace {

// One of the two: what an argument names.
struct Side {
  std::string word;  // empty: the database of the settings
  std::string name;  // for people

  bool is_database() const {
    return word.empty() || driver::engine_of_url(word) != nullptr ||
           word.find("://") != std::string::npos;
  }
};

class Differ {
 public:
  explicit Differ(Call& call) : call_(call), progress_(call.console()) {}

  Schema read(Side* side, const Side& other) {
    const SchemaOptions options{.grants = call_.on("grants")};
    const bool directory = !side->is_database() && call_.system().facts(side->word).directory;
    std::optional<std::string> script;
    if (!side->is_database() && !directory) {
      script = call_.system().read_file(side->word);
      if (!script) {
        throw Error(ErrorCode::not_found,
                    fmt::format("{} is no file, no directory and no URL of a database",
                                shown_word(side->word)),
                    "for a database write for example sqlite:app.db");
      }
    }
    // What is no database runs beside the other one.
    const Side& beside = side->is_database() || !other.is_database() ? *side : other;
    Target target =
        beside.is_database() && !beside.word.empty() ? call_.target(beside.word) : call_.target();
    side->name = side->is_database() ? secrets().hide(target.display_name()) : side->word;
    Options settings = call_.config().options;
    settings.observer = &progress_;
    MigrationRunner runner(std::move(target),
                           directory ? gander::directory(side->word) : gander::in_memory({}),
                           std::move(settings));
    const SignalScope signals(runner);
    if (directory) return runner.migrated_schema(options);
    return script ? runner.loaded_schema(*script, side->word, options) : runner.schema(options);
  }

 private:
  Call& call_;
  Progress progress_;
};

std::string text_of(const std::string& before, const std::string& after,
                    const SchemaComparison& comparison, const Terminal& terminal) {
  if (comparison.equal()) return "No difference.\n";
  return differences_text(comparison.differences, 0, terminal) +
         fmt::format(
             "\n{} from {} to {}.\n",
             count_text(static_cast<std::int64_t>(comparison.differences.size()), "difference"),
             printable(before), printable(after));
}

int show(Call& call, const std::string& before, const std::string& after,
         const SchemaComparison& comparison) {
  Console& console = call.console();
  if (console.json()) {
    console.out(json_diff(call.head(), before, after, comparison));
  } else if (!console.quiet() || !comparison.equal()) {
    console.out(text_of(before, after, comparison, console.out_terminal()));
  }
  return comparison.equal() ? kExitDone : kExitDiffers;
}

// Between what the applied migrations make and the database.
int show_drift(Call& call) {
  Job job(call);
  const SchemaComparison comparison = job->drift({.grants = call.on("grants")});
  return show(call, "the applied migrations", call.head().database, comparison);
}

// The same by what the last run has written down, which has names and no definitions.
int show_recorded(Call& call) {
  if (!call.argument(0).empty()) {
    throw Error(ErrorCode::usage, "--recorded is about the database of the settings alone",
                "gander diff --recorded");
  }
  Job job(call);
  const Drift drift = job->status().drift;
  if (drift.state != DriftState::known) {
    throw Error(ErrorCode::not_found,
                drift.reason.empty() ? "no schema is recorded in the database"
                                     : "the recorded schema says nothing: " + drift.reason,
                "gander diff runs the applied migrations in a scratch database; the next run that "
                "changes something records the schema anew");
  }
  SchemaComparison comparison;
  for (const DriftedObject& object : drift.objects) {
    comparison.differences.push_back({.what = object.what,
                                      .kind = object.kind,
                                      .name = object.name,
                                      .parent = object.parent,
                                      .properties = {}});
  }
  return show(call, fmt::format("version {} as recorded", drift.version), call.head().database,
              comparison);
}

}  // namespace

int run_diff(Call& call) {
  if (call.on("recorded")) return show_recorded(call);
  if (call.argument(0).empty()) return show_drift(call);
  Side before{.word = call.argument(0), .name = {}};
  Side after{.word = call.argument(1), .name = {}};
  Differ differ(call);
  const Schema first = differ.read(&before, after);
  const Schema second = differ.read(&after, before);
  return show(call, before.name, after.name, compare_schemas(first, second));
}

}  // namespace gander::cli
