// SPDX-License-Identifier: MIT
#include "src/schema/compare.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gander::schema {
namespace {

using Kind = SchemaDifference::Kind;

// What is compared of one object, by the names of the properties. One that stands there twice (two
// checks without names) is one text.
using Values = std::map<std::string_view, std::string>;

Values values_of(const Object& object) {
  Values values;
  for (const Property& property : object.properties) {
    std::string& value = values[property.name];
    value += (value.empty() ? "" : ", ") + property.value;
  }
  return values;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

class Comparer {
 public:
  Comparer(const Snapshot& before, const Snapshot& after)
      : before_(before.objects),
        after_(after.objects),
        ignore_case_(before.names_ignore_case || after.names_ignore_case) {}

  SchemaComparison compare() {
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < before_.size() || j < after_.size()) {
      const int order = i == before_.size() ? 1
                        : j == after_.size()
                            ? -1
                            : compare_ids(before_[i].id, after_[j].id, ignore_case_);
      if (order < 0) {
        removed_.push_back(&before_[i++]);
      } else if (order > 0) {
        added_.push_back(&after_[j++]);
      } else {
        compare_pair(before_[i++], after_[j++]);
      }
    }
    tell(removed_, Kind::removed);
    tell(added_, Kind::added);
    std::ranges::sort(differences_, [&](const auto& a, const auto& b) {
      return compare_ids(id_of(a), id_of(b), ignore_case_) < 0;
    });
    return {std::move(differences_)};
  }

 private:
  static Id id_of(const SchemaDifference& difference) {
    return {difference.kind, difference.name, difference.parent};
  }

  SchemaDifference difference(const Object& object, Kind what) const {
    SchemaDifference made;
    made.what = what;
    made.kind = object.id.kind;
    made.name = object.id.name;
    made.parent = object.id.parent;
    made.lasting = object.lasting;
    return made;
  }

  void compare_pair(const Object& before, const Object& after) {
    SchemaDifference found = difference(after, Kind::changed);
    if (before.properties != after.properties) compare_values(before, after, &found.properties);
    const bool values = !found.properties.empty();
    compare_orders(before, after, &found.properties);
    found.order_only = !values;
    if (!found.properties.empty()) differences_.push_back(std::move(found));
  }

  static void compare_values(const Object& before, const Object& after,
                             std::vector<PropertyDifference>* found) {
    const Values old_values = values_of(before);
    const Values new_values = values_of(after);
    std::set<std::string_view> told;
    for (const Object* object : {&before, &after}) {
      for (const Property& property : object->properties) {
        if (!told.insert(property.name).second) continue;
        const auto was = old_values.find(property.name);
        const auto is = new_values.find(property.name);
        const bool same =
            was != old_values.end() && is != new_values.end() && was->second == is->second;
        if (same) continue;
        PropertyDifference& one = found->emplace_back();
        one.name = property.name;
        if (was != old_values.end()) one.before = was->second;
        if (is != new_values.end()) one.after = is->second;
      }
    }
  }

  bool has(const std::vector<std::string>& names, const std::string& name) const {
    return std::ranges::any_of(names, [&](const std::string& one) {
      return compare_ids({"", one, ""}, {"", name, ""}, ignore_case_) == 0;
    });
  }

  void compare_orders(const Object& before, const Object& after,
                      std::vector<PropertyDifference>* found) const {
    if (before.order == after.order) return;
    std::vector<std::string> was = before.order;
    std::vector<std::string> is = after.order;
    std::erase_if(was, [&](const std::string& name) { return !has(after.order, name); });
    std::erase_if(is, [&](const std::string& name) { return !has(before.order, name); });
    const bool same = std::ranges::equal(was, is, [&](const std::string& a, const std::string& b) {
      return compare_ids({"", a, ""}, {"", b, ""}, ignore_case_) == 0;
    });
    if (!same) found->push_back({"order", joined(was), joined(is)});
  }

  // `objects` are on one side alone.
  void tell(const std::vector<const Object*>& objects, Kind what) {
    std::set<std::string> whole;
    for (const Object* object : objects) {
      if (object->id.parent.empty()) whole.insert(object->id.name);
    }
    for (const Object* object : objects) {
      if (object->steps.empty() && whole.contains(object->id.parent)) continue;
      SchemaDifference told = difference(*object, what);
      for (const auto& [name, value] : values_of(*object)) {
        PropertyDifference& one = told.properties.emplace_back();
        one.name = name;
        (what == Kind::added ? one.after : one.before) = value;
      }
      differences_.push_back(std::move(told));
    }
  }

  const std::vector<Object>& before_;
  const std::vector<Object>& after_;
  const bool ignore_case_;
  std::vector<const Object*> removed_;
  std::vector<const Object*> added_;
  std::vector<SchemaDifference> differences_;
};

}  // namespace

SchemaComparison compare(const Snapshot& before, const Snapshot& after) {
  return Comparer(before, after).compare();
}

}  // namespace gander::schema
