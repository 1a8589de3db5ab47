// SPDX-License-Identifier: MIT
#ifdef GANDER_WITH_POSTGRES

#include "tests/support/postgres_server.h"

#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "src/driver/postgres/libpq.h"

namespace gander::testing_support {
namespace {

namespace fs = std::filesystem;
using driver::postgres::libpq;
using driver::postgres::ResultHandle;

constexpr const char* kUser = "postgres";
constexpr const char* kPort = "5432";  // names the socket only: nothing listens on TCP
constexpr std::chrono::seconds kStartTime{30};

std::string find_programs() {
  if (const char* given = std::getenv("GANDER_POSTGRES_BIN")) return given;
  std::string best;
  int best_major = 0;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", none)) {
    const int major = std::atoi(entry.path().filename().c_str());
    const fs::path bin = entry.path() / "bin";
    if (major > best_major && fs::exists(bin / "initdb") && fs::exists(bin / "postgres")) {
      best = bin;
      best_major = major;
    }
  }
  for (const char* bin : {"/usr/bin", "/usr/local/pgsql/bin"}) {
    if (best.empty() && fs::exists(fs::path(bin) / "initdb")) best = bin;
  }
  return best;
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

void give_to_user(const std::string& path) {
  const passwd* user = ::getpwnam(kUser);
  if (::geteuid() != 0 || user == nullptr) return;
  if (::chown(path.c_str(), user->pw_uid, user->pw_gid) != 0) {
    throw std::runtime_error("cannot chown " + path);
  }
}

void wait_for_server(const std::string& conninfo, Process& process, const std::string& log) {
  const auto limit = std::chrono::steady_clock::now() + kStartTime;
  for (;;) {
    try {
      Client(conninfo).ask("SELECT 1");
      return;
    } catch (const std::runtime_error& error) {
      if (!process.running() || std::chrono::steady_clock::now() > limit) {
        throw std::runtime_error(std::string("the server did not start: ") + error.what() + "\n" +
                                 read_file(log));
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

std::string make_url(const std::string& directory, const std::string& database,
                     const std::string& parameters) {
  return "postgres://postgres@/" + database + "?host=" + directory + "&port=" + kPort +
         (parameters.empty() ? "" : "&" + parameters);
}

}  // namespace

Client::Client(const std::string& conninfo) {
  const char* keywords[] = {"dbname", "application_name", nullptr};
  const char* values[] = {conninfo.c_str(), "test client", nullptr};
  handle_ = libpq().PQconnectStartParams(keywords, values, 1);
  libpq().PQsetNoticeReceiver(handle_, [](void*, const PGresult*) {}, nullptr);
  PostgresPollingStatusType status = PGRES_POLLING_WRITING;
  // On a unix socket each step is immediate: no waiting between them is worth its code.
  while (status != PGRES_POLLING_OK && status != PGRES_POLLING_FAILED) {
    status = libpq().PQconnectPoll(handle_);
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  if (status == PGRES_POLLING_OK) return;
  const std::string why = libpq().PQerrorMessage(handle_);
  libpq().PQfinish(handle_);
  throw std::runtime_error(why);
}

Client::~Client() { libpq().PQfinish(handle_); }

void Client::send(std::string_view sql) {
  if (libpq().PQsendQuery(handle_, std::string(sql).c_str()) == 0) {
    throw std::runtime_error(libpq().PQerrorMessage(handle_));
  }
}

std::string Client::collect() {
  std::string lines;
  std::string error;
  while (const ResultHandle result = ResultHandle(libpq().PQgetResult(handle_))) {
    if (libpq().PQresultStatus(result.get()) == PGRES_FATAL_ERROR) {
      error = libpq().PQresultErrorMessage(result.get());
    }
    if (libpq().PQresultStatus(result.get()) != PGRES_TUPLES_OK) continue;
    lines.clear();
    for (int i = 0; i < libpq().PQntuples(result.get()); ++i) {
      if (i > 0) lines += '\n';
      for (int j = 0; j < libpq().PQnfields(result.get()); ++j) {
        if (j > 0) lines += '|';
        lines += libpq().PQgetvalue(result.get(), i, j);
      }
    }
  }
  if (!error.empty()) throw std::runtime_error(error);
  return lines;
}

std::string Client::ask(std::string_view sql) {
  send(sql);
  return collect();
}

bool PostgresServer::available(std::string* why) {
  if (find_programs().empty()) {
    *why = "no PostgreSQL server programs on this machine (apt-get install postgresql)";
  } else if (::geteuid() == 0 && ::getpwnam(kUser) == nullptr) {
    *why = "running as root, and there is no user postgres to run a PostgreSQL server as";
  }
  return why->empty();
}

PostgresServer& PostgresServer::shared() {
  static PostgresServer server({"log_statement=all"});
  return server;
}

PostgresServer::PostgresServer(const std::vector<std::string>& settings) : settings_(settings) {
  directory_ = temp_.path();
  fs::permissions(temp_.path(), fs::perms::owner_all | fs::perms::group_read |
                                    fs::perms::group_exec | fs::perms::others_read |
                                    fs::perms::others_exec);
  give_to_user(directory_);
  Process initdb({find_programs() + "/initdb", "-D", directory_ + "/data", "-U", "postgres", "-A",
                  "trust", "-E", "UTF8", "--locale=C", "--no-sync"},
                 directory_ + "/initdb.log", kUser);
  if (initdb.wait() != 0) throw std::runtime_error(read_file(directory_ + "/initdb.log"));
  start();
}

PostgresServer::~PostgresServer() {
  thaw();
  if (process_ != nullptr) stop(SIGQUIT);
}

void PostgresServer::start() {
  std::vector<std::string> argv = {find_programs() + "/postgres", "-D", directory_ + "/data"};
  std::vector<std::string> settings = {"listen_addresses=", "unix_socket_directories=" + directory_,
                                       std::string("port=") + kPort, "fsync=off",
                                       "max_connections=120"};
  settings.insert(settings.end(), settings_.begin(), settings_.end());
  for (const std::string& setting : settings) {
    argv.emplace_back("-c");
    argv.push_back(setting);
  }
  process_ = std::make_unique<Process>(argv, directory_ + "/log", kUser);
  wait_for_server(url("postgres"), *process_, directory_ + "/log");
}

void PostgresServer::stop(int signal) {
  process_->send(signal);
  process_->wait();
  process_.reset();
}

void PostgresServer::freeze() {
  // The postmaster first, so that no process comes after the list was made.
  process_->send(SIGSTOP);
  frozen_ = {process_->pid()};
  std::ifstream children("/proc/" + std::to_string(process_->pid()) + "/task/" +
                         std::to_string(process_->pid()) + "/children");
  for (pid_t child = 0; children >> child;) frozen_.push_back(child);
  if (frozen_.size() < 2) throw std::runtime_error("the server has no processes to freeze");
  for (const pid_t pid : frozen_) ::kill(pid, SIGSTOP);
}

void PostgresServer::thaw() {
  for (const pid_t pid : frozen_) ::kill(pid, SIGCONT);
  frozen_.clear();
}

std::string PostgresServer::log() const { return read_file(directory_ + "/log"); }

std::string PostgresServer::url(const std::string& database, const std::string& parameters) const {
  return make_url(directory_, database, parameters);
}

std::string PostgresServer::create_database() {
  const std::string name = "test" + std::to_string(++databases_);
  Client(url("postgres")).ask("CREATE DATABASE " + name);
  return name;
}

bool PgBouncer::available(std::string* why) {
  if (::access("/usr/sbin/pgbouncer", X_OK) != 0) *why = "no /usr/sbin/pgbouncer on this machine";
  return why->empty();
}

PgBouncer::PgBouncer(const PostgresServer& server, const std::string& mode) {
  const std::string directory = temp_.path();
  fs::permissions(temp_.path(), fs::perms::all);
  temp_.write("users", "\"postgres\" \"\"\n");
  temp_.write("ini", "[databases]\n* = host=" + server.directory() + " port=" + kPort +
                         "\n[pgbouncer]\npool_mode = " + mode +
                         "\nauth_type = trust\nauth_file = " + directory +
                         "/users\nlisten_addr =\nunix_socket_dir = " + directory +
                         "\nlisten_port = " + kPort +
                         "\nmax_client_conn = 200\ndefault_pool_size = 20\n"
                         "server_login_retry = 0.1\n");
  process_ =
      std::make_unique<Process>(std::vector<std::string>{"/usr/sbin/pgbouncer", directory + "/ini"},
                                directory + "/log", kUser);
  wait_for_server(url("postgres"), *process_, directory + "/log");
}

std::string PgBouncer::url(const std::string& database, const std::string& parameters) const {
  return make_url(temp_.path(), database, parameters);
}

}  // namespace gander::testing_support

#endif  // GANDER_WITH_POSTGRES
