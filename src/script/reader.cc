// SPDX-License-Identifier: MIT
#include "src/script/reader.h"

#include <utility>

#include "src/script/splitter.h"

namespace gander::script {
namespace {

constexpr std::size_t kShownBareSql = 200;

void account(const Statement& statement, Section* section) {
  if (statement.last_piece) ++section->statements;
  section->controls_transaction |= statement.controls_transaction;
  section->drops_or_renames_table |= statement.drops_or_renames_table;
  bool bare = statement.kind == StatementKind::bare && !statement.controls_transaction;
  if (bare && section->first_bare_line == 0) {
    section->first_bare_line = statement.place().line;
    section->first_bare_sql = statement.text.substr(0, kShownBareSql);
  }
}

}  // namespace

Summary scan(Input& input, const ReadOptions& options) {
  Splitter splitter(input, options, std::nullopt);
  Summary summary;
  Statement statement;
  while (splitter.next(&statement)) {
    account(statement, splitter.direction() == Direction::up ? &summary.up : &summary.down);
  }
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

bool StatementReader::next(Statement* statement) { return impl_->splitter.next(statement); }

const std::string& StatementReader::checksum() const { return impl_->splitter.window().checksum(); }

}  // namespace gander::script
