// SPDX-License-Identifier: MIT
#include "src/schema/rows.h"

#include <algorithm>
#include <utility>

namespace gander::schema {
namespace {

constexpr std::size_t kMostRows = 100;  // of a statement

bool comes_before(const Object& object) {
  return object.id.kind == "table" || object.id.kind == "sequence";
}

bool comes_after(const Object& object) {
  const std::string& kind = object.id.kind;
  return kind == "trigger" || kind == "rule" || kind == "foreign key" || kind == "policy";
}

}  // namespace

RowsWriter::RowsWriter(const std::string& table, std::string head)
    : head_(std::move(head)), rows_(kMostRows) {
  object_.id = {"rows", table, ""};
  object_.properties = {{"rows", ""}};
}

void RowsWriter::add(std::string_view values) {
  if (rows_ == kMostRows) {
    object_.steps.push_back({head_, {}});
    rows_ = 0;
  }
  std::string& sql = object_.steps.back().sql;
  sql += rows_ == 0 ? "\n  (" : ",\n  (";
  sql += values;
  sql += ')';
  object_.properties.front().value.append(values).push_back('\n');
  ++rows_;
}

void RowsWriter::statement(std::string sql) {
  object_.steps.push_back({std::move(sql), {}});
  rows_ = kMostRows;
}

Object RowsWriter::finish() && { return std::move(object_); }

void add_rows(const std::vector<Object>& rows, Snapshot* snapshot) {
  std::vector<Id> before;
  for (const Object& object : snapshot->objects) {
    if (comes_before(object)) before.push_back(object.id);
  }
  const auto tables_index = [&](const Object& object) {
    return object.id.kind == "index" &&
           std::ranges::binary_search(before, Id{"table", object.id.parent, ""}, {});
  };
  std::vector<Id> indexes;
  std::ranges::sort(before);
  for (const Object& object : snapshot->objects) {
    if (tables_index(object)) indexes.push_back(object.id);
  }
  before.insert(before.end(), indexes.begin(), indexes.end());
  std::vector<Id> ids;
  for (const Object& one : rows) ids.push_back(one.id);
  for (Object& object : snapshot->objects) {
    if (!comes_after(object) || object.steps.empty()) continue;
    std::vector<Id>& needs = object.steps.front().needs;
    needs.insert(needs.end(), ids.begin(), ids.end());
  }
  for (const Object& one : rows) {
    snapshot->objects.push_back(one);
    if (!one.steps.empty()) snapshot->objects.back().steps.front().needs = before;
  }
  sort(snapshot);
}

}  // namespace gander::schema
