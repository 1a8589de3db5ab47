// SPDX-License-Identifier: MIT
#include "src/schema/imprint.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>

namespace gander::schema {
namespace {

using Change = SchemaDifference::Kind;

// FNV-1a of 64 bits (draft-eastlake-fnv): it is no secret that is kept from anybody, and thousands
// of objects take no time. Each text goes in with its length, so that none can look like two.
class Digest {
 public:
  void add(std::string_view text) {
    for (const char c : std::to_string(text.size())) add(c);
    add(':');
    for (const char c : text) add(c);
  }
  // Never 0.
  std::uint64_t value() const { return state_ == 0 ? 1 : state_; }

 private:
  void add(char c) { state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001b3U; }

  std::uint64_t state_ = 0xcbf29ce484222325U;
};

std::uint64_t digest_of(const Object& object) {
  Digest digest;
  for (const Property& property : object.properties) {
    if (object.reader_dependent) break;
    digest.add(property.name);
    digest.add(property.value);
  }
  return digest.value();
}

// Both lists in step: visit(one of `a` or nullptr, one of `b` or nullptr).
template <typename Visit>
void pair_up(const Imprint& a, const Imprint& b, const Visit& visit) {
  const bool ignore_case = a.names_ignore_case || b.names_ignore_case;
  auto i = a.traces.begin();
  auto j = b.traces.begin();
  while (i != a.traces.end() || j != b.traces.end()) {
    const int order = i == a.traces.end()   ? 1
                      : j == b.traces.end() ? -1
                                            : compare_ids(i->id, j->id, ignore_case);
    visit(order <= 0 ? &*i : nullptr, order >= 0 ? &*j : nullptr);
    if (order <= 0) ++i;
    if (order >= 0) ++j;
  }
}

std::uint64_t digest(const Trace* trace) { return trace == nullptr ? 0 : trace->digest; }

// --- text ------------------------------------------------------------------------------------

std::string escaped(std::string_view name) {
  std::string text;
  for (const char c : name) {
    switch (c) {
      case '\t':
        text += "\\t";
        break;
      case '\n':
        text += "\\n";
        break;
      case '\\':
        text += "\\\\";
        break;
      default:
        text += c;
    }
  }
  return text;
}

std::string unescaped(std::string_view text) {
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      name += text[i];
      continue;
    }
    const char c = text[++i];
    name += c == 't' ? '\t' : c == 'n' ? '\n' : c;
  }
  return name;
}

template <typename Number>
bool read_number(std::string_view text, int base, Number* number) {
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, *number, base);
  return error == std::errc() && at == end;
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    const std::size_t tab = line.find('\t');
    fields.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return fields;
    line.remove_prefix(tab + 1);
  }
}

void append_hex(std::uint64_t number, std::string* text) {
  std::array<char, 16> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + 16, number, 16);
  text->append(digits.data(), end);
}

constexpr std::string_view kHeading = "objects 1\n";

}  // namespace

Imprint imprint(const Snapshot& snapshot) {
  Imprint made;
  made.names_ignore_case = snapshot.names_ignore_case;
  made.traces.reserve(snapshot.objects.size());
  for (const Object& object : snapshot.objects) {
    made.traces.push_back({object.id, digest_of(object), object.steps.empty(), 0});
  }
  return made;
}

// A line without a tab in front begins the objects of one kind and parent; each of them has a line.
std::string text(const Imprint& imprint) {
  std::string text(kHeading);
  const Id* last = nullptr;
  for (const Trace& trace : imprint.traces) {
    if (last == nullptr || last->kind != trace.id.kind || last->parent != trace.id.parent) {
      text += escaped(trace.id.kind) + "\t" + escaped(trace.id.parent) + "\n";
    }
    last = &trace.id;
    text += '\t';
    if (trace.digest == 0) {
      text += '-';
    } else {
      append_hex(trace.digest, &text);
    }
    text += trace.part ? "+\t" : "\t";
    text += escaped(trace.id.name);
    if (trace.since != 0) text += "\t" + std::to_string(trace.since);
    text += '\n';
  }
  return text;
}

std::optional<Imprint> parse_imprint(std::string_view text) {
  if (!text.starts_with(kHeading)) return std::nullopt;
  text.remove_prefix(kHeading.size());
  Imprint made;
  Id group;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    std::vector<std::string_view> fields = fields_of(text.substr(0, end));
    text.remove_prefix(end + 1);
    if (!fields[0].empty()) {
      if (fields.size() != 2) return std::nullopt;
      group = {unescaped(fields[0]), "", unescaped(fields[1])};
      continue;
    }
    if (fields.size() < 3 || fields.size() > 4) return std::nullopt;
    Trace& trace = made.traces.emplace_back();
    trace.id = {group.kind, unescaped(fields[2]), group.parent};
    trace.part = fields[1].ends_with('+');
    if (trace.part) fields[1].remove_suffix(1);
    if (fields[1] != "-" && !read_number(fields[1], 16, &trace.digest)) return std::nullopt;
    if (fields.size() == 4 && !read_number(fields[3], 10, &trace.since)) return std::nullopt;
  }
  return made;
}

namespace {

bool differs(const Trace* recorded, const Trace* now) { return digest(recorded) != digest(now); }

// The objects with parts of their own that are on one side alone.
std::set<std::pair<Change, std::string>> lone_wholes(const Imprint& recorded, const Imprint& now) {
  std::set<std::pair<Change, std::string>> wholes;
  pair_up(recorded, now, [&](const Trace* was, const Trace* is) {
    const Trace& trace = is != nullptr ? *is : *was;
    if (!differs(was, is) || !trace.id.parent.empty()) return;
    if (digest(was) == 0) wholes.emplace(Change::added, trace.id.name);
    if (digest(is) == 0) wholes.emplace(Change::removed, trace.id.name);
  });
  return wholes;
}

}  // namespace

std::vector<DriftedObject> drifted(const Imprint& recorded, std::int64_t version,
                                   const Imprint& now) {
  const auto wholes = lone_wholes(recorded, now);
  std::vector<DriftedObject> found;
  pair_up(recorded, now, [&](const Trace* was, const Trace* is) {
    if (!differs(was, is)) return;
    const Trace& trace = is != nullptr ? *is : *was;
    const Change what = digest(was) == 0  ? Change::added
                        : digest(is) == 0 ? Change::removed
                                          : Change::changed;
    if (trace.part && what != Change::changed && wholes.contains({what, trace.id.parent})) return;
    const bool known = was != nullptr && was->since != 0;
    found.push_back(
        {what, trace.id.kind, trace.id.name, trace.id.parent, known ? was->since : version});
  });
  return found;
}

Imprint carry_over(const Imprint& was, std::int64_t version, const Imprint& before, Imprint wanted,
                   Stays stays) {
  Imprint old;  // what differed, as it was recorded
  old.names_ignore_case = was.names_ignore_case || before.names_ignore_case;
  std::vector<std::uint64_t> there;  // the same as it was before
  pair_up(was, before, [&](const Trace* recorded, const Trace* found) {
    if (!differs(recorded, found)) return;
    Trace& trace = old.traces.emplace_back(recorded != nullptr ? *recorded : *found);
    trace.digest = digest(recorded);
    if (trace.since == 0) trace.since = version;
    there.push_back(digest(found));
  });
  if (there.empty()) return wanted;
  Imprint result;
  result.names_ignore_case = wanted.names_ignore_case;
  auto found = there.begin();
  pair_up(old, wanted, [&](const Trace* recorded, const Trace* target) {
    const bool differed = recorded != nullptr;
    if (differed && stays(recorded->digest, *found++, digest(target))) {
      result.traces.push_back(*recorded);
    } else if (target != nullptr) {
      result.traces.push_back(*target);
    }
  });
  return result;
}

}  // namespace gander::schema
