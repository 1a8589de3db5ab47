// SPDX-License-Identifier: MIT
#ifdef GANDER_WITH_MYSQL

#include "tests/support/mysql_server.h"

#include <mysql.h>
#include <pwd.h>
#include <signal.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace gander::testing_support {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUser = "mysql";
constexpr std::chrono::seconds kStartTime{60};

std::string find_program(const std::string& name) {
  for (const char* directory : {"/usr/sbin/", "/usr/bin/", "/usr/local/bin/", "/usr/libexec/"}) {
    if (::access((directory + name).c_str(), X_OK) == 0) return directory + name;
  }
  return {};
}

std::string find_server() {
  if (const char* given = std::getenv("GANDER_MYSQLD")) return given;
  return find_program("mariadbd");
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// Each change of a schema syncs several files: in memory the tests take a tenth of the time.
fs::path place_for_files() {
  struct statvfs memory{};
  constexpr std::uint64_t kEnough = 512U << 20U;
  const bool roomy = ::access("/dev/shm", W_OK) == 0 && ::statvfs("/dev/shm", &memory) == 0 &&
                     static_cast<std::uint64_t>(memory.f_bavail) * memory.f_frsize >= kEnough;
  return roomy && std::getenv("TMPDIR") == nullptr ? fs::path("/dev/shm")
                                                   : fs::temp_directory_path();
}

void give_to_user(const std::string& path) {
  const passwd* user = ::getpwnam(kUser);
  if (::geteuid() != 0 || user == nullptr) return;
  if (::chown(path.c_str(), user->pw_uid, user->pw_gid) != 0) {
    throw std::runtime_error("cannot chown " + path);
  }
}

}  // namespace

MysqlClient::MysqlClient(const std::string& socket, const std::string& database) {
  handle_ = ::mysql_init(nullptr);
  ::mysql_options(handle_, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  if (::mysql_real_connect(handle_, nullptr, "root", nullptr, database.c_str(), 0, socket.c_str(),
                           CLIENT_MULTI_STATEMENTS) == nullptr) {
    const std::string why = ::mysql_error(handle_);
    ::mysql_close(handle_);
    throw std::runtime_error(why);
  }
}

MysqlClient::~MysqlClient() { ::mysql_close(handle_); }

void MysqlClient::fail() const {
  throw std::runtime_error(std::to_string(::mysql_errno(handle_)) + " " + ::mysql_error(handle_));
}

void MysqlClient::send(std::string_view sql) {
  if (::mysql_send_query(handle_, sql.data(), sql.size()) != 0) fail();
}

std::string MysqlClient::collect() {
  if (::mysql_read_query_result(handle_) != 0) fail();
  std::string lines;
  for (;;) {
    MYSQL_RES* result = ::mysql_store_result(handle_);
    if (result == nullptr && ::mysql_field_count(handle_) != 0) fail();
    if (result != nullptr) {
      lines.clear();
      for (MYSQL_ROW row = ::mysql_fetch_row(result); row != nullptr;) {
        const unsigned long* sizes = ::mysql_fetch_lengths(result);
        for (unsigned i = 0; i < ::mysql_num_fields(result); ++i) {
          if (i > 0) lines += '|';
          if (row[i] != nullptr) lines.append(row[i], sizes[i]);
        }
        row = ::mysql_fetch_row(result);
        if (row != nullptr) lines += '\n';
      }
      ::mysql_free_result(result);
    }
    const int more = ::mysql_next_result(handle_);
    if (more < 0) return lines;
    if (more > 0) fail();
  }
}

std::string MysqlClient::ask(std::string_view sql) {
  send(sql);
  return collect();
}

bool MysqlServer::is_oracle() { return std::getenv("GANDER_MYSQLD") != nullptr; }

bool MysqlServer::available(std::string* why) {
  if (find_server().empty() || (!is_oracle() && find_program("mariadb-install-db").empty())) {
    *why = "no MariaDB server programs on this machine (apt-get install mariadb-server)";
  } else if (::geteuid() == 0 && ::getpwnam(kUser) == nullptr) {
    *why = "running as root, and there is no user mysql to run a MariaDB server as";
  }
  return why->empty();
}

MysqlServer& MysqlServer::shared() {
  static MysqlServer server;
  return server;
}

MysqlServer::MysqlServer(const std::vector<std::string>& settings)
    : temp_(place_for_files()),
      directory_(temp_.path()),
      socket_(directory_ + "/s"),
      settings_(settings) {
  fs::permissions(temp_.path(), fs::perms::owner_all | fs::perms::group_read |
                                    fs::perms::group_exec | fs::perms::others_read |
                                    fs::perms::others_exec);
  give_to_user(directory_);
  initialize();
  start();
}

MysqlServer::~MysqlServer() {
  if (process_ != nullptr) stop(SIGKILL);
}

void MysqlServer::initialize() const {
  std::vector<std::string> argv;
  if (is_oracle()) {
    argv = {find_server(), "--no-defaults", "--initialize-insecure"};
  } else {
    // A server that starts empties the directory of temporary files, whosever they are.
    argv = {"/usr/bin/env",
            "TMPDIR=" + directory_,
            find_program("mariadb-install-db"),
            "--no-defaults",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--skip-name-resolve",
            "--innodb-log-file-size=8M"};
  }
  argv.push_back("--datadir=" + directory_ + "/data");
  Process process(argv, directory_ + "/initialize.log", kUser);
  if (process.wait() != 0) throw std::runtime_error(read_file(directory_ + "/initialize.log"));
}

void MysqlServer::start() {
  std::vector<std::string> argv = {find_server(),
                                   "--no-defaults",
                                   "--datadir=" + directory_ + "/data",
                                   "--socket=" + socket_,
                                   "--pid-file=" + directory_ + "/pid",
                                   "--tmpdir=" + directory_,
                                   "--skip-networking",
                                   "--skip-log-bin",
                                   "--max-connections=200",
                                   "--innodb-buffer-pool-size=32M",
                                   "--innodb-flush-log-at-trx-commit=0"};
  if (is_oracle()) {
    argv.insert(argv.end(), {"--mysqlx=OFF", "--secure-file-priv=NULL"});
  } else {
    argv.insert(argv.end(), {"--innodb-log-file-size=8M", "--debug-no-sync=1"});
  }
  argv.insert(argv.end(), settings_.begin(), settings_.end());
  process_ = std::make_unique<Process>(argv, directory_ + "/log", kUser, SIGKILL);
  const auto limit = std::chrono::steady_clock::now() + kStartTime;
  for (;;) {
    try {
      MysqlClient(socket_, "mysql");
      return;
    } catch (const std::runtime_error& error) {
      if (!process_->running() || std::chrono::steady_clock::now() > limit) {
        throw std::runtime_error(std::string("the server did not start: ") + error.what() + "\n" +
                                 log());
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

void MysqlServer::stop(int signal) {
  thaw();
  process_->send(signal);
  process_->wait();
  process_.reset();
}

void MysqlServer::freeze() const { process_->send(SIGSTOP); }
void MysqlServer::thaw() const { process_->send(SIGCONT); }

std::string MysqlServer::log() const { return read_file(directory_ + "/log"); }

std::string MysqlServer::url(const std::string& database, const std::string& parameters) const {
  return "mysql://root@/" + database + "?socket=" + socket_ +
         (parameters.empty() ? "" : "&" + parameters);
}

std::string MysqlServer::dsn(const std::string& database) const {
  return "root@unix(" + socket_ + ")/" + database + "?parseTime=true";
}

std::string MysqlServer::create_database() {
  const std::string name = "test" + std::to_string(++databases_);
  MysqlClient(socket_, "mysql").ask("CREATE DATABASE " + name);
  return name;
}

}  // namespace gander::testing_support

#endif  // GANDER_WITH_MYSQL
