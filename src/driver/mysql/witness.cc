// SPDX-License-Identifier: MIT
#include "src/driver/mysql/witness.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "src/base/sha256.h"
#include "src/driver/mysql/connection.h"

namespace gander::driver::mysql {
namespace {

// What one object says.
enum class Verdict : std::uint8_t {
  done,
  undone,
  either,  // the statement would pass over it
  odd,     // neither what was nor what was to be
};

std::string digest_of(const sql::Statement& statement) {
  return sha256_hex(statement.shown()).substr(0, 16);
}

// In lower case; nullopt where that takes more than ASCII.
std::optional<std::string> plain_lower(std::string_view name) {
  std::string lower;
  for (const char c : name) {
    if (static_cast<unsigned char>(c) >= 0x80) return std::nullopt;
    lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return lower;
}

// Both may be unknown.
bool differ(const std::string& before, const std::string& now) {
  return !before.empty() && !now.empty() && before != now;
}
bool agree(const State& before, const State& now) {
  return before.present == now.present && !differ(before.digest, now.digest) &&
         !differ(before.id, now.id);
}

Verdict altered(const State& before, const State& now) {
  if (before.present != now.present) return Verdict::odd;
  if (!before.present) return Verdict::undone;
  if (differ(before.digest, now.digest)) return Verdict::done;
  return before.digest.empty() || now.digest.empty() ? Verdict::odd : Verdict::undone;
}

Verdict refilled(const State& before, const State& now) {
  if (before.present != now.present) return Verdict::odd;
  if (!before.present) return Verdict::undone;
  if (before.id.empty() || now.id.empty()) return Verdict::odd;
  return before.id != now.id ? Verdict::done : Verdict::undone;
}

Verdict verdict(Change change, bool guarded, const State& before, const State& now) {
  const Verdict passed = guarded ? Verdict::either : Verdict::undone;
  switch (change) {
    case Change::comes:
      if (!before.present) return now.present ? Verdict::done : Verdict::undone;
      return now.present ? passed : Verdict::odd;
    case Change::replaced:
      if (!before.present) return now.present ? Verdict::done : Verdict::undone;
      return refilled(before, now);
    case Change::goes:
      if (!before.present) return now.present ? Verdict::odd : passed;
      if (!now.present) return Verdict::done;
      return agree(before, now) ? Verdict::undone : Verdict::odd;
    case Change::altered:
      return altered(before, now);
    case Change::refilled:
      return refilled(before, now);
    case Change::moves_off:
    case Change::moves_in:
      break;
  }
  return Verdict::odd;
}

bool is_rename(const Effect& effect) { return effect.touches.at(0).change == Change::moves_off; }

// One for each touch, but of a rename one for each name.
std::vector<Question> questions_of(const Effect& effect) {
  std::vector<Question> questions;
  for (const Touch& touch : effect.touches) {
    const auto asked = std::ranges::find(questions, touch.object, &Question::object);
    if (is_rename(effect) && asked != questions.end()) continue;
    const bool database = touch.object.type == ObjectType::database && touch.change == Change::goes;
    questions.push_back({touch.object, touch.change == Change::altered || database,
                         touch.change == Change::refilled || touch.change == Change::replaced});
  }
  return questions;
}

// Which of two tables it is: their definitions may be alike.
void ask_everything(std::vector<Question>* questions) {
  for (Question& question : *questions) {
    question.digest = question.id = question.object.type == ObjectType::table;
  }
}

std::size_t index_of(const std::vector<State>& states, const Object& object) {
  const auto found = std::ranges::find(states, object, &State::object);
  return static_cast<std::size_t>(found - states.begin());
}

// How it would look behind the renames, each considered behind those before it. Nothing where one
// of them must fail.
std::optional<std::vector<State>> moved(const Effect& effect, std::vector<State> states) {
  for (std::size_t i = 0; i + 1 < effect.touches.size(); i += 2) {
    State& from = states.at(index_of(states, effect.touches[i].object));
    State& to = states.at(index_of(states, effect.touches[i + 1].object));
    if (!from.present && effect.guarded) continue;
    if (!from.present || to.present) return std::nullopt;
    to.present = true;
    to.digest = from.digest;
    to.id = from.id;
    from.present = false;
    from.digest.clear();
    from.id.clear();
  }
  return states;
}

bool all_agree(const std::vector<State>& left, const std::vector<State>& right) {
  return std::ranges::equal(left, right, agree);
}

// Does the looking ask for more than who is there? The names come and go in a circle.
bool ends_where_it_began(const Effect& effect, const std::vector<State>& before) {
  const auto after = moved(effect, before);
  return after && std::ranges::equal(*after, before, {}, &State::present, &State::present);
}

// Are there rows to be exchanged whose table has no id, or none that we may see?
bool is_blind(const Effect& effect, const std::vector<State>& states) {
  for (std::size_t i = 0; i < states.size() && !is_rename(effect); ++i) {
    const Change change = effect.touches[i].change;
    const bool rows = change == Change::refilled || change == Change::replaced;
    if (rows && states[i].present && states[i].id.empty()) return true;
  }
  return false;
}

Outcome judge_rename(const Effect& effect, const std::vector<State>& before,
                     const std::vector<State>& now) {
  const auto after = moved(effect, before);
  const bool undone = all_agree(before, now);
  const bool done = after && all_agree(*after, now);
  if (undone == done) return Outcome::unknown;
  return done ? Outcome::happened : Outcome::did_not_happen;
}

}  // namespace

std::string CatalogueWitness::before_image(const sql::Statement& statement) {
  const Effect effect = effect_of(statement.text);
  if (effect.kind == Effect::Kind::unknown) return {};
  if (effect.kind == Effect::Kind::repeatable) return std::string(kRepeatable);
  try {
    std::vector<Question> questions = questions_of(effect);
    Catalogue::Answer answer = catalogue_.look(questions);
    if (is_rename(effect) && ends_where_it_began(effect, answer.states)) {
      ask_everything(&questions);
      answer = catalogue_.look(questions);
    }
    if (is_blind(effect, answer.states)) return {};
    // A function that is not there may be one of a library.
    const Touch& first = effect.touches.front();
    if (first.object.type == ObjectType::function && first.change == Change::goes &&
        !answer.states.front().present) {
      return {};
    }
    return to_text({digest_of(statement), answer.database, std::move(answer.states)});
  } catch (const Error& error) {
    if (!is_refusal(error)) throw;
    return {};
  }
}

// A table or what shares its names, and no function that a query in it might call.
bool CatalogueWitness::only_makes(const sql::Statement& statement) const {
  const Effect effect = effect_of(statement.text);
  return effect.kind == Effect::Kind::objects && effect.touches.size() == 1 &&
         effect.touches[0].change == Change::comes &&
         effect.touches[0].object.type == ObjectType::table && !may_run_code(statement.text);
}

std::vector<std::string> CatalogueWitness::images_ahead(
    std::span<const sql::Statement> statements) {
  std::vector<Question> questions;
  std::set<std::string> names;
  for (const sql::Statement& statement : statements) {
    Object object = effect_of(statement.text).touches.at(0).object;
    // Whatever database it is in, and whether the server tells cases apart or not.
    const std::optional<std::string> name = plain_lower(object.name);
    if (!name || !names.insert(*name).second) break;
    questions.push_back({std::move(object)});
  }
  std::vector<std::string> images;
  try {
    const Catalogue::Answer answer = catalogue_.look(questions);
    for (const State& state : answer.states) {
      const std::string digest = digest_of(statements[images.size()]);
      images.push_back(state.present ? "" : to_text({digest, answer.database, {state}}));
    }
  } catch (const Error& error) {
    if (!is_refusal(error)) throw;
  }
  return images;
}

Outcome CatalogueWitness::judge(const sql::Statement& statement, const std::string& before_image) {
  const Effect effect = effect_of(statement.text);
  if (before_image == kRepeatable) {
    const bool still = effect.kind == Effect::Kind::repeatable;
    return still ? Outcome::did_not_happen : Outcome::unknown;
  }
  const std::optional<Image> before = image_of(before_image);
  if (!before) return Outcome::unknown;
  const bool edited = before->statement != digest_of(statement);
  try {
    if (!edited) return compare(effect, *before);
    // Of the statement that was, no more can be told than that it has left no trace.
    std::vector<Question> questions;
    for (const State& state : before->states) {
      questions.push_back({state.object, !state.digest.empty(), !state.id.empty()});
    }
    const Catalogue::Answer now = catalogue_.look(questions);
    const bool untouched =
        now.database == before->database && all_agree(before->states, now.states);
    return untouched ? Outcome::did_not_happen : Outcome::unknown;
  } catch (const Error& error) {
    if (!is_refusal(error)) throw;
    return Outcome::unknown;
  }
}

Outcome CatalogueWitness::compare(const Effect& effect, const Image& before) {
  if (effect.kind != Effect::Kind::objects) return Outcome::unknown;
  std::vector<Question> questions = questions_of(effect);
  const bool alike =
      std::ranges::equal(questions, before.states, {}, &Question::object, &State::object);
  if (!alike) return Outcome::unknown;
  const bool defined =
      std::ranges::any_of(before.states, [](const State& state) { return !state.digest.empty(); });
  if (is_rename(effect) && defined) ask_everything(&questions);
  const Catalogue::Answer now = catalogue_.look(questions);
  // Names without a database mean others where the session has another one.
  if (now.database != before.database) return Outcome::unknown;
  if (is_rename(effect)) return judge_rename(effect, before.states, now.states);
  std::int64_t done = 0;
  std::int64_t undone = 0;
  for (std::size_t i = 0; i < before.states.size(); ++i) {
    switch (verdict(effect.touches[i].change, effect.guarded, before.states[i], now.states[i])) {
      case Verdict::done:
        ++done;
        break;
      case Verdict::undone:
        ++undone;
        break;
      case Verdict::either:
        break;
      case Verdict::odd:
        return Outcome::unknown;
    }
  }
  // What is half done goes on where the statement passes over what it finds done.
  if (done > 0 && undone > 0) return effect.guarded ? Outcome::did_not_happen : Outcome::unknown;
  return done > 0 ? Outcome::happened : Outcome::did_not_happen;
}

}  // namespace gander::driver::mysql
