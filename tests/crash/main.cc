// SPDX-License-Identifier: MIT
// gander_crash: the crash campaign as a program; see --help.
#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/crash/campaign.h"

namespace gander::crash {
namespace {

constexpr const char* kHelp =
    "usage: gander_crash [options]\n"
    "Breaks runs at every point and checks that the next run ends where an undisturbed one does.\n"
    "  --stage NAME       sqlite-delete, sqlite-wal, postgres (repeatable; default: all)\n"
    "  --scenario NAME    (repeatable; default: all)\n"
    "  --action NAME      (repeatable; default: all; none) kill, kill-amid, lose-request, "
    "lose-reply,\n"
    "                     fail-sql, fail-storage, fail-locked, fail-interrupted, visit, "
    "visit-goose;\n"
    "                     of SQLite's files: file-kill, file-power, file-full, file-full-once,\n"
    "                     file-error, file-error-once;\n"
    "                     of a server: terminate, terminate-amid, crash, crash-amid, restart,\n"
    "                     cut-request, cut-request-half, cut-request-late, cut-reply, "
    "cut-reply-half,\n"
    "                     cut-reply-late\n"
    "  --every N          tries one point in N (default 1)\n"
    "  --pairs N          also N random pairs of faults a scenario\n"
    "  --crowds N         also N rounds of two to eight runs at once a scenario, some killed\n"
    "  --seed N           of all that is random (default 1)\n"
    "  --fault POINT:ACTION, --file-fault POINT:ACTION, --cut POINT:ACTION, --goose\n"
    "                     one disturbance instead of all (with --stage and --scenario)\n"
    "  --trace            every database call on stderr\n"
    "  --defect NAME      breaks the engine: version-row-after-commit, "
    "journal-entry-after-commit,\n"
    "                     stale-state, lying-sync; succeeds when the campaign notices\n";

const std::vector<std::string> kActions = {
    "kill",           "kill-amid",        "lose-request",  "lose-reply",
    "fail-sql",       "fail-storage",     "fail-locked",   "fail-interrupted",
    "visit",          "visit-goose",      "file-kill",     "file-power",
    "file-full",      "file-full-once",   "file-error",    "file-error-once",
    "terminate",      "terminate-amid",   "crash",         "crash-amid",
    "restart",        "cut-request",      "cut-reply",     "cut-request-half",
    "cut-reply-half", "cut-request-late", "cut-reply-late"};

struct Arguments {
  std::vector<std::string> stages;
  std::vector<std::string> scenarios;
  std::vector<std::string> actions;
  Settings settings;
  Disturbance single;
  bool defective = false;
  bool help = false;
};

std::string value_of(int argc, char** argv, int* i) {
  if (*i + 1 >= argc) throw std::invalid_argument(std::string(argv[*i]) + " needs a value");
  return argv[++*i];
}

bool parse_number(std::string_view flag, int argc, char** argv, int* i, Settings* settings) {
  if (flag == "--every") {
    settings->every = std::stoll(value_of(argc, argv, i));
  } else if (flag == "--pairs") {
    settings->pairs = std::stoll(value_of(argc, argv, i));
  } else if (flag == "--crowds") {
    settings->crowds = std::stoll(value_of(argc, argv, i));
  } else if (flag == "--seed") {
    settings->seed = static_cast<std::uint32_t>(std::stoul(value_of(argc, argv, i)));
  } else {
    return false;
  }
  return true;
}

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string flag = argv[i];
    if (parse_number(flag, argc, argv, &i, &arguments.settings)) continue;
    if (flag == "--stage") {
      arguments.stages.push_back(value_of(argc, argv, &i));
    } else if (flag == "--scenario") {
      arguments.scenarios.push_back(value_of(argc, argv, &i));
    } else if (flag == "--action") {
      arguments.actions.push_back(value_of(argc, argv, &i));
    } else if (flag == "--fault") {
      arguments.single.calls.push_back(Fault::parse(value_of(argc, argv, &i)));
    } else if (flag == "--file-fault") {
      arguments.single.file = FileFault::parse(value_of(argc, argv, &i));
    } else if (flag == "--cut") {
      arguments.single.cut = Cut::parse(value_of(argc, argv, &i));
    } else if (flag == "--goose") {
      arguments.single.by_goose = true;
    } else if (flag == "--trace") {
      arguments.settings.trace = true;
    } else if (flag == "--defect") {
      const std::string name = value_of(argc, argv, &i);
      arguments.settings.lying_sync = name == "lying-sync";
      if (!arguments.settings.lying_sync) arguments.settings.defect = parse_defect(name);
      arguments.defective = true;
    } else if (flag == "--help") {
      arguments.help = true;
    } else {
      throw std::invalid_argument("unknown option " + flag);
    }
  }
  if (arguments.stages.empty()) arguments.stages = {"sqlite-delete", "sqlite-wal", "postgres"};
  if (arguments.actions.empty()) arguments.actions = kActions;
  return arguments;
}

// Null, with `why`, where this machine has no such database.
std::unique_ptr<Stage> make_stage(const std::string& name, std::string* why) {
  if (name == "postgres") return make_postgres_stage(why);
  if (name == "sqlite-delete") return make_sqlite_stage("delete");
  if (name == "sqlite-wal") return make_sqlite_stage("wal");
  throw std::invalid_argument("unknown stage " + name);
}

bool wanted(const std::vector<std::string>& names, const std::string& name) {
  if (names.empty()) return true;
  for (const std::string& one : names) {
    if (one == name) return true;
  }
  return false;
}

void print(const char* what, const Tally& tally) {
  std::printf("%-24s %7lld points: %7lld equal, %4lld stopped as documented, %lld failed", what,
              static_cast<long long>(tally.points), static_cast<long long>(tally.equal),
              static_cast<long long>(tally.stopped), static_cast<long long>(tally.failed));
  std::printf(" (%lld runs went on by themselves)\n", static_cast<long long>(tally.survived));
  std::fflush(stdout);
}

Tally run_scenario(Stage& stage, const Scenario& scenario, const Arguments& arguments,
                   std::map<std::string, Tally>* by_action) {
  Tally sum;
  Campaign campaign(stage, scenario, arguments.settings);
  const Disturbance& single = arguments.single;
  if (!single.calls.empty() || single.file.point > 0 || single.cut.point > 0) {
    return campaign.one(arguments.single);
  }
  for (const std::string& action : arguments.actions) {
    if (action == "none") continue;
    const Tally tally = campaign.every_point(action);
    (*by_action)[action] += tally;
    sum += tally;
  }
  const Tally pairs = campaign.pairs();
  if (pairs.points > 0) (*by_action)["pairs of faults"] += pairs;
  sum += pairs;
  const Tally crowds = campaign.crowds();
  if (crowds.points > 0) (*by_action)["rounds of several runs"] += crowds;
  sum += crowds;
  return sum;
}

int run(const Arguments& arguments) {
  constexpr int kSkipped = 77;
  bool tried = false;
  Tally total;
  std::map<std::string, Tally> by_action;
  for (const std::string& name : arguments.stages) {
    std::string why;
    const std::unique_ptr<Stage> stage = make_stage(name, &why);
    if (stage == nullptr) {
      std::printf("SKIPPED: %s: %s\n", name.c_str(), why.c_str());
      continue;
    }
    tried = true;
    for (const Scenario& scenario : scenarios(stage->engine())) {
      if (!wanted(arguments.scenarios, scenario.name)) continue;
      const Tally tally = run_scenario(*stage, scenario, arguments, &by_action);
      print((name + " " + scenario.name).c_str(), tally);
      total += tally;
    }
  }
  std::printf("\n");
  for (const auto& [action, tally] : by_action) print(action.c_str(), tally);
  if (!tried) return kSkipped;
  print("all", total);
  std::printf("seed %u, one point in %lld; %lld planned points were never reached\n",
              arguments.settings.seed, static_cast<long long>(arguments.settings.every),
              static_cast<long long>(total.missed));
  if (arguments.defective) {
    std::printf("%s\n", total.failed > 0 ? "the defect was noticed, as it must be"
                                         : "THE DEFECT WAS NOT NOTICED");
    return total.failed > 0 ? 0 : 1;
  }
  return total.failed > 0 || total.points == 0 ? 1 : 0;
}

}  // namespace
}  // namespace gander::crash

int main(int argc, char** argv) {
  try {
    const gander::crash::Arguments arguments = gander::crash::parse(argc, argv);
    if (arguments.help) {
      std::fputs(gander::crash::kHelp, stdout);
      return 0;
    }
    return gander::crash::run(arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "gander_crash: %s\n", error.what());
    return 2;
  }
}
