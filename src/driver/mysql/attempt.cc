// SPDX-License-Identifier: MIT
#include "src/driver/mysql/attempt.h"

#include <algorithm>
#include <memory>

#include "src/base/background.h"
#include "src/driver/mysql/failure.h"

namespace gander::driver::mysql {
namespace {

using std::chrono::milliseconds;

// How soon a stopped run is noticed.
constexpr milliseconds kLook{40};
// Where the URL says nothing.
constexpr milliseconds kUsualLimit = std::chrono::seconds(30);

// The library counts seconds.
unsigned seconds(milliseconds time) {
  return static_cast<unsigned>(std::max<std::int64_t>(1, (time.count() + 999) / 1000));
}

const char* text_or_null(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

}  // namespace

MYSQL* Attempt::make(const Settings& settings, const CancelToken* cancel, milliseconds limit) {
  const auto attempt = std::make_shared<Attempt>(settings);
  client();  // throws here when there is none
  errand([attempt] { attempt->run(); });
  return attempt->wait(cancel, limit);
}

Attempt::~Attempt() {
  if (handle_ != nullptr) client().mysql_close(handle_);
}

MYSQL* Attempt::wait(const CancelToken* cancel, milliseconds limit) {
  const Clock::time_point end = Clock::now() + limit;
  std::unique_lock guard(mutex_);
  while (!finished_.wait_for(guard, kLook, [this] { return done_; })) {
    if (cancel != nullptr && cancel->stopped()) throw cancel->error();
    if (limit.count() == 0 || Clock::now() < end) continue;
    ErrorDetails details;
    details.code = ErrorCode::connection;
    details.message = "cannot connect to " + settings_.display + ": no answer in time";
    details.hint = "check host, port and firewall, or wait longer";
    details.retryable = true;
    throw Error(std::move(details));
  }
  if (error_ != nullptr) std::rethrow_exception(error_);
  MYSQL* handle = handle_;
  handle_ = nullptr;
  return handle;
}

void Attempt::run() noexcept {
  try {
    connect();
  } catch (...) {
    error_ = std::current_exception();
  }
  const std::lock_guard guard(mutex_);
  done_ = true;
  finished_.notify_one();
}

void Attempt::set_tls() {
  const Client& mysql = client();
  const my_bool yes = 1;
  const my_bool no = 0;
  const Settings& s = settings_;
  const bool verified = s.tls == Tls::verified;
  mysql.mysql_options(handle_, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, verified ? &yes : &no);
  if (s.tls == Tls::off) return;
  mysql.mysql_ssl_set(handle_, text_or_null(s.tls_key), text_or_null(s.tls_cert),
                      text_or_null(s.tls_ca), text_or_null(s.tls_capath),
                      text_or_null(s.tls_cipher));
  if (!s.tls_version.empty()) {
    mysql.mysql_options(handle_, MARIADB_OPT_TLS_VERSION, s.tls_version.c_str());
  }
  if (s.tls != Tls::preferred) mysql.mysql_options(handle_, MYSQL_OPT_SSL_ENFORCE, &yes);
}

void Attempt::set_options() {
  const Client& mysql = client();
  const Settings& s = settings_;
  const unsigned connect = seconds(s.connect_timeout.count() > 0 ? s.connect_timeout : kUsualLimit);
  mysql.mysql_options(handle_, MYSQL_OPT_CONNECT_TIMEOUT, &connect);
  if (s.read_timeout.count() > 0) {
    const unsigned read = seconds(s.read_timeout);
    mysql.mysql_options(handle_, MYSQL_OPT_READ_TIMEOUT, &read);
  }
  if (s.write_timeout.count() > 0) {
    const unsigned write = seconds(s.write_timeout);
    mysql.mysql_options(handle_, MYSQL_OPT_WRITE_TIMEOUT, &write);
  }
  // A server must not be able to ask for files of this machine.
  const unsigned no_files = 0;
  mysql.mysql_options(handle_, MYSQL_OPT_LOCAL_INFILE, &no_files);
  const my_bool no = 0;
  mysql.mysql_options(handle_, MYSQL_OPT_RECONNECT, &no);
  mysql.mysql_options(handle_, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  const unsigned protocol = s.local() ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP;
  mysql.mysql_options(handle_, MYSQL_OPT_PROTOCOL, &protocol);
  if (s.max_packet > 0) mysql.mysql_options(handle_, MYSQL_OPT_MAX_ALLOWED_PACKET, &s.max_packet);
  if (s.compress) mysql.mysql_options(handle_, MYSQL_OPT_COMPRESS, nullptr);
  if (!s.plugin_directory.empty()) {
    mysql.mysql_options(handle_, MYSQL_PLUGIN_DIR, s.plugin_directory.c_str());
  }
  mysql.mysql_options4(handle_, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", "gander");
  set_tls();
}

void Attempt::connect() {
  const Client& mysql = client();
  handle_ = mysql.mysql_init(nullptr);
  if (handle_ == nullptr) throw Error(ErrorCode::connection, "the client library has no memory");
  set_options();
  const Settings& s = settings_;
  const bool socket = s.local();
  const MYSQL* made = mysql.mysql_real_connect(
      handle_, socket ? nullptr : s.host.c_str(), text_or_null(s.user), s.password.c_str(),
      text_or_null(s.database), s.port, socket ? s.socket.c_str() : nullptr, CLIENT_FOUND_ROWS);
  if (made == nullptr) {
    throw Error(refused_connection(handle_, s.display, !s.password.empty(), s.secrets));
  }
  mysql.mysql_options(handle_, MYSQL_OPT_NONBLOCK, nullptr);
}

}  // namespace gander::driver::mysql
