// SPDX-License-Identifier: MIT
#include "src/driver/clickhouse/image.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace gander::driver::clickhouse {
namespace {

constexpr std::string_view kForm = "clickhouse 1";

// A field without tabs and line ends.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '\t')
      out += "\\t";
    else if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    ++i;
    out += text[i] == 't' ? '\t' : text[i] == 'n' ? '\n' : text[i];
  }
  return out;
}

std::vector<std::string> fields_of(std::string_view line) {
  std::vector<std::string> fields;
  for (;;) {
    const std::size_t end = line.find('\t');
    fields.push_back(unescaped(line.substr(0, end)));
    if (end == std::string_view::npos) return fields;
    line.remove_prefix(end + 1);
  }
}

std::int64_t number_of(const std::string& text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string_view type_name(ObjectType type) {
  switch (type) {
    case ObjectType::table:
      return "table";
    case ObjectType::database:
      return "database";
    case ObjectType::function:
      return "function";
  }
  return "table";
}

ObjectType type_of(std::string_view name) {
  if (name == "database") return ObjectType::database;
  return name == "function" ? ObjectType::function : ObjectType::table;
}

bool same(const State& left, const State& right) {
  return left.present == right.present && left.uuid == right.uuid && left.digest == right.digest;
}

// Is it the object that stood there?
bool is_same_object(const State& before, const State& now) {
  return before.present && now.present && before.uuid == now.uuid &&
         (!before.uuid.empty() || before.digest == now.digest);
}

Outcome created(const Effect& effect, const std::vector<State>& before,
                const std::vector<State>& now) {
  const State& was = before.front();
  const State& is = now.front();
  if (!was.present) {
    if (!is.present) return Outcome::did_not_happen;
    // It may be there without its rows.
    return effect.fills ? Outcome::unknown : Outcome::happened;
  }
  if (effect.replaces) {
    if (same(was, is)) {
      return was.uuid.empty() ? Outcome::unknown : Outcome::did_not_happen;
    }
    return effect.fills ? Outcome::unknown : Outcome::happened;
  }
  // It fails, or passes over what is there, both without any effect.
  return same(was, is) ? Outcome::did_not_happen : Outcome::unknown;
}

Outcome dropped(const Effect& effect, const std::vector<State>& before,
                const std::vector<State>& now) {
  std::size_t gone = 0;
  std::size_t left = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (!before[i].present) {
      if (now[i].present) return Outcome::unknown;
      continue;
    }
    if (!now[i].present)
      ++gone;
    else if (is_same_object(before[i], now[i]))
      ++left;
    else
      return Outcome::unknown;
  }
  if (gone > 0 && left > 0) return effect.guarded ? Outcome::did_not_happen : Outcome::unknown;
  return gone > 0 ? Outcome::happened : Outcome::did_not_happen;
}

Outcome renamed(const Effect& effect, const std::vector<State>& before,
                const std::vector<State>& now) {
  if (before.size() != 2) return Outcome::unknown;
  const bool swaps = effect.kind == Effect::Kind::exchanges;
  const bool stayed = same(before[0], now[0]) && same(before[1], now[1]);
  const auto moved = [&](std::size_t from, std::size_t to) {
    if (before[from].present != now[to].present) return false;
    if (!before[from].present) return true;
    // The definition has the name in it, so that without ids only the presence counts.
    return before[from].uuid == now[to].uuid;
  };
  const bool went = moved(0, 1) && (swaps ? moved(1, 0) : !now[0].present);
  // Without ids nobody can tell two tables apart.
  if (swaps && before[0].uuid.empty()) return Outcome::unknown;
  if (stayed == went) return Outcome::unknown;
  return went ? Outcome::happened : Outcome::did_not_happen;
}

Outcome by_catalogue(const Effect& effect, const std::vector<State>& before,
                     const std::vector<State>& now) {
  if (effect.on_cluster || before.empty() || before.size() != now.size()) return Outcome::unknown;
  switch (effect.kind) {
    case Effect::Kind::creates:
      return created(effect, before, now);
    case Effect::Kind::drops:
      return dropped(effect, before, now);
    case Effect::Kind::renames:
    case Effect::Kind::exchanges:
      return renamed(effect, before, now);
    case Effect::Kind::defines:
      if (before[0].present != now[0].present) return Outcome::unknown;
      if (before[0].digest != now[0].digest) return Outcome::happened;
      return is_same_object(before[0], now[0]) ? Outcome::did_not_happen : Outcome::unknown;
    default:
      return Outcome::unknown;
  }
}

}  // namespace

std::string to_text(const Image& image) {
  std::string text(kForm);
  const auto line = [&](std::string_view name, std::string_view value) {
    text += "\n" + std::string(name) + "\t" + escaped(value);
  };
  line("id", image.id);
  line("statement", image.statement);
  line("host", image.host);
  line("started", std::to_string(image.started));
  line("at", std::to_string(image.at));
  line("database", image.database);
  for (const State& state : image.states) {
    text += "\nobject\t" + std::string(type_name(state.object.type)) + "\t" +
            escaped(state.object.database) + "\t" + escaped(state.object.name) + "\t" +
            (state.present ? "there" : "absent") + "\t" + escaped(state.uuid) + "\t" +
            escaped(state.digest);
  }
  for (const std::string& mutation : image.mutations) line("mutation", mutation);
  return text;
}

std::optional<Image> image_of(std::string_view text) {
  constexpr std::size_t kObjectFields = 7;
  if (!text.starts_with(kForm)) return std::nullopt;
  text.remove_prefix(kForm.size());
  Image image;
  while (!text.empty()) {
    if (text.front() != '\n') return std::nullopt;
    text.remove_prefix(1);
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::vector<std::string> fields = fields_of(text.substr(0, end));
    text.remove_prefix(end);
    const std::string& name = fields[0];
    if (name == "object" && fields.size() == kObjectFields) {
      image.states.push_back(
          {{type_of(fields[1]), fields[2], fields[3]}, fields[4] == "there", fields[5], fields[6]});
      continue;
    }
    if (fields.size() != 2) return std::nullopt;
    if (name == "id") image.id = fields[1];
    if (name == "statement") image.statement = fields[1];
    if (name == "host") image.host = fields[1];
    if (name == "started") image.started = number_of(fields[1]);
    if (name == "at") image.at = number_of(fields[1]);
    if (name == "database") image.database = fields[1];
    if (name == "mutation") image.mutations.push_back(fields[1]);
  }
  if (image.id.empty()) return std::nullopt;
  return image;
}

bool is_harmless(std::int64_t number) {
  // Of the parser and the analysis: unknown names, types and settings, syntax, missing rights.
  constexpr std::int64_t kNumbers[] = {47, 16, 10, 15, 20, 36, 42, 43,  44,  46,  48,  50,
                                       53, 57, 60, 62, 73, 81, 82, 115, 164, 291, 344, 497};
  return std::ranges::find(kNumbers, number) != std::end(kNumbers);
}

Outcome verdict(const Effect& effect, const Logged& logged, const std::vector<State>& before,
                const std::vector<State>& now) {
  if (logged.finished) return Outcome::happened;
  if (effect.kind == Effect::Kind::repeatable) return Outcome::did_not_happen;
  const Outcome seen = by_catalogue(effect, before, now);
  // Whoever else has done it: it is not for us to say.
  if (logged.never_came()) {
    return seen == Outcome::happened ? Outcome::unknown : Outcome::did_not_happen;
  }
  if (logged.only_refused()) {
    const bool nothing = effect.kind == Effect::Kind::insert || logged.harmless;
    if (nothing && seen != Outcome::happened) return Outcome::did_not_happen;
  }
  return seen;
}

}  // namespace gander::driver::clickhouse
