// SPDX-License-Identifier: MIT
#include "src/driver/mysql/parameters.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "gander/error.h"
#include "src/driver/mysql/option_file.h"

namespace gander::driver::mysql {
namespace {

using std::chrono::milliseconds;

constexpr const char* kManual = "see gander/mysql.h for the parameters there are";

// Of goose's driver: what it does with rows and sockets in Go, what is always so here (several
// statements in a block, rows that an UPDATE finds) and what is never so here (LOCAL INFILE, the
// passwords of before MySQL 4.1).
constexpr std::array<std::string_view, 11> kFlagsWithoutEffect = {
    "allowAllFiles",        "allowFallbackToPlaintext",
    "allowNativePasswords", "allowOldPasswords",
    "checkConnLiveness",    "clientFoundRows",
    "columnsWithAlias",     "interpolateParams",
    "multiStatements",      "parseTime",
    "rejectReadOnly"};
constexpr std::array<std::string_view, 3> kWithoutEffect = {"loc", "connectionAttributes",
                                                            "timeTruncate"};

bool is_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// A variable, with @@session. or without.
bool is_variable(std::string_view name) {
  for (const std::string_view scope : {"@@session.", "session.", "@@"}) {
    if (name.starts_with(scope)) return is_word(name.substr(scope.size()));
  }
  return is_word(name);
}

[[noreturn]] void refuse_value(const std::string& name, const std::string& wanted) {
  refuse("the value of " + name + " in the database URL is not " + wanted, kManual);
}

bool truth(const std::string& name, const std::string& value) {
  for (const std::string_view yes : {"1", "true", "TRUE", "True"}) {
    if (value == yes) return true;
  }
  for (const std::string_view no : {"0", "false", "FALSE", "False"}) {
    if (value == no) return false;
  }
  refuse_value(name, "true or false");
}

unsigned long number(const std::string& name, const std::string& value) {
  unsigned long parsed = 0;
  const char* end = value.data() + value.size();
  const auto [at, failure] = std::from_chars(value.data(), end, parsed);
  if (failure != std::errc() || at != end) refuse_value(name, "a number");
  return parsed;
}

// "1m30s", "500ms", or seconds.
milliseconds duration(const std::string& name, const std::string& value) {
  constexpr std::array<std::pair<std::string_view, double>, 6> kUnits = {
      {{"ms", 1}, {"us", 0.001}, {"ns", 0.000001}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};
  constexpr double kMost = 1e12;
  double sum = 0;
  for (std::string_view rest = value; !rest.empty();) {
    double part = 0;
    const auto [at, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), part);
    if (failure != std::errc() || part < 0) refuse_value(name, "a time such as 30s");
    rest.remove_prefix(static_cast<std::size_t>(at - rest.data()));
    const auto unit = std::ranges::find_if(
        kUnits, [&](const auto& each) { return rest.starts_with(each.first); });
    if (unit == kUnits.end() && !rest.empty()) refuse_value(name, "a time such as 30s");
    sum += part * (rest.empty() ? 1000 : unit->second);
    if (!rest.empty()) rest.remove_prefix(unit->first.size());
  }
  if (value.empty() || sum > kMost) refuse_value(name, "a time such as 30s");
  return milliseconds(static_cast<std::int64_t>(sum + 0.999));
}

void take_tls(const std::string& name, const std::string& value, Settings* settings) {
  struct Word {
    std::string_view text;
    Tls tls;
  };
  // goose's driver; MySQL's --ssl-mode; what others write.
  constexpr std::array<Word, 19> kWords = {{{"false", Tls::off},
                                            {"0", Tls::off},
                                            {"disabled", Tls::off},
                                            {"disable", Tls::off},
                                            {"off", Tls::off},
                                            {"preferred", Tls::preferred},
                                            {"prefer", Tls::preferred},
                                            {"skip-verify", Tls::required},
                                            {"required", Tls::required},
                                            {"require", Tls::required},
                                            {"true", Tls::verified},
                                            {"1", Tls::verified},
                                            {"on", Tls::verified},
                                            {"verify_ca", Tls::verified},
                                            {"verify-ca", Tls::verified},
                                            {"verify_identity", Tls::verified},
                                            {"verify-identity", Tls::verified},
                                            {"verify-full", Tls::verified},
                                            {"custom", Tls::verified}}};
  std::string small(value);
  std::ranges::transform(small, small.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  const auto* found = std::ranges::find_if(kWords, [&](const Word& w) { return w.text == small; });
  if (found == kWords.end()) {
    refuse_value(name, "true, skip-verify, preferred or false");
  }
  settings->tls = found->tls;
  settings->tls_given = true;
}

std::string* text_of(std::string_view name, Settings* settings) {
  struct Text {
    std::string_view name;
    std::string Settings::* text;
  };
  static constexpr std::array<Text, 20> kTexts = {{{"socket", &Settings::socket},
                                                   {"unix_socket", &Settings::socket},
                                                   {"user", &Settings::user},
                                                   {"password", &Settings::password},
                                                   {"collation", &Settings::collation},
                                                   {"ssl-ca", &Settings::tls_ca},
                                                   {"ssl_ca", &Settings::tls_ca},
                                                   {"sslrootcert", &Settings::tls_ca},
                                                   {"ssl-capath", &Settings::tls_capath},
                                                   {"ssl-cert", &Settings::tls_cert},
                                                   {"ssl_cert", &Settings::tls_cert},
                                                   {"sslcert", &Settings::tls_cert},
                                                   {"ssl-key", &Settings::tls_key},
                                                   {"ssl_key", &Settings::tls_key},
                                                   {"sslkey", &Settings::tls_key},
                                                   {"ssl-cipher", &Settings::tls_cipher},
                                                   {"tls-version", &Settings::tls_version},
                                                   {"plugin-dir", &Settings::plugin_directory},
                                                   {"option-file", &Settings::option_file},
                                                   {"read-default-file", &Settings::option_file}}};
  for (const Text& each : kTexts) {
    if (each.name == name) return &(settings->*each.text);
  }
  return nullptr;
}

// goose's driver takes a list, and uses the first that the server knows.
void take_charset(const std::string& value, Settings* settings) {
  const std::string first = value.substr(0, value.find(','));
  if (!is_word(first)) refuse_value("charset", "the name of a character set");
  settings->charset = first;
}

template <std::size_t N>
bool is_in(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

void refuse(const std::string& what, const std::string& hint) {
  throw Error(ErrorCode::usage, what, hint);
}

std::string percent_decode(std::string_view text, bool plus) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9'                     ? c - '0'
           : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                    : -1;
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += plus && text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? digit(text[i + 2]) : -1;
    if (high < 0 || low < 0 || high * 16 + low == 0) {
      refuse("the MySQL URL holds a % that is not followed by two hexadecimal digits",
             "write %25 for a % in a user name, password or value");
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

// Shorter ones would blot out every message and be told by that.
void add_secret(std::string_view text, Settings* settings) {
  constexpr std::size_t kLeast = 3;
  if (text.size() >= kLeast && text != settings->user) settings->secrets.emplace_back(text);
}

bool is_secret_parameter(std::string_view name) { return name == "password"; }

void take_parameter(const std::string& name, const std::string& value, Settings* settings) {
  if (value.find('\0') != std::string::npos) refuse_value(name, "a text");
  if (std::string* text = text_of(name, settings)) {
    *text = value;
    return;
  }
  if (is_in(kFlagsWithoutEffect, name)) return static_cast<void>(truth(name, value));
  if (is_in(kWithoutEffect, name)) return;
  if (name == "tls" || name == "ssl-mode" || name == "sslmode" || name == "ssl_mode") {
    return take_tls(name, value, settings);
  }
  if (name == "charset") return take_charset(value, settings);
  if (name == "timeout" || name == "connect-timeout") {
    settings->connect_timeout = duration(name, value);
  } else if (name == "readTimeout") {
    settings->read_timeout = duration(name, value);
  } else if (name == "writeTimeout") {
    settings->write_timeout = duration(name, value);
  } else if (name == "maxAllowedPacket") {
    settings->max_packet = number(name, value);
  } else if (name == "compress") {
    settings->compress = truth(name, value);
  } else if (name == "allowCleartextPasswords") {
    settings->cleartext_password = truth(name, value);
  } else if (name == "serverPubKey") {
    refuse("serverPubKey in the database URL names a key that only a Go program can register",
           "leave it out: the server is asked for its key");
  } else if (is_variable(name)) {
    settings->variables.emplace_back(name, value);
  } else {
    refuse("the database URL has a parameter whose name is no variable of the server's", kManual);
  }
}

void settle(Settings* settings) {
  if (!settings->option_file.empty()) read_option_file(settings);
  // Whoever names an authority wants it asked.
  const bool authority = !settings->tls_ca.empty() || !settings->tls_capath.empty();
  if (authority && settings->tls != Tls::verified) {
    if (settings->tls_given && settings->tls == Tls::off) {
      refuse("the database URL names an authority for certificates (ssl-ca) and switches TLS off",
             "leave one of them out");
    }
    if (!settings->tls_given) settings->tls = Tls::verified;
  }
  if (!settings->tls_cert.empty() && settings->tls == Tls::off && !settings->tls_given) {
    settings->tls = Tls::required;
  }
  if (settings->tls_key.empty() != settings->tls_cert.empty()) {
    refuse("the database URL has one of ssl-cert and ssl-key", "give both or none");
  }
  if (!settings->collation.empty() && !is_word(settings->collation)) {
    refuse_value("collation", "the name of a collation");
  }
  if (settings->host.empty() && settings->socket.empty()) settings->host = "127.0.0.1";
  add_secret(settings->password, settings);
}

void take_address(std::string_view address, Settings* settings) {
  std::string_view port;
  if (address.starts_with('[')) {
    const std::size_t end = address.find(']');
    if (end == std::string_view::npos) {
      refuse("the database URL holds a [ without its ]", "write an IPv6 address as [::1]");
    }
    settings->host = address.substr(1, end - 1);
    port = address.substr(end + 1);
    if (!port.empty() && !port.starts_with(':')) {
      refuse("something other than a port follows the address in the database URL",
             "write [::1]:3306");
    }
  } else {
    const std::size_t colon = address.find(':');
    settings->host = address.substr(0, colon);
    if (colon != std::string_view::npos) port = address.substr(colon);
  }
  if (!port.empty()) port.remove_prefix(1);
  if (port.empty()) return;
  const auto [at, failure] =
      std::from_chars(port.data(), port.data() + port.size(), settings->port);
  constexpr unsigned kMost = 65535;
  if (failure != std::errc() || at != port.data() + port.size() || settings->port == 0 ||
      settings->port > kMost) {
    refuse("the port in the database URL is no number from 1 to 65535",
           "write host:3306, an IPv6 address as [::1]:3306, and %40 for an @ in a password");
  }
}

std::string redact(std::string message, const std::vector<std::string>& secrets) {
  for (const std::string& secret : secrets) {
    for (std::size_t at = message.find(secret); at != std::string::npos;
         at = message.find(secret, at + 3)) {
      message.replace(at, secret.size(), kMask);
    }
  }
  return message;
}

}  // namespace gander::driver::mysql
