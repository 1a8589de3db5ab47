// SPDX-License-Identifier: MIT
// Connection::visit() and visit_all() for a database that gives its results one by one, as a whole.
#include "src/driver/driver.h"

namespace gander::driver {
namespace {

class ValueRow final : public Row {
 public:
  explicit ValueRow(const std::vector<Value>& values) : values_(values) {}

  std::int64_t integer(int column) const override {
    const Value& value = values_[static_cast<std::size_t>(column)];
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return *integer;
    if (const auto* real = std::get_if<double>(&value)) return static_cast<std::int64_t>(*real);
    return 0;
  }

  std::string_view text(int column) const override {
    const Value& value = values_[static_cast<std::size_t>(column)];
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    return {};
  }

 private:
  const std::vector<Value>& values_;
};

}  // namespace

void Connection::visit(std::string_view sql, const std::function<void(const Row&)>& each) {
  for (const std::vector<Value>& values : query(sql).rows) each(ValueRow(values));
}

void Connection::visit_all(std::span<const Visit> visits) {
  for (const Visit& visit : visits) this->visit(visit.sql, visit.each);
}

}  // namespace gander::driver
