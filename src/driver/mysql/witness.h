// SPDX-License-Identifier: MIT
// CatalogueWitness: tells from the catalogue, as it was before a statement that commits by itself
// and as it is now, whether the statement happened.
//
// What it cannot tell apart is the work of another session on the same object between the two
// looks.
#pragma once

#include <string>
#include <vector>

#include "src/driver/mysql/catalogue.h"
#include "src/driver/witness.h"

namespace gander::driver::mysql {

class CatalogueWitness final : public Witness {
 public:
  // `connection` must outlive the witness.
  explicit CatalogueWitness(Connection& connection) : catalogue_(connection) {}

  // Empty where nothing can be known of the statement.
  std::string before_image(const sql::Statement& statement) override;
  Outcome judge(const sql::Statement& statement, const std::string& before_image) override;
  bool only_makes(const sql::Statement& statement) const override;
  std::vector<std::string> images_ahead(std::span<const sql::Statement> statements) override;

 private:
  Outcome compare(const Effect& effect, const Image& before);

  Catalogue catalogue_;
};

}  // namespace gander::driver::mysql
