// SPDX-License-Identifier: MIT
// Template: the migrated database that the copies for tests are made of.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "gander/source.h"
#include "gander/testing.h"
#include "src/driver/scratch.h"

namespace gander::testing {

class Template {
 public:
  // `engine`: the database and its version.
  Template(Source source, TemplateOptions options, std::string engine)
      : source_(std::move(source)), options_(std::move(options)), engine_(std::move(engine)) {}
  virtual ~Template() = default;

  // Its name, made if it must be.
  const std::string& prepare();
  // The name of a copy, which the caller drops.
  std::string copy();

 protected:
  // The makers of what is kept, and of what is not.
  virtual driver::Scratches& kept() = 0;
  virtual driver::Scratches& passing() = 0;
  // Under which it is kept; `digest` has 32 hexadecimal digits of everything that decides what the
  // migrations leave.
  virtual std::string name_of(const std::string& digest) = 0;

  const TemplateOptions& options() const { return options_; }

 private:
  std::string digest() const;
  void migrate(const driver::Scratch& scratch);
  std::string copy_prepared();

  Source source_;
  TemplateOptions options_;
  std::string engine_;
  std::string name_;
  // Migrations that are functions have no checksum: such a template goes with this object.
  std::unique_ptr<driver::Scratch> private_;
};

}  // namespace gander::testing
