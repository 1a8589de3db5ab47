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
// Without a live line, a long wait is mentioned this often.
constexpr std::chrono::milliseconds kWaitLine{30000};

std::string wait_text(std::string_view holder, std::chrono::milliseconds waited,
                      std::chrono::milliseconds limit, bool unicode) {
  std::string text = "waiting for another run";
  if (!holder.empty()) text += fmt::format(" ({})", printable(holder));
  text += fmt::format(", {}", duration_text(waited, unicode));
  if (limit.count() > 0) text += fmt::format(" of {}", duration_text(limit, unicode));
  return text;
}

std::string mark(const MigrationResult& result, const Terminal& terminal) {
  const bool up = result.direction == Direction::up;
  const std::string_view text =
      terminal.unicode ? (up ? "\xE2\x9C\x93" : "\xE2\x86\xBA") : (up ? "+" : "-");
  return paint(terminal, up ? Color::green : Color::yellow, text);
}

}  // namespace

std::string live_line(const LiveState& state, std::chrono::milliseconds elapsed,
                      const Terminal& terminal) {
  // A full line would wrap on some terminals, and then could not be erased.
  const int width = terminal.width > 0 ? terminal.width - 1 : std::numeric_limits<int>::max();
  if (state.waiting) {
    const std::string text = wait_text(state.name, elapsed, state.limit, terminal.unicode);
    return paint(terminal, Color::dim, shortened("  " + text, width, terminal.unicode));
  }
  const std::string head = fmt::format("  {}/{} ", state.index, state.total);
  std::string tail = state.direction == Direction::down ? " down" : "";
  if (state.statements > 1) {
    tail += fmt::format("  statement {} of {}", number_text(state.statement),
                        number_text(state.statements));
  }
  if (state.bytes_total > 0 && state.statements > 1) {
    tail += fmt::format("  {} %",
                        std::min<std::int64_t>(100, state.bytes_done * 100 / state.bytes_total));
  }
  tail += "  " + duration_text(elapsed, terminal.unicode);
  // A long name gives way to what moves.
  constexpr int kLeastName = 8;
  const int room = std::max(width - display_width(head) - display_width(tail), kLeastName);
  const std::string line = head + shortened(printable(state.name), room, terminal.unicode) + tail;
  return paint(terminal, Color::dim, shortened(line, width, terminal.unicode));
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
}

void Progress::start_drawing() {
  if (!live_ || drawer_.joinable()) return;
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
  while (!wake_.wait_for(lock, kRedraw, [this] { return stop_; })) {
    if (!state_.running && !state_.waiting) {
      console_.set_live({});
      continue;
    }
    const auto elapsed =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - since_);
    console_.set_live(live_line(state_, elapsed, console_.err_terminal()));
  }
}

void Progress::lock_waiting(const LockWaiting& event) {
  if (live_) {
    start_drawing();
    const std::lock_guard lock(mutex_);
    if (!state_.waiting) since_ = Clock::now() - event.waited;
    state_.waiting = true;
    state_.name = event.holder;
    state_.limit = event.limit;
    return;
  }
  if (console_.quiet() || event.waited < next_wait_line_) return;
  next_wait_line_ = event.waited + kWaitLine;
  console_.err(wait_text(event.holder, event.waited, event.limit, console_.err_terminal().unicode) +
               "\n");
}

void Progress::migration_started(const MigrationStarted& event) {
  if (console_.verbose()) {
    console_.err(fmt::format("{} {} ({} of {})\n", direction_name(event.direction),
                             printable(event.name), event.index, event.total));
  }
  if (!live_) return;
  start_drawing();
  const std::lock_guard lock(mutex_);
  state_ = LiveState{.running = true,
                     .name = std::string(event.name),
                     .direction = event.direction,
                     .index = event.index,
                     .total = event.total,
                     .statements = event.statements};
  since_ = Clock::now();
}

void Progress::statement_started(const StatementStarted& event) {
  if (console_.verbose()) verbose_statement(event);
  if (!live_) return;
  const std::lock_guard lock(mutex_);
  state_.waiting = false;
  state_.statement = event.number;
  state_.statements = event.total;
  state_.bytes_done = event.bytes_done;
  state_.bytes_total = event.bytes_total;
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
  if (live_) {
    const std::lock_guard lock(mutex_);
    state_.running = false;
    state_.waiting = false;
  }
  if (console_.json() || console_.quiet()) return;
  name_width_ = std::max(name_width_, display_width(printable(result.name)));
  console_.out(migration_line(result, name_width_, console_.out_terminal()));
}

void Progress::message(const Message& event) {
  if (event.kind == Message::Kind::warning) {
    console_.warn(std::string(event.text));
    return;
  }
  if (!console_.quiet()) console_.err(fmt::format("notice: {}\n", printable(event.text)));
}

}  // namespace gander::cli
