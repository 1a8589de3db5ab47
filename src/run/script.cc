// SPDX-License-Identifier: MIT
#include "src/run/script.h"

#include <utility>

namespace gander::run {
namespace {

std::string read_all(Input& input) {
  // One byte more than the file: the read that finds its end needs room.
  std::string text(static_cast<std::size_t>(input.size()) + 1, '\0');
  std::size_t filled = 0;
  for (;;) {
    if (filled == text.size()) text.resize(text.size() + 4096);
    const std::size_t count = input.read(text.data() + filled, text.size() - filled);
    if (count == 0) break;
    filled += count;
  }
  text.resize(filled);
  return text;
}

}  // namespace

Script::Script(const source::Migration& migration, const sql::Grammar& grammar,
               const script::Variables& variables, std::int64_t kept_most)
    : migration_(&migration) {
  options_.grammar = &grammar;
  options_.file = migration.place;
  options_.variables = variables;
  const std::unique_ptr<Input> input = migration.open();
  stamp_ = input->stamp();
  if (migration.on_disk && input->size() <= kept_most) {
    text_ = read_all(*input);
    kept_ = true;
    summary_ = script::scan(*string_input(text_), options_);
  } else {
    summary_ = script::scan(*input, options_);
  }
}

std::unique_ptr<Script::Statements> Script::statements(Direction direction) const {
  script::ReadOptions options = options_;
  options.direction = direction;
  return std::make_unique<Statements>(kept_ ? string_input(text_) : migration_->open(),
                                      std::move(options));
}

}  // namespace gander::run
