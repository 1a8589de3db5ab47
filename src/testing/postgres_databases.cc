// SPDX-License-Identifier: MIT
#include <algorithm>
#include <memory>
#include <utility>

#include "gander/error.h"
#include "gander/migration_runner.h"
#include "gander/target.h"
#include "gander/testing.h"
#include "src/base/host.h"
#include "src/driver/driver.h"
#include "src/testing/template.h"

namespace gander::testing {
namespace {

constexpr std::string_view kTemplatePrefix = "gander_template_";
constexpr std::string_view kDatabasePrefix = "gander_test_";

// PostgreSQL's invalid_catalog_name: no such database.
constexpr std::string_view kNoDatabase = "3D000";

// The URL with another database in the place of its own.
std::string url_of(std::string_view server, std::string_view name) {
  const std::size_t authority = server.find("://") + 3;
  const std::size_t query = std::min(server.find('?', authority), server.size());
  const std::size_t slash = std::min(server.find('/', authority), query);
  return std::string(server.substr(0, slash)) + "/" + std::string(name) +
         std::string(server.substr(query));
}

std::string identifier(std::string_view name) { return "\"" + std::string(name) + "\""; }

std::int64_t integer(const driver::Rows& rows) {
  const auto* number = std::get_if<std::int64_t>(&rows.rows.at(0).at(0));
  return number == nullptr ? 0 : *number;
}

// A session on the server's own database: CREATE DATABASE runs in no transaction.
class Administrator {
 public:
  explicit Administrator(const std::string& server)
      : target_(open(server)), connection_(target_.driver().connect({})) {}

  driver::Connection& connection() { return *connection_; }

  bool exists(const std::string& name) {
    return integer(connection_->query(
               "SELECT count(*) FROM pg_catalog.pg_database WHERE datname = '" + name + "'")) > 0;
  }

  void drop(const std::string& name) {
    // A database that takes no connections has none to be ended.
    connection_->execute(
        "DROP DATABASE IF EXISTS " + identifier(name) +
        (integer(connection_->query(
             "SELECT pg_catalog.current_setting('server_version_num')::int")) >= 130000
             ? " WITH (FORCE)"
             : ""));
  }

 private:
  Target target_;
  std::unique_ptr<driver::Connection> connection_;
};

void drop_quietly(const std::string& server, const std::string& name) noexcept {
  if (name.empty()) return;
  try {
    Administrator(server).drop(name);
  } catch (const std::exception&) {
    // It stays behind, and its name says where it came from.
  }
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
void PostgresDatabase::drop() noexcept { drop_quietly(server_, name_); }

class PostgresDatabases::Impl {
 public:
  Impl(std::string server, Source source, TemplateOptions options)
      : server_(std::move(server)), source_(source), options_(std::move(options)) {
    if (!server_.starts_with("postgres://") && !server_.starts_with("postgresql://")) {
      throw Error(ErrorCode::usage, "the server of test databases must be given as a URL",
                  "write for example postgres://user@host/postgres");
    }
  }

  ~Impl() {
    if (private_) drop_quietly(server_, template_);
  }

  const std::string& prepare() {
    if (!template_.empty()) return template_;
    private_ = has_functions(source_);
    const std::string name =
        std::string(kTemplatePrefix) +
        (private_ ? random_id() : template_digest(source_, options_, "postgres"));
    if (!administrator().exists(name)) migrate(name);
    template_ = name;
    return template_;
  }

  PostgresDatabase make() {
    const std::string name = std::string(kDatabasePrefix) + random_id();
    try {
      copy(name);
    } catch (const Error& error) {
      // Somebody has dropped the template since.
      if (private_ || error.details().sqlstate != kNoDatabase) throw;
      template_.clear();
      copy(name);
    }
    return PostgresDatabase(server_, name);
  }

 private:
  Administrator& administrator() {
    if (administrator_ == nullptr) administrator_ = std::make_unique<Administrator>(server_);
    return *administrator_;
  }

  void copy(const std::string& name) {
    const std::string& from = prepare();
    administrator().connection().execute("CREATE DATABASE " + identifier(name) + " TEMPLATE " +
                                         identifier(from));
  }

  // Under a name of its own until it is complete. Of two that do it at the same time the second one
  // finds the name taken and uses what is there.
  void migrate(const std::string& name) {
    PostgresDatabase partial(server_, std::string(kTemplatePrefix) + "partial_" + random_id());
    driver::Connection& connection = administrator().connection();
    connection.execute("CREATE DATABASE " + identifier(partial.name()));
    MigrationRunner(open(partial.url()), source_, options_.migration).up();
    // A session in a template would make every copy fail.
    connection.execute("ALTER DATABASE " + identifier(partial.name()) + " ALLOW_CONNECTIONS false");
    try {
      connection.execute("ALTER DATABASE " + identifier(partial.name()) + " RENAME TO " +
                         identifier(name));
    } catch (const Error&) {
      if (!administrator().exists(name)) throw;
    }
  }

  std::string server_;
  Source source_;
  TemplateOptions options_;
  std::string template_;
  bool private_ = false;
  std::unique_ptr<Administrator> administrator_;
};

PostgresDatabases::PostgresDatabases(std::string server, Source source, TemplateOptions options)
    : impl_(std::make_unique<Impl>(std::move(server), std::move(source), std::move(options))) {}
PostgresDatabases::~PostgresDatabases() = default;
PostgresDatabases::PostgresDatabases(PostgresDatabases&&) noexcept = default;
PostgresDatabases& PostgresDatabases::operator=(PostgresDatabases&&) noexcept = default;

PostgresDatabase PostgresDatabases::make() { return impl_->make(); }
std::string PostgresDatabases::template_name() { return impl_->prepare(); }

}  // namespace gander::testing
