// SPDX-License-Identifier: MIT
#include "src/schema/migration.h"

#include <string_view>
#include <vector>

#include "gander/error.h"
#include "src/schema/describe.h"
#include "src/schema/order.h"
#include "src/schema/print.h"

namespace gander::schema {
namespace {

constexpr std::string_view kAnnotation = "-- +goose";

void refuse_annotation(const Object& object, std::string_view sql) {
  for (std::size_t at = 0; at != std::string_view::npos;) {
    const std::size_t first = sql.find_first_not_of(" \t", at);
    if (first != std::string_view::npos && sql.substr(first).starts_with(kAnnotation)) {
      throw Error(ErrorCode::unsupported,
                  "the definition of " + described(object.id) +
                      " has a line that a file of migrations takes for an annotation",
                  "take the comment `-- +goose ...` out of it");
    }
    at = sql.find('\n', at);
    if (at != std::string_view::npos) ++at;
  }
}

// goose ends a statement at each line that ends in `;`, whatever it stands in.
std::string statement(std::string_view sql, const sql::LexicalRules& rules) {
  const std::string ended = schema::ended(sql, rules);
  const bool plain =
      sql.find(';') == std::string_view::npos && sql.find("--") == std::string_view::npos;
  if (plain) return ended;
  return "-- +goose StatementBegin\n" + ended + "-- +goose StatementEnd\n";
}

// "SET name = value" for this transaction alone, so that no file behind it is reached.
std::string local(std::string_view setting) {
  constexpr std::string_view kSet = "SET ";
  if (!setting.starts_with(kSet)) return std::string(setting);
  return "SET LOCAL " + std::string(setting.substr(kSet.size()));
}

// What takes "SET name = value" back; empty for other settings.
std::string reset(std::string_view setting) {
  constexpr std::string_view kSet = "SET ";
  if (!setting.starts_with(kSet)) return {};
  const std::string_view name = setting.substr(kSet.size());
  return "RESET " + std::string(name.substr(0, name.find_first_of(" =")));
}

}  // namespace

std::string migration(const Snapshot& snapshot, const sql::LexicalRules& rules,
                      const MigrationForm& form) {
  const std::vector<OrderedStep> steps = ordered(snapshot);
  const bool whole = form.statements_per_transaction == 0 ||
                     steps.size() <= static_cast<std::size_t>(form.statements_per_transaction);
  std::string text = form.comment;
  for (const Remark& remark : snapshot.remarks) {
    text += commented(described(remark.about) + ": " + remark.message);
  }
  text += '\n';
  if (!whole) {
    text +=
        "-- Each object that is made is a lock until its transaction ends, and these are too "
        "many for one.\n-- +goose NO TRANSACTION\n\n";
  }
  text += "-- +goose Up\n";
  for (const std::string& setting : snapshot.settings) {
    text += ended(whole ? local(setting) : setting, rules);
  }
  for (const OrderedStep& step : steps) {
    refuse_annotation(*step.object, step.step->sql);
    text += '\n' + statement(step.step->sql, rules);
  }
  bool first = true;
  for (const std::string& setting : snapshot.settings) {
    const std::string back = whole ? std::string() : reset(setting);
    if (back.empty()) continue;
    text += (first ? "\n" : "") + ended(back, rules);
    first = false;
  }
  return text;
}

}  // namespace gander::schema
