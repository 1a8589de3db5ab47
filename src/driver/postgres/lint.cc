// SPDX-License-Identifier: MIT
#include "src/driver/postgres/lint.h"

#include <algorithm>
#include <map>
#include <utility>

#include "src/driver/postgres/block_body.h"
#include "src/driver/postgres/connection.h"
#include "src/driver/postgres/lexical.h"
#include "src/driver/postgres/lint_reader.h"
#include "src/driver/postgres/lock_reach.h"
#include "src/driver/postgres/message_shape.h"

namespace gander::driver::postgres {

using sql::Words;

// --- LintReader: a statement from its head to its findings
// ----------------------------------------

void LintReader::begin(LintFile& file) {
  file_ = &file;
  world_.begin_file(request_.together);
  concurrent_.clear();
  settings_.clear();
  columns_added_.clear();
  others_ = 0;
  retry_drop_ = lock_told_ = false;
}

void LintReader::find(Rule rule, LintSeverity severity, std::size_t at, std::string message) {
  const std::size_t end = now_.begin + now_.text.size();
  LintPlace place =
      lint_place(*now_.unit, now_.begin, end, now_.begin + (now_.verbatim ? at : std::size_t{0}));
  file_->found.push_back({&text_of(rule), severity, std::move(place), std::move(message), {}, {}});
}

void LintReader::read(const LintStatement& statement) {
  now_ = statement;
  first_found_ = file_->found.size();
  const Words words(kLexicalRules, now_.text);
  const LockNeeds needs = lock_needs(now_.text);
  const std::size_t concurrent = concurrent_.size();
  look_at_enum_values();
  look_at_rows();
  look_at_calls(needs);
  // Before what it makes is known as made, and before it takes away what it locks.
  look_at_locks(needs);
  const sql::Outline outline = sql::outline(words);
  switch (outline.verb) {
    case sql::Outline::Verb::create:
      create(outline);
      break;
    case sql::Outline::Verb::alter:
      alter(outline);
      break;
    case sql::Outline::Verb::drop:
      drop(outline);
      break;
    case sql::Outline::Verb::other:
      other(words);
      break;
  }
  const bool quiet = words.peek().is_any(
      {"set", "reset", "begin", "start", "commit", "end", "rollback", "comment", "analyze"});
  if (concurrent_.size() == concurrent && !quiet && !std::exchange(retry_drop_, false)) ++others_;
  for (std::size_t i = first_found_; i < file_->found.size(); ++i) {
    claims_.push_back({file_, i, needs});
  }
}

void LintReader::read_untold(const LintStatement& statement, std::string why) {
  now_ = statement;
  find(Rule::untold, 0, "what this does cannot be told: " + std::move(why));
}

void LintReader::end() {
  const auto add = [&](Rule rule, LintPlace place, std::string message) {
    file_->found.push_back(
        {&text_of(rule), text_of(rule).severity, std::move(place), std::move(message), {}, {}});
  };
  const auto many = static_cast<std::int64_t>(concurrent_.size());
  if (many > 0 && others_ + many > 1 && !file_->transactional) {
    add(Rule::concurrently_not_alone, concurrent_.front(),
        "when this fails, what stands before it in the file is done and cannot be rolled back");
  }
  for (Setting& setting : settings_) {
    add(Rule::session_setting, std::move(setting.place),
        setting.name + " keeps this value for the files behind this one");
  }
}

namespace {

class PostgresLinter final : public Linter {
 public:
  explicit PostgresLinter(const LintRequest& request)
      : request_(request),
        schema_(request.connection == nullptr
                    ? nullptr
                    : std::make_unique<LintSchema>(static_cast<Connection&>(*request.connection))),
        reader_(request_, schema_.get()) {}

  std::string server() const override { return schema_ == nullptr ? "" : schema_->server(); }

  void begin(LintFile& file) override {
    file_ = &file;
    open_ = false;
    reader_.begin(file);
  }

  void add(const sql::Statement& unit) override {
    const std::vector<std::size_t> starts = message_shape(unit.text).starts;
    // Statements of one message are a transaction.
    const bool message = !file_->transactional && !open_ && starts.size() > 1;
    for (std::size_t i = 0; i < starts.size(); ++i) {
      const std::size_t end = i + 1 < starts.size() ? starts[i + 1] : unit.text.size();
      if (i > 0) file_->starts.push_back(unit.place(starts[i]).line);
      add_statement(unit, starts[i], end, message);
    }
    if (message) reader_.world().begin_transaction();
  }

  void end() override { reader_.end(); }

  void finish() override { schema_ == nullptr ? name_locks() : ask_for_locks(); }

 private:
  void add_statement(const sql::Statement& unit, std::size_t begin, std::size_t end, bool message) {
    LintWorld& world = reader_.world();
    const std::string_view text = unit.text.substr(begin, end - begin);
    const Words words(kLexicalRules, text);
    const bool begins = words.peek().is_any({"begin", "start"});
    const bool ends = words.peek().is_any({"commit", "end", "rollback", "abort"});
    if (begins) open_ = true;
    world.in_transaction = file_->transactional || open_ || message;
    reader_.read({&unit, text, begin, true, true});
    if (words.peek().is("do")) add_block(unit, text, begin);
    if (ends) open_ = false;
    if (begins || ends || !world.in_transaction) world.begin_transaction();
  }

  // The statements of the block, and of the text that an EXECUTE in it has.
  void add_block(const sql::Statement& unit, std::string_view statement, std::size_t begin) {
    const BlockBody body = block_body(statement);
    if (body.text.empty()) {
      return reader_.read_untold({&unit, statement, begin, true, true},
                                 "the block is not in PL/pgSQL");
    }
    for (const BlockStatement& found : block_statements(body.text)) {
      const std::string_view text =
          std::string_view(body.text).substr(found.begin, found.end - found.begin);
      const std::size_t at = begin + body.offset + (body.verbatim ? found.begin : 0);
      file_->starts.push_back(unit.place(at).line);
      if (!found.dynamic) {
        reader_.read({&unit, text, at, body.verbatim, found.sure});
        continue;
      }
      add_dynamic(unit, text, at, found.sure);
    }
  }

  // EXECUTE 'text' does what the text says; any other text cannot be known.
  void add_dynamic(const sql::Statement& unit, std::string_view text, std::size_t at, bool sure) {
    Words words(kLexicalRules, text);
    words.accept("execute");
    const sql::Token token = words.peek();
    if (token.kind == sql::Token::Kind::string && token.text.front() != '$') {
      words.take();
      const std::string inner = sql::unquoted(token);
      if (words.done() || words.peek().is_any({"into", "using"})) {
        return reader_.read({&unit, inner, at, false, sure});
      }
    }
    reader_.read_untold({&unit, text, at, false, sure}, "EXECUTE runs a text that is put together");
  }

  // Without a database: those relations that the statement names.
  void name_locks() {
    for (const LintReader::Claim& claim : reader_.claims()) {
      std::vector<LintLock>& locks = claim.file->found[claim.found].locks;
      for (const LockNeed& need : claim.needs.needs) {
        const bool itself = need.object == LockNeed::Object::relation && !need.waits &&
                            (need.reach & reach::not_itself) == 0 && need.since == 0;
        if (itself) locks.push_back({need.name, std::string(lock_mode_name(need.mode))});
      }
    }
  }

  // With one: all that were there.
  void ask_for_locks() {
    std::vector<LockNeeds> all;
    for (const LintReader::Claim& claim : reader_.claims()) all.push_back(claim.needs);
    if (all.empty()) return;
    LockReach reach(schema_->connection(), all);
    std::vector<std::map<LockReach::Relation, LockMode>> locked(all.size());
    std::map<LockReach::Relation, std::string> names;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (!all[i].absent.empty() && reach.exists(all[i].absent)) continue;
      for (const LockNeed& need : all[i].needs) {
        if (need.waits || need.since > schema_->version()) continue;
        for (const LockReach::Lock& lock : reach.locks(need)) {
          LockMode& mode = locked[i].emplace(lock.relation, lock.mode).first->second;
          mode = std::max(mode, lock.mode);
          names.emplace(lock.relation, "");
        }
      }
    }
    reach.name(&names);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const LintReader::Claim& claim = reader_.claims()[i];
      for (const auto& [relation, mode] : locked[i]) {
        if (names[relation].starts_with("pg_toast.")) continue;
        claim.file->found[claim.found].locks.push_back(
            {names[relation], std::string(lock_mode_name(mode))});
      }
    }
  }

  LintRequest request_;
  std::unique_ptr<LintSchema> schema_;
  LintReader reader_;
  LintFile* file_ = nullptr;
  bool open_ = false;  // a transaction that the file begins itself
};

}  // namespace

std::unique_ptr<Linter> make_linter(const LintRequest& request) {
  return std::make_unique<PostgresLinter>(request);
}

}  // namespace gander::driver::postgres
