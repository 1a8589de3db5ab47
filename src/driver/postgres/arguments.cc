// SPDX-License-Identifier: MIT
#include "src/driver/postgres/arguments.h"

#include <charconv>

#include "gander/error.h"

namespace gander::driver::postgres {
namespace {

constexpr Oid kBytea = 17;  // src/include/catalog/pg_type.dat

// to_chars() obeys no locale and loses nothing; the server reads its "inf" and "nan".
std::string text_of(double number) {
  char digits[32];
  return std::string(digits, std::to_chars(digits, digits + sizeof(digits), number).ptr);
}

}  // namespace

Arguments::Arguments(std::span<const Parameter> parameters) {
  texts_.reserve(parameters.size());  // values_ points into it
  for (const Parameter& parameter : parameters) {
    const Parameter::Held& held = parameter.held();
    if (const auto* bytes = std::get_if<std::span<const std::byte>>(&held)) {
      const auto* data = reinterpret_cast<const char*>(bytes->data());
      values_.push_back(bytes->empty() ? "" : data);
      lengths_.push_back(static_cast<int>(bytes->size()));
      types_.push_back(kBytea);
      formats_.push_back(1);
      continue;
    }
    if (const auto* integer = std::get_if<std::int64_t>(&held)) {
      texts_.push_back(std::to_string(*integer));
    } else if (const auto* real = std::get_if<double>(&held)) {
      texts_.push_back(text_of(*real));
    } else if (const auto* text = std::get_if<std::string_view>(&held)) {
      if (text->find('\0') != std::string_view::npos) {
        throw Error(ErrorCode::usage,
                    "parameter $" + std::to_string(values_.size() + 1) +
                        " holds a NUL byte, which a text of PostgreSQL cannot",
                    "pass bytes (std::span<const std::byte>) to a column of type bytea");
      }
      texts_.emplace_back(*text);
    }
    const bool null = std::holds_alternative<std::monostate>(held);
    values_.push_back(null ? nullptr : texts_.back().c_str());
    lengths_.push_back(0);
    types_.push_back(0);
    formats_.push_back(0);
  }
}

std::string Arguments::signature() const {
  std::string signature;
  for (const int format : formats_) signature += format == 1 ? 'b' : 't';
  return signature;
}

}  // namespace gander::driver::postgres
