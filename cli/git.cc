// SPDX-License-Identifier: MIT
#include "cli/git.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <system_error>
#include <utility>

#include "cli/output/text.h"
#include "cli/secrets.h"
#include "gander/error.h"

extern char** environ;

namespace gander::cli {
namespace {

namespace fs = std::filesystem;

struct Closer {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Closer>;

[[noreturn]] void fail(const std::string& what) {
  throw Error(ErrorCode::usage, fmt::format("git cannot be asked: {}", what),
              "--since needs the program git and a repository with the history up to there; in CI "
              "fetch the branch that this one is to be merged to");
}

std::string all_of(std::FILE* file) {
  std::string text;
  std::array<char, 4096> part{};
  while (const std::size_t size = std::fread(part.data(), 1, part.size(), file)) {
    text.append(part.data(), size);
  }
  return text;
}

// A temporary file takes what the program prints: it can be of any length, and nobody waits for
// anybody.
File temporary() {
  File file(std::tmpfile());
  if (!file) fail(std::generic_category().message(errno));
  return file;
}

struct Answer {
  bool good = false;
  std::string out;
  std::string complaint;
};

Answer ask(const fs::path& directory, std::vector<std::string> words) {
  words.insert(words.begin(), {"git", "-C", directory.string()});
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const File out = temporary();
  const File complaint = temporary();
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, ::fileno(out.get()), 1);
  ::posix_spawn_file_actions_adddup2(&actions, ::fileno(complaint.get()), 2);
  pid_t child = 0;
  const int failure = ::posix_spawnp(&child, "git", &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) fail(std::generic_category().message(failure));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) fail(std::generic_category().message(errno));
  }
  std::rewind(out.get());
  std::rewind(complaint.get());
  return {WIFEXITED(status) && WEXITSTATUS(status) == 0, all_of(out.get()),
          all_of(complaint.get())};
}

std::string answer(const fs::path& directory, std::vector<std::string> words) {
  Answer found = ask(directory, std::move(words));
  if (found.good) return std::move(found.out);
  const std::string line = found.complaint.substr(0, found.complaint.find('\n'));
  fail(line.empty() ? "it says nothing" : printable(line));
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

// What -z separates.
std::vector<std::string> pieces(const std::string& text) {
  std::vector<std::string> list;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\0', at), text.size());
    list.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return list;
}

std::set<std::string> files_in(const fs::path& directory, const std::string& commit) {
  std::set<std::string> files;
  for (std::string& name :
       pieces(answer(directory, {"ls-tree", "-z", "--name-only", commit, "./"}))) {
    if (name.ends_with(".sql")) files.insert(std::move(name));
  }
  return files;
}

// By name: M, D, A ... for what differs from the commit in the work tree.
std::map<std::string, char> changes_since(const fs::path& directory, const std::string& commit) {
  const std::vector<std::string> list =
      pieces(answer(directory, {"diff", "-z", "--name-status", "--no-renames", "--no-ext-diff",
                                "--relative", commit, "--", "."}));
  std::map<std::string, char> changes;
  for (std::size_t i = 0; i + 1 < list.size(); i += 2) {
    if (!list[i].empty()) changes.emplace(list[i + 1], list[i].front());
  }
  return changes;
}

std::string commit_of(const fs::path& directory, const std::string& revision) {
  const Answer found = ask(
      directory, {"rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"});
  if (found.good) return first_line(found.out);
  if (!found.complaint.empty()) fail(printable(first_line(found.complaint)));
  fail(fmt::format("there is no revision {}", shown_word(revision)));
}

}  // namespace

std::vector<LintMerged> merged_files(const fs::path& directory, const std::string& revision) {
  using State = LintMerged::State;
  const std::string tip = commit_of(directory, revision);
  const Answer forked = ask(directory, {"merge-base", tip, "HEAD"});
  const std::string base = forked.good ? first_line(forked.out) : tip;
  const std::set<std::string> begun = files_in(directory, base);
  const std::map<std::string, char> changes = changes_since(directory, base);
  std::vector<LintMerged> merged;
  for (const std::string& name : files_in(directory, tip)) {
    State state = State::same;
    const auto change = changes.find(name);
    if (!begun.contains(name)) {
      if (!fs::exists(directory / name)) state = State::newer;
    } else if (change != changes.end()) {
      state = change->second == 'D' ? State::gone : State::edited;
    }
    merged.push_back({name, state});
  }
  return merged;
}

}  // namespace gander::cli
