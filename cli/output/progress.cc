// SPDX-License-Identifier: MIT
#include "cli/output/progress.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <limits>

#include "cli/output/text.h"

namespace gander::cli {
namespace {

constexpr std::chrono::milliseconds kRedraw{100};
// Without a live line, a long wait is mentioned this often, and work that lasts after this time,
// after twice as long, and so on.
constexpr std::chrono::milliseconds kWaitLine{30000};
constexpr std::chrono::milliseconds kFirstMention{10000};
constexpr std::chrono::milliseconds kLook{500};
// Longer than between two events of one wait.
constexpr std::chrono::milliseconds kWaitEnds{2000};

std::string waiting_for(const WaitState& state) {
  const std::string holder = printable(state.holder);
  switch (state.what) {
    case WaitingFor::run:
      return "waiting for another run" + (holder.empty() ? "" : " (" + holder + ")");
    case WaitingFor::table:
      return "waiting for a lock on a table" + (holder.empty() ? "" : ", held by " + holder);
    case WaitingFor::writer:
      return "waiting for " + (holder.empty() ? std::string("another writer") : holder);
    case WaitingFor::server:
      return "waiting for the database" + (holder.empty() ? "" : ": " + holder);
    case WaitingFor::primary:
      return "waiting for the standby to become the primary";
    case WaitingFor::transaction:
      return "waiting for the end of " +
             (holder.empty() ? std::string("another transaction") : "a transaction of " + holder);
    case WaitingFor::reader:
      return "waiting for " + (holder.empty() ? std::string("a reader") : holder);
    case WaitingFor::migration:
      return "waiting for somebody to migrate the database";
  }
  return "waiting";
}

// A full line would wrap on some terminals, and then could not be erased.
int live_width(const Terminal& terminal) {
  return terminal.width > 0 ? terminal.width - 1 : std::numeric_limits<int>::max();
}

std::string mark(const MigrationResult& result, const Terminal& terminal) {
  const bool up = result.direction == Direction::up;
  const std::string_view text =
      terminal.unicode ? (up ? "\xE2\x9C\x93" : "\xE2\x86\xBA") : (up ? "+" : "-");
  return paint(terminal, up ? Color::green : Color::yellow, text);
}

}  // namespace

std::string wait_line(const WaitState& state, bool unicode) {
  std::string text = waiting_for(state);
  text += fmt::format(", {}", duration_text(state.waited, unicode));
  if (state.limit.count() > 0) text += fmt::format(" of {}", duration_text(state.limit, unicode));
  return text;
}

std::string live_line(const LiveState& state, std::chrono::milliseconds elapsed,
                      const Terminal& terminal) {
  const int width = live_width(terminal);
  const std::string head = fmt::format("  {}/{} ", state.index, state.total);
  std::string tail = state.direction == Direction::down ? " down" : "";
  if (state.statements > 1 && state.statement > 0) {
    tail += fmt::format("  statement {} of {}", number_text(state.statement),
                        number_text(state.statements));
  } else if (state.statements > 1) {
    tail += fmt::format("  {}", count_text(state.statements, "statement"));
  }
  tail += "  " + duration_text(elapsed, terminal.unicode);
  // A long name gives way to what moves.
  constexpr int kLeastName = 8;
  const int room = std::max(width - display_width(head) - display_width(tail), kLeastName);
  const std::string line = head + shortened(printable(state.name), room, terminal.unicode) + tail;
  return paint(terminal, Color::dim, shortened(line, width, terminal.unicode));
}

std::string still_line(const LiveState& state, std::chrono::milliseconds elapsed, bool unicode) {
  std::string text = "still running: " + printable(state.name);
  if (state.direction == Direction::down) text += " down";
  if (state.statement > 0) {
    text += fmt::format(", statement {} of {}", number_text(state.statement),
                        number_text(state.statements));
    if (state.line > 0) text += fmt::format(" (line {})", state.line);
  } else if (state.statements > 1) {
    text += fmt::format(", {} in one transaction", count_text(state.statements, "statement"));
  }
  return text + ", " + duration_text(elapsed, unicode);
}

std::string migration_line(const MigrationResult& result, int name_width,
                           const Terminal& terminal) {
  const std::string name = printable(result.name);
  const int padding = std::max(name_width - display_width(name), 0);
  std::string work =
      result.empty ? std::string("nothing to run") : count_text(result.statements, "statement");
  if (result.resumed_after > 0) {
    work += fmt::format(", resumed after {}", number_text(result.resumed_after));
  }
  return fmt::format("  {} {}{:{}}   {:<14}   {}\n", mark(result, terminal), name, "", padding,
                     work,
                     paint(terminal, Color::dim, duration_text(result.duration, terminal.unicode)));
}

Progress::Progress(Console& console)
    : console_(console), live_(console.err_terminal().interactive && !console.quiet()) {}

Progress::~Progress() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  if (drawer_.joinable()) drawer_.join();
  console_.set_live({});
  if (unshown_ == 0 || console_.quiet() || console_.json()) return;
  console_.err(
      fmt::format("{} of the server not shown (--notices)\n", count_text(unshown_, "notice")));
}

void Progress::start_drawing() {
  if (console_.quiet() || drawer_.joinable()) return;
  // Signals belong to the thread that runs the operation: its system calls are to be interrupted.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  drawer_ = std::thread([this] { draw_until_stopped(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void Progress::draw_until_stopped() {
  std::unique_lock lock(mutex_);
  // The first pause comes before the first line: a short run shows none.
  while (!wake_.wait_for(lock, live_ ? kRedraw : kLook, [this] { return stop_; })) {
    live_ ? draw() : mention();
  }
}

void Progress::draw() {
  const Terminal& terminal = console_.err_terminal();
  if (waiting()) {
    const std::string text = "  " + wait_line(wait_, terminal.unicode);
    console_.set_live(
        paint(terminal, Color::dim, shortened(text, live_width(terminal), terminal.unicode)));
  } else if (running_.empty()) {
    console_.set_live({});
  } else {
    const auto elapsed =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - since_);
    console_.set_live(live_line(running_.front(), elapsed, terminal));
  }
}

void Progress::mention() {
  if (running_.empty() || waiting()) return;
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - since_);
  if (elapsed < next_mention_) return;
  next_mention_ *= 2;
  console_.err(still_line(running_.front(), elapsed, console_.err_terminal().unicode) + "\n");
}

// The front of running_ is another one.
void Progress::became_current() {
  since_ = Clock::now();
  next_mention_ = kFirstMention;
}

void Progress::lock_waiting(const LockWaiting& event) {
  const WaitState state{event.what, std::string(event.holder), event.waited, event.limit};
  start_drawing();
  {
    const std::lock_guard lock(mutex_);
    wait_ = state;
    waiting_until_ = Clock::now() + kWaitEnds;
  }
  if (live_ || console_.quiet()) return;
  // Another wait than the last one.
  if (event.waited + kWaitLine < next_wait_line_) next_wait_line_ = std::chrono::seconds(1);
  if (event.waited < next_wait_line_) return;
  next_wait_line_ = event.waited + kWaitLine;
  console_.err(wait_line(state, console_.err_terminal().unicode) + "\n");
}

void Progress::migration_started(const MigrationStarted& event) {
  if (console_.verbose()) {
    console_.err(fmt::format("{} {} ({} of {})\n", direction_name(event.direction),
                             printable(event.name), event.index, event.total));
  }
  start_drawing();
  const std::lock_guard lock(mutex_);
  // Begun once more: those behind it as well will be.
  const auto again = std::ranges::find_if(running_, [&](const LiveState& state) {
    return state.version == event.version && state.direction == event.direction;
  });
  running_.erase(again, running_.end());
  waiting_until_ = {};
  running_.push_back({.name = std::string(event.name),
                      .direction = event.direction,
                      .version = event.version,
                      .index = event.index,
                      .total = event.total,
                      .statements = event.statements});
  if (running_.size() == 1) became_current();
}

void Progress::statement_started(const StatementStarted& event) {
  if (console_.verbose()) verbose_statement(event);
  const std::lock_guard lock(mutex_);
  if (running_.empty()) return;
  LiveState& state = running_.back();
  waiting_until_ = {};
  state.statement = event.deferred ? 0 : event.number;
  state.line = event.line;
  state.statements = event.total;
  // Where each statement is seen to run, it is the statement that takes long.
  if (!live_ && !event.deferred && running_.size() == 1) became_current();
}

void Progress::verbose_statement(const StatementStarted& event) {
  constexpr std::size_t kMostBytes = 400;
  constexpr int kUsualWidth = 100;
  const int width = console_.err_terminal().width > 0 ? console_.err_terminal().width : kUsualWidth;
  const std::string place =
      fmt::format("    [{}/{}] line {}: ", event.number, event.total, event.line);
  const std::string sql = printable(single_line(event.sql.substr(0, kMostBytes)));
  const int room = std::max(width - display_width(place) - 12, 20);
  verbose_line_ = place + shortened(sql, room, console_.err_terminal().unicode);
}

void Progress::statement_finished(const StatementFinished& event) {
  if (!console_.verbose()) return;
  const Terminal& terminal = console_.err_terminal();
  if (event.duration.count() == 0) return console_.err(verbose_line_ + "\n");
  console_.err(
      fmt::format("{}  {}\n", verbose_line_,
                  paint(terminal, Color::dim, duration_text(event.duration, terminal.unicode))));
}

void Progress::migration_finished(const MigrationResult& result) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find_if(running_, [&](const LiveState& state) {
      return state.version == result.version && state.direction == result.direction;
    });
    if (found != running_.end()) running_.erase(running_.begin(), found + 1);
    waiting_until_ = {};
    became_current();
  }
  if (console_.json() || console_.quiet()) return;
  name_width_ = std::max(name_width_, display_width(printable(result.name)));
  console_.out(migration_line(result, name_width_, console_.out_terminal()));
}

void Progress::message(const Message& event) {
  const std::string text(event.text);
  if (event.kind != Message::Kind::notice) return console_.warn(text);
  if (console_.quiet()) return;
  if (event.severity.empty() || event.severity == "WARNING") return console_.warn(text);
  if (!console_.notices()) {
    ++unshown_;
  } else if (notices_.insert(text).second) {
    console_.err("notice: " + continued(text) + "\n");
  }
}

}  // namespace gander::cli
