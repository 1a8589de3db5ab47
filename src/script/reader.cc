// SPDX-License-Identifier: MIT
#include "src/script/reader.h"

#include <utility>

#include "src/base/clip.h"
#include "src/script/splitter.h"
#include "src/sql/words.h"

namespace gander::script {
namespace {

constexpr std::size_t kShownLine = 200;

Spot spot(const sql::Statement& statement, std::size_t offset) {
  const sql::Place place = statement.place(offset);
  Spot spot{place.line, place.column, {}};
  if (place.column > static_cast<std::int64_t>(kShownLine)) return spot;
  const std::string_view text = statement.shown();
  const std::size_t at = statement.shown_offset(offset);
  std::size_t begin = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  begin = begin == std::string_view::npos ? 0 : begin + 1;
  // What stands before the statement on its line is padded, so that the column stays right.
  const auto known = static_cast<std::int64_t>(at - begin);
  if (place.column > known + 1) {
    spot.source_line.assign(static_cast<std::size_t>(place.column - known - 1), ' ');
  }
  const std::string_view line = text.substr(begin);
  spot.source_line += first_bytes(line.substr(0, line.find('\n')), kShownLine);
  return spot;
}

// Does a statement of the kind `session` leave something behind? RESET takes it back, and a PRAGMA
// without a value asks.
bool is_setting(sql::Words words) {
  if (!words.accept("pragma")) return words.peek().is_any({"set", "attach", "select", "use"});
  while (!words.at_end() && !words.peek().is('=')) words.take();
  return words.accept('=');
}

// Adds up what scan() says of one section.
class Account {
 public:
  explicit Account(const sql::LexicalRules& rules) : rules_(rules) {
    within_.first = within_.last = Step::begin;  // the transaction around all of it
  }

  void add(const sql::Statement& statement);
  Section finish();

 private:
  using Step = sql::TransactionSteps::Step;

  void add_unit(const sql::Statement& statement);
  TransactionShape shape() const;

  const sql::LexicalRules& rules_;
  Section section_;
  sql::TransactionSteps own_;     // all that the section's statements do
  sql::TransactionSteps within_;  // the same, after a BEGIN
  sql::TransactionSteps unit_;    // of the unit in progress
  bool unit_begun_ = false;
  bool begun_ = false;         // something to run has been seen
  bool begins_first_ = false;  // and it begins a transaction
  bool tangled_ = false;       // a unit holds half a transaction, or a savepoint begins one
};

void Account::add(const sql::Statement& statement) {
  const sql::TransactionSteps& steps = statement.transactions;
  if (!begun_ && statement.kind != sql::StatementKind::nothing) {
    begun_ = true;
    begins_first_ = steps.first == Step::begin;
  }
  section_.drops_or_renames_table |= statement.drops_or_renames_table;
  const bool open = within_.last == Step::begin;
  if (statement.bare_at != sql::kNowhere) {
    const bool fits = steps.any() || !open;
    if (!fits && !section_.first_bare) section_.first_bare = spot(statement, statement.bare_at);
    if (statement.commands > 1 && !section_.first_crowded) {
      section_.first_crowded = spot(statement, statement.bare_at);
    }
  }
  if (statement.undo_at != sql::kNowhere && !section_.first_undo) {
    section_.first_undo = spot(statement, statement.undo_at);
  }
  if (statement.kind == sql::StatementKind::session && is_setting({rules_, statement.text})) {
    if (++section_.settings == 1) section_.first_setting = spot(statement, 0);
  }
  if (statement.opens_savepoint && own_.last != Step::begin) tangled_ = true;
  own_.add(steps);
  within_.add(steps);
  unit_.add(steps);
  if (statement.last_piece) add_unit(statement);
  unit_begun_ = !statement.last_piece;
}

void Account::add_unit(const sql::Statement& statement) {
  ++section_.statements;
  const bool alone = !unit_begun_ && (statement.kind == sql::StatementKind::begin_transaction ||
                                      statement.kind == sql::StatementKind::end_transaction);
  const bool whole = unit_.first == Step::begin && unit_.last == Step::end && unit_.alternating;
  if (unit_.any() && !alone && !whole) tangled_ = true;
  unit_ = {};
}

Section Account::finish() {
  section_.shape = shape();
  return std::move(section_);
}

TransactionShape Account::shape() const {
  if (!own_.any()) return tangled_ ? TransactionShape::savepoint : TransactionShape::none;
  if (within_.alternating && within_.last == Step::begin) {
    return tangled_ ? TransactionShape::returned_tangled : TransactionShape::returned;
  }
  if (tangled_) return TransactionShape::tangled;
  const bool own = begins_first_ && own_.alternating && own_.last == Step::end;
  return own ? TransactionShape::own : TransactionShape::loose;
}

}  // namespace

Summary scan(Input& input, const ReadOptions& options) {
  Splitter splitter(input, options, std::nullopt);
  Summary summary;
  Account up(options.grammar->lexical);
  Account down(options.grammar->lexical);
  sql::Statement statement;
  while (splitter.next(&statement)) {
    (splitter.direction() == Direction::up ? up : down).add(statement);
  }
  summary.up = up.finish();
  summary.down = down.finish();
  for (const Direction direction : {Direction::up, Direction::down}) {
    (direction == Direction::up ? summary.up : summary.down).lookalikes =
        splitter.lookalikes(direction);
  }
  summary.up.ends_open = splitter.ends_open(Direction::up);
  summary.down.ends_open = splitter.ends_open(Direction::down);
  summary.up.error = splitter.section_error(Direction::up);
  summary.down.error = splitter.section_error(Direction::down);
  summary.transactional = splitter.transactional();
  summary.checksum = splitter.window().checksum();
  summary.bytes = splitter.window().bytes_read();
  return summary;
}

class StatementReader::Impl {
 public:
  Impl(Input& input, ReadOptions options, Direction direction)
      : splitter(input, std::move(options), direction) {}

  Splitter splitter;
};

StatementReader::StatementReader(Input& input, ReadOptions options) : impl_(nullptr) {
  Direction direction = options.direction;
  impl_ = std::make_unique<Impl>(input, std::move(options), direction);
}

StatementReader::~StatementReader() = default;

bool StatementReader::next(sql::Statement* statement) { return impl_->splitter.next(statement); }

const std::string& StatementReader::checksum() const { return impl_->splitter.window().checksum(); }

}  // namespace gander::script
