// SPDX-License-Identifier: MIT
#include <algorithm>
#include <memory>
#include <utility>

#include "gander/error.h"
#include "gander/target.h"
#include "gander/testing.h"
#include "src/driver/driver.h"
#include "src/testing/template.h"

namespace gander::testing {
namespace {

// The URL with another database in the place of its own.
std::string url_of(std::string_view server, std::string_view name) {
  const std::size_t authority = server.find("://") + 3;
  const std::size_t query = std::min(server.find('?', authority), server.size());
  const std::size_t slash = std::min(server.find('/', authority), query);
  return std::string(server.substr(0, slash)) + "/" + std::string(name) +
         std::string(server.substr(query));
}

}  // namespace

PostgresDatabase::PostgresDatabase(std::string server, std::string name)
    : server_(std::move(server)), name_(std::move(name)) {}
PostgresDatabase::~PostgresDatabase() { drop(); }
PostgresDatabase::PostgresDatabase(PostgresDatabase&& other) noexcept
    : server_(std::move(other.server_)), name_(std::move(other.name_)) {
  other.name_.clear();
}

PostgresDatabase& PostgresDatabase::operator=(PostgresDatabase&& other) noexcept {
  if (this != &other) {
    drop();
    server_ = std::move(other.server_);
    name_ = std::move(other.name_);
    other.name_.clear();
  }
  return *this;
}

std::string PostgresDatabase::url() const { return url_of(server_, name_); }

void PostgresDatabase::drop() noexcept {
  if (name_.empty()) return;
  try {
    open(server_).driver().scratches({})->drop(name_);
  } catch (const std::exception&) {
    // It stays behind, and its name says where it came from.
  }
}

class PostgresDatabases::Impl final : public Template {
 public:
  Impl(std::string server, Source source, TemplateOptions options)
      : Template(std::move(source), std::move(options), "postgres"), server_(std::move(server)) {
    if (!server_.starts_with("postgres://") && !server_.starts_with("postgresql://")) {
      throw Error(ErrorCode::usage, "the server of test databases must be given as a URL",
                  "write for example postgres://user@host/postgres");
    }
  }

  PostgresDatabase make() { return {server_, copy()}; }

 private:
  driver::Scratches& kept() override { return passing(); }
  driver::Scratches& passing() override {
    if (scratches_ == nullptr) scratches_ = open(server_).driver().scratches({});
    return *scratches_;
  }
  std::string name_of(const std::string& digest) override { return "gander_template_" + digest; }

  std::string server_;
  std::unique_ptr<driver::Scratches> scratches_;
};

PostgresDatabases::PostgresDatabases(std::string server, Source source, TemplateOptions options)
    : impl_(std::make_unique<Impl>(std::move(server), std::move(source), std::move(options))) {}
PostgresDatabases::~PostgresDatabases() = default;
PostgresDatabases::PostgresDatabases(PostgresDatabases&&) noexcept = default;
PostgresDatabases& PostgresDatabases::operator=(PostgresDatabases&&) noexcept = default;

PostgresDatabase PostgresDatabases::make() { return impl_->make(); }
std::string PostgresDatabases::template_name() { return impl_->prepare(); }

}  // namespace gander::testing
