// SPDX-License-Identifier: MIT
#include "cli/output/rehearsal.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "cli/advice.h"
#include "cli/output/text.h"

namespace gander::cli {
namespace {

// Of files with more statements only those are shown that have something to tell.
constexpr std::size_t kFew = 20;

std::string bytes_text(std::int64_t bytes) {
  constexpr std::int64_t kStep = 1024;
  if (bytes < kStep) return fmt::format("{} B", bytes);
  if (bytes < kStep * kStep) return fmt::format("{} KiB", number_text(bytes / kStep));
  return fmt::format("{} MiB", number_text(bytes / (kStep * kStep)));
}

Color color_of(LockStops stops) {
  switch (stops) {
    case LockStops::everybody:
      return Color::red;
    case LockStops::writers:
      return Color::yellow;
    case LockStops::changes:
    case LockStops::nobody:
      break;
  }
  return Color::none;
}

const char* stops_text(LockStops stops) {
  switch (stops) {
    case LockStops::everybody:
      return "stops readers and writers";
    case LockStops::writers:
      return "stops writers";
    case LockStops::changes:
      return "stops VACUUM and other changes of the schema";
    case LockStops::nobody:
      break;
  }
  return "stops no readers and no writers";
}

class Text {
 public:
  Text(const Rehearsal& rehearsal, bool verbose, const Terminal& terminal)
      : rehearsal_(rehearsal), verbose_(verbose), terminal_(terminal) {}

  std::string make() {
    if (rehearsal_.migrations.empty() && !rehearsal_.error) {
      return fmt::format("Nothing to rehearse: the database is at version {}.\n",
                         rehearsal_.version);
    }
    add("Rehearsed on {} ({}). The database itself was only read.\n", copy_text(),
        printable(rehearsal_.server));
    for (const RehearsedMigration& migration : rehearsal_.migrations) add_migration(migration);
    add_summary();
    return std::move(text_);
  }

 private:
  template <typename... Values>
  void add(fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Values>(values)...);
  }

  std::string time(std::chrono::nanoseconds duration) const {
    return duration_text(duration, terminal_.unicode);
  }

  const char* copy_text() const {
    switch (rehearsal_.copy) {
      case RehearsalCopy::schema:
        return "a copy of the schema, without rows";
      case RehearsalCopy::rows:
        return "a copy with all rows";
      case RehearsalCopy::given:
        break;
    }
    return "the copy that was named";
  }

  // Without rows it says nothing.
  std::string growth_text(const RehearsedMigration& migration) const {
    const std::int64_t more = migration.bytes_after - migration.bytes_before;
    if (rehearsal_.copy == RehearsalCopy::schema || more == 0) return {};
    return fmt::format(", the database {} by {}", more > 0 ? "grows" : "shrinks",
                       bytes_text(more > 0 ? more : -more));
  }

  void add_migration(const RehearsedMigration& migration) {
    add("\n{}: {}", paint(terminal_, Color::bold, printable(migration.name)),
        migration.transactional ? "one transaction" : "no transaction");
    const bool failed = rehearsal_.error && &migration == &rehearsal_.migrations.back();
    if (failed) {
      add(", failed\n");
    } else {
      add(", {}, {} written{}\n", time(migration.duration),
          bytes_text(std::max<std::int64_t>(migration.written, 0)), growth_text(migration));
    }
    if (migration.function && migration.statements.empty()) {
      add("  a function without a transaction, which cannot be measured\n");
    }
    transaction_ = 0;
    held_.clear();
    const bool few = verbose_ || migration.statements.size() <= kFew;
    std::int64_t passed = 0;
    std::chrono::nanoseconds passed_time{0};
    for (const RehearsedStatement& statement : migration.statements) {
      if (few || tells(statement)) {
        add_statement(statement);
        note_held(statement);
      } else {
        ++passed;
        passed_time += statement.duration;
      }
    }
    if (passed > 0)
      add("  and {} more, in {}\n", count_text(passed, "statement"), time(passed_time));
  }

  static bool stops_somebody(const RehearsedLock& lock) {
    return lock.stops != LockStops::nobody && !lock.original.empty();
  }

  // Of several on one relation the strongest, unless the transaction has one as strong already. An
  // index is locked with its table.
  bool shows(const RehearsedLock& lock, const RehearsedStatement& statement) const {
    if (verbose_) return true;
    if (!stops_somebody(lock)) return false;
    const auto held = held_.find(lock.relation);
    if (held != held_.end() && held->second >= lock.stops) return false;
    return std::ranges::none_of(statement.locks, [&](const RehearsedLock& other) {
      if (&other == &lock) return false;
      if (other.relation == lock.relation) {
        return std::pair(other.stops, other.mode.size()) > std::pair(lock.stops, lock.mode.size());
      }
      return lock.kind == "index" && other.kind != "index" && stops_somebody(other);
    });
  }

  void note_held(const RehearsedStatement& statement) {
    if (statement.transaction == 0 || statement.transaction != transaction_) held_.clear();
    transaction_ = statement.transaction;
    if (statement.transaction == 0) return;
    for (const RehearsedLock& lock : statement.locks) {
      LockStops& held = held_.emplace(lock.relation, lock.stops).first->second;
      held = std::max(held, lock.stops);
    }
  }

  bool tells(const RehearsedStatement& statement) const {
    return !statement.rewritten.empty() || !statement.waits_for.empty() ||
           std::ranges::any_of(statement.locks,
                               [](const RehearsedLock& lock) { return stops_somebody(lock); });
  }

  void add_statement(const RehearsedStatement& statement) {
    constexpr int kMargin = 24;
    constexpr int kUsual = 100;
    const int width = (terminal_.width > 0 ? terminal_.width : kUsual) - kMargin;
    const std::string sql = printable(single_line(statement.sql));
    const std::string what =
        statement.number == 0
            ? "a function, as a whole:"
            : fmt::format("line {}: {}", statement.line,
                          shortened(sql, std::max(width, kMargin), terminal_.unicode));
    add("  {}  {}", what, paint(terminal_, Color::dim, time(statement.duration)));
    if (statement.rows.value_or(0) > 0) add(", {}", count_text(*statement.rows, "row"));
    add("\n");
    if (statement.transaction != transaction_) held_.clear();
    for (const RehearsedLock& lock : statement.locks) {
      if (shows(lock, statement)) add_lock(lock, statement.polled);
    }
    for (const LockInTheWay& other : statement.waits_for) {
      add("    {} the end of {}, keeping nobody out{}\n",
          paint(terminal_, Color::yellow, "waits for"), printable(other.session), open_text(other));
    }
    for (const RewrittenRelation& one : statement.rewritten) {
      add("    {} the {} {}\n", paint(terminal_, Color::yellow, "rewrites"), one.kind,
          printable(one.relation));
    }
  }

  std::string open_text(const LockInTheWay& other) const {
    return other.open.count() > 0 ? fmt::format("; open for {}", time(other.open)) : "";
  }

  void add_lock(const RehearsedLock& lock, bool polled) {
    add("    {} on {} {}: {}", paint(terminal_, color_of(lock.stops), lock.mode), lock.kind,
        printable(lock.relation), stops_text(lock.stops));
    add(", {}{}", polled ? "up to " : "", time(lock.held));
    if (!lock.seen) add(" (too short to be seen)");
    if (lock.original.empty()) {
      add("; it is new");
    } else if (lock.rows >= 0) {
      add("; {}, {}", count_text(lock.rows, "row"), bytes_text(lock.bytes));
    }
    add("\n");
    for (const LockInTheWay& other : lock.in_the_way) {
      add("      {} {}, which {} {}{}\n", paint(terminal_, Color::yellow, "waits for"),
          printable(other.session), other.granted ? "has" : "waits itself for", other.mode,
          open_text(other));
    }
  }

  void add_summary() {
    std::int64_t statements = 0;
    std::chrono::nanoseconds duration{0};
    for (const RehearsedMigration& migration : rehearsal_.migrations) {
      statements += static_cast<std::int64_t>(migration.statements.size());
      duration += migration.duration;
    }
    add("\n{}, {}, {}; from version {} to {}.\n",
        count_text(static_cast<std::int64_t>(rehearsal_.migrations.size()), "migration"),
        count_text(statements, "statement"), time(duration), rehearsal_.version,
        rehearsal_.version_after);
    const RehearsedLock* worst = rehearsal_.strongest();
    if (worst != nullptr && worst->stops != LockStops::nobody) {
      add("Strongest lock: {} on {} {}, for {}: {}.\n", worst->mode, worst->kind,
          printable(worst->relation), time(worst->held), stops_text(worst->stops));
    }
    for (const std::string& note : rehearsal_.notes) add("{}\n", continued(advice(note)));
  }

  const Rehearsal& rehearsal_;
  const bool verbose_;
  const Terminal& terminal_;
  std::string text_;
  std::int64_t transaction_ = 0;           // of the statement at hand
  std::map<std::string, LockStops> held_;  // by it, on relations
};

}  // namespace

std::string rehearsal_text(const Rehearsal& rehearsal, bool verbose, const Terminal& terminal) {
  return Text(rehearsal, verbose, terminal).make();
}

}  // namespace gander::cli
