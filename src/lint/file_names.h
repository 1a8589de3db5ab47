// SPDX-License-Identifier: MIT
// FileNames: what the names of a project's files have to match. See LintSettings::names.
#pragma once

#include <memory>
#include <string>

namespace gander::linting {

class FileNames {
 public:
  // Empty: any will do. Throws Error(usage) for what is no extended regular expression of POSIX.
  explicit FileNames(std::string expression);
  ~FileNames();
  FileNames(const FileNames&) = delete;
  FileNames& operator=(const FileNames&) = delete;

  bool take(const std::string& name) const;
  const std::string& expression() const { return expression_; }

 private:
  struct Compiled;
  const std::string expression_;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace gander::linting
