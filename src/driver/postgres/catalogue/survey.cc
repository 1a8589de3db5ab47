// SPDX-License-Identifier: MIT
#include "src/driver/postgres/catalogue/survey.h"

#include <algorithm>
#include <utility>

#include "src/driver/postgres/catalogue/dependencies.h"

namespace gander::driver::postgres {

void Survey::ask(const std::string& sql, const std::function<void(Cells&)>& each) {
  connection_.visit(sql, [&](const Row& row) {
    Cells cells(row);
    each(cells);
  });
}

Draft& Survey::add(schema::Id id) {
  Draft& draft = drafts_.emplace_back();
  draft.object.id = std::move(id);
  return draft;
}

Draft& Survey::add(const Key& key, schema::Id id) {
  Draft& draft = add(std::move(id));
  draft.key = key;
  places_.emplace(key, &draft);
  return draft;
}

Draft* Survey::find(const Key& key) {
  const auto found = places_.find(key);
  return found == places_.end() ? nullptr : found->second;
}

void Survey::alias(const Key& key, const Key& whole) {
  if (left_out(whole)) leave_out(key);
  const auto found = places_.find(whole);
  if (found != places_.end()) places_.emplace(key, found->second);
}

std::string Survey::adopted(System system) const {
  std::string numbers = "0";
  for (const auto& [key, adoption] : adoptions_) {
    if (key.system == system) numbers += ", " + std::to_string(key.object);
  }
  return numbers;
}

Relation* Survey::relation(ObjectId number) {
  const auto found = relations_.find(number);
  return found == relations_.end() ? nullptr : &found->second;
}

void Survey::member(const Key& key, const Key& extension) {
  members_.insert(key);
  alias(key, extension);
}

schema::Snapshot Survey::finish() {
  for (const auto& [key, adoption] : adoptions_) {
    Draft* draft = find(key);
    if (draft == nullptr) continue;
    draft->set("extension", adoption.extension_name);
    draft->step("ALTER EXTENSION " + adoption.extension_name + " ADD " + adoption.what);
  }
  Dependencies::settle(*this, drafts_);
  snapshot_.objects.reserve(drafts_.size());
  for (Draft& draft : drafts_) snapshot_.objects.push_back(std::move(draft.object));
  schema::sort(&snapshot_);
  std::ranges::sort(snapshot_.remarks, {}, &schema::Remark::about);
  return std::move(snapshot_);
}

void read_plain(Survey& survey, const Plain& plain, const std::string& sql) {
  survey.ask(sql, [&](Cells& cells) {
    const Key key{plain.system, cells.id()};
    if (survey.is_member(key)) return;
    Draft& draft = survey.add(key, {plain.kind, cells.text(), ""});
    draft.called = cells.text();
    for (int i = 0; i < plain.statements; ++i) draft.step(cells.expression());
    for (const char* property : plain.properties) draft.set(property, cells.expression());
  });
}

}  // namespace gander::driver::postgres
