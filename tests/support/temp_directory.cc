// SPDX-License-Identifier: MIT
#include "tests/support/temp_directory.h"

#include <stdlib.h>

#include <fstream>
#include <stdexcept>

namespace gander::testing_support {

TempDirectory::TempDirectory(const std::filesystem::path& parent) {
  std::string pattern = (parent / "gander-test-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make " + pattern);
  path_ = pattern;
}

TempDirectory::~TempDirectory() {
  std::error_code ignored;  // a test's leftovers are no reason to fail it
  std::filesystem::remove_all(path_, ignored);
}

void TempDirectory::write(std::string_view name, std::string_view text) const {
  const std::filesystem::path path = path_ / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
}

}  // namespace gander::testing_support
