// SPDX-License-Identifier: MIT
// gander_crash: the crash campaign as a program; see --help.
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <set>
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
    "  --stage NAME       mysql, postgres, postgres-pooler, sqlite-delete, sqlite-wal\n"
    "                     (repeatable; default: all)\n"
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
    "  --jobs N           works on N scenarios at a time (default 1)\n"
    "  --every N          tries a random one of N points in a row (default 1: all)\n"
    "  --pairs N          also N random pairs of faults a scenario\n"
    "  --crowds N         also N rounds of two to eight runs at once a scenario, some killed\n"
    "  --count            prints how many points that would be, and tries none\n"
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
  std::int64_t jobs = 1;
  Disturbance single;
  bool defective = false;
  bool help = false;
};

std::string value_of(int argc, char** argv, int* i) {
  if (*i + 1 >= argc) throw std::invalid_argument(std::string(argv[*i]) + " needs a value");
  return argv[++*i];
}

bool parse_number(std::string_view flag, int argc, char** argv, int* i, Arguments* arguments) {
  Settings* settings = &arguments->settings;
  if (flag == "--jobs") {
    arguments->jobs = std::stoll(value_of(argc, argv, i));
  } else if (flag == "--every") {
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
    if (parse_number(flag, argc, argv, &i, &arguments)) continue;
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
    } else if (flag == "--count") {
      arguments.settings.count = true;
    } else if (flag == "--help") {
      arguments.help = true;
    } else {
      throw std::invalid_argument("unknown option " + flag);
    }
  }
  if (arguments.stages.empty()) {
    arguments.stages = {"mysql", "postgres", "postgres-pooler", "sqlite-delete", "sqlite-wal"};
  }
  if (arguments.actions.empty()) arguments.actions = kActions;
  return arguments;
}

// Null, with `why`, where this machine has no such database.
std::unique_ptr<Stage> make_stage(const std::string& name, std::string* why) {
  if (name == "mysql") return make_mysql_stage(why);
  if (name == "postgres") return make_postgres_stage(false, why);
  if (name == "postgres-pooler") return make_postgres_stage(true, why);
  if (name == "sqlite-delete") return make_sqlite_stage("delete");
  if (name == "sqlite-wal") return make_sqlite_stage("wal");
  throw std::invalid_argument("unknown stage " + name);
}

std::vector<Scenario> scenarios_of(const std::string& stage) {
  if (stage == "mysql") return scenarios(Engine::mysql);
  return scenarios(stage.starts_with("postgres") ? Engine::postgres : Engine::sqlite,
                   stage == "postgres-pooler");
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

// One scenario on one stage.
struct Task {
  std::string stage;
  Scenario scenario;
};

std::vector<Task> tasks_of(const Arguments& arguments) {
  std::vector<Task> tasks;
  for (const std::string& stage : arguments.stages) {
    for (Scenario& scenario : scenarios_of(stage)) {
      if (wanted(arguments.scenarios, scenario.name)) tasks.push_back({stage, std::move(scenario)});
    }
  }
  return tasks;
}

// What a worker tells of one action of a task; so short that it is written in one piece.
struct Word {
  std::size_t task = 0;
  char action[32] = {};
  Tally tally;
};

using Tell = std::function<void(const std::string& action, const Tally&)>;

void run_scenario(Stage& stage, const Scenario& scenario, const Arguments& arguments,
                  const Tell& tell) {
  Campaign campaign(stage, scenario, arguments.settings);
  const Disturbance& single = arguments.single;
  if (!single.calls.empty() || single.file.point > 0 || single.cut.point > 0) {
    tell("the one disturbance", campaign.one(arguments.single));
    return;
  }
  for (const std::string& action : arguments.actions) {
    if (action != "none") tell(action, campaign.every_point(action));
  }
  tell("pairs of faults", campaign.pairs());
  tell("rounds of several runs", campaign.crowds());
}

// Takes one task after the other until there are no more; each worker has databases of its own.
void work(const Arguments& arguments, const std::vector<Task>& tasks,
          std::atomic<std::size_t>* next, int output) {
  std::map<std::string, std::unique_ptr<Stage>> stages;
  for (std::size_t i = (*next)++; i < tasks.size(); i = (*next)++) {
    const Task& task = tasks[i];
    const auto tell = [&](const std::string& action, const Tally& tally) {
      Word word{i, {}, tally};
      action.copy(word.action, sizeof word.action - 1);
      if (::write(output, &word, sizeof word) != sizeof word) throw std::runtime_error("no reader");
    };
    std::string why;
    if (!stages.contains(task.stage)) stages[task.stage] = make_stage(task.stage, &why);
    Stage* stage = stages[task.stage].get();
    if (stage == nullptr) {
      if (!why.empty()) std::printf("SKIPPED: %s: %s\n", task.stage.c_str(), why.c_str());
      continue;
    }
    Tally sum;
    run_scenario(*stage, task.scenario, arguments,
                 [&](const std::string& action, const Tally& one) {
                   tell(action, one);
                   sum += one;
                 });
    print((task.stage + " " + task.scenario.name).c_str(), sum);
  }
}

std::vector<pid_t> start_workers(const Arguments& arguments, const std::vector<Task>& tasks,
                                 int output) {
  void* memory = ::mmap(nullptr, sizeof(std::atomic<std::size_t>), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::runtime_error("cannot share memory");
  auto* next = new (memory) std::atomic<std::size_t>(0);
  std::vector<pid_t> workers;
  for (std::int64_t i = 0; i < arguments.jobs; ++i) {
    const pid_t worker = ::fork();
    if (worker < 0) throw std::runtime_error("cannot fork");
    if (worker > 0) {
      workers.push_back(worker);
      continue;
    }
    int code = 0;
    try {
      work(arguments, tasks, next, output);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "gander_crash: %s\n", error.what());
      code = 2;
    }
    std::fflush(stdout);
    ::_exit(code);
  }
  return workers;
}

int report(const Arguments& arguments, const std::vector<Task>& tasks,
           const std::vector<Word>& words) {
  constexpr int kSkipped = 77;
  Tally total;
  std::map<std::string, Tally> by_action;
  std::map<std::string, Tally> by_stage;
  for (const Word& word : words) {
    if (word.tally.points + word.tally.missed > 0) by_action[word.action] += word.tally;
    by_stage[tasks[word.task].stage] += word.tally;
    total += word.tally;
  }
  std::printf("\n");
  for (const auto& [action, tally] : by_action) print(action.c_str(), tally);
  if (words.empty()) return kSkipped;
  for (const auto& [stage, tally] : by_stage) print(("all of " + stage).c_str(), tally);
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

int run(const Arguments& arguments) {
  const std::vector<Task> tasks = tasks_of(arguments);
  int channel[2];
  if (::pipe(channel) != 0) throw std::runtime_error("cannot make a pipe");
  std::fflush(stdout);
  const std::vector<pid_t> workers = start_workers(arguments, tasks, channel[1]);
  ::close(channel[1]);
  std::vector<Word> words;
  Word word;
  while (::read(channel[0], &word, sizeof word) == sizeof word) words.push_back(word);
  int failed = 0;
  for (const pid_t worker : workers) {
    int status = 0;
    ::waitpid(worker, &status, 0);
    if (status != 0) ++failed;
  }
  const int code = report(arguments, tasks, words);
  if (failed == 0) return code;
  std::fprintf(stderr, "gander_crash: %d of the workers did not reach their end\n", failed);
  return 2;
}

}  // namespace
}  // namespace gander::crash

int main(int argc, char** argv) {
  // Nothing here loses power in earnest: what the servers and their files lie on may be memory.
  if (::access("/dev/shm", W_OK) == 0) ::setenv("TMPDIR", "/dev/shm", 0);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
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
