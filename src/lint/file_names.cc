// SPDX-License-Identifier: MIT
#include "src/lint/file_names.h"

#include <regex.h>

#include <array>
#include <utility>

#include "gander/error.h"

namespace gander::linting {

struct FileNames::Compiled {
  explicit Compiled(const std::string& text) {
    const int failure = ::regcomp(&expression, text.c_str(), REG_EXTENDED | REG_NOSUB);
    if (failure == 0) return;
    std::array<char, 200> why{};
    ::regerror(failure, &expression, why.data(), why.size());
    throw Error(ErrorCode::usage,
                "the names of files cannot be held against \"" + text + "\": " + why.data(),
                "write an extended regular expression of POSIX");
  }
  ~Compiled() { ::regfree(&expression); }
  Compiled(const Compiled&) = delete;
  Compiled& operator=(const Compiled&) = delete;

  regex_t expression{};
};

FileNames::FileNames(std::string expression) : expression_(std::move(expression)) {
  if (!expression_.empty()) compiled_ = std::make_unique<Compiled>(expression_);
}

FileNames::~FileNames() = default;

bool FileNames::take(const std::string& name) const {
  return compiled_ == nullptr ||
         ::regexec(&compiled_->expression, name.c_str(), 0, nullptr, 0) == 0;
}

}  // namespace gander::linting
