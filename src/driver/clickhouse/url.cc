// SPDX-License-Identifier: MIT
#include "src/driver/clickhouse/url.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "gander/error.h"

namespace gander::driver::clickhouse {
namespace {

using std::chrono::milliseconds;

constexpr char kMask[] = "***";
constexpr const char* kForm =
    "write clickhouse://user:password@host:8123/database, with clickhouses:// or ?secure=true for "
    "HTTPS";
constexpr unsigned kPort = 8123;
constexpr unsigned kSecurePort = 8443;

// Of goose's driver (clickhouse-go v2, "DSN"): its pool, its way of speaking the native protocol.
constexpr std::array<std::string_view, 15> kWithoutEffect = {"debug",
                                                             "compress",
                                                             "compress_level",
                                                             "block_buffer_size",
                                                             "max_compression_buffer",
                                                             "max_open_conns",
                                                             "max_idle_conns",
                                                             "conn_max_lifetime",
                                                             "connection_open_strategy",
                                                             "client_info_product",
                                                             "http_proxy",
                                                             "tls_config",
                                                             "read_timeout",
                                                             "alt_hosts",
                                                             "x-multi-statement"};

[[noreturn]] void refuse(const std::string& what, const std::string& hint = kForm) {
  throw Error(ErrorCode::usage, what, hint);
}

std::string percent_decode(std::string_view text) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9'                     ? c - '0'
           : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                    : -1;
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? digit(text[i + 2]) : -1;
    if (high < 0 || low < 0 || high * 16 + low == 0) {
      refuse("the ClickHouse URL holds a % that is not followed by two hexadecimal digits",
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

void take_password(std::string_view written, Settings* settings) {
  settings->password = percent_decode(written);
  add_secret(written, settings);
  add_secret(settings->password, settings);
}

bool truth(const std::string& name, const std::string& value) {
  for (const std::string_view yes : {"1", "true", "yes", "on"}) {
    if (value == yes) return true;
  }
  for (const std::string_view no : {"0", "false", "no", "off"}) {
    if (value == no) return false;
  }
  refuse("the value of " + name + " in the ClickHouse URL is not true or false");
}

// "10s", "500ms", "1m", or seconds.
milliseconds duration(const std::string& name, const std::string& value) {
  constexpr std::array<std::pair<std::string_view, int>, 5> kUnits = {
      {{"", 1000}, {"s", 1000}, {"ms", 1}, {"m", 60'000}, {"h", 3'600'000}}};
  constexpr double kMost = 1e9;
  double number = 0;
  const auto [at, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
  const std::string_view unit(at, static_cast<std::size_t>(value.data() + value.size() - at));
  const auto known = std::ranges::find(kUnits, unit, [](const auto& each) { return each.first; });
  if (failure != std::errc() || known == kUnits.end() || number < 0 || number > kMost) {
    refuse("the value of " + name + " in the ClickHouse URL is not a time such as 30s");
  }
  return milliseconds(static_cast<std::int64_t>(number * known->second));
}

bool is_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

void take_parameter(const std::string& name, const std::string& value, Settings* settings) {
  if (name == "username" || name == "user") {
    settings->user = value;
  } else if (name == "password") {
    settings->password = value;
    add_secret(value, settings);
  } else if (name == "database") {
    settings->database = value;
  } else if (name == "secure") {
    settings->secure = truth(name, value);
  } else if (name == "skip_verify") {
    settings->skip_verify = truth(name, value);
  } else if (name == "dial_timeout" || name == "connect_timeout" || name == "timeout") {
    settings->connect_timeout = duration(name, value);
  } else if (name == "ssl-ca" || name == "sslrootcert") {
    settings->authority = value;
  } else if (name == "ssl-cert" || name == "sslcert") {
    settings->certificate = value;
  } else if (name == "ssl-key" || name == "sslkey") {
    settings->key = value;
  } else if (std::ranges::find(kWithoutEffect, name) != kWithoutEffect.end()) {
    return;
  } else if (is_word(name)) {
    settings->parameters.emplace_back(name, value);
  } else {
    refuse("the ClickHouse URL has a parameter whose name is no setting of the server's");
  }
}

void take_query(std::string_view query, Settings* settings) {
  char shown = '?';
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view item = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (item.empty()) continue;
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos) {
      refuse("the ClickHouse URL has a parameter without a value", "write ?name=value&name=value");
    }
    const std::string name = percent_decode(item.substr(0, equals));
    const bool secret = name == "password";
    if (secret) add_secret(item.substr(equals + 1), settings);
    settings->display.append(1, shown).append(item.substr(0, equals + 1));
    settings->display += secret ? std::string_view(kMask) : item.substr(equals + 1);
    shown = '&';
    take_parameter(name, percent_decode(item.substr(equals + 1)), settings);
  }
}

// user[:password], shown without the password.
std::string take_user(std::string_view text, Settings* settings) {
  const std::size_t colon = text.find(':');
  settings->user = percent_decode(text.substr(0, colon));
  if (colon == std::string_view::npos) return std::string(text);
  const std::string_view password = text.substr(colon + 1);
  if (password.find_first_of("/?#[]@:") != std::string_view::npos) {
    refuse("the password in the ClickHouse URL holds a character that must be percent-encoded",
           "write %40 for @, %2F for /, %3A for :, %3F for ?, %23 for #");
  }
  take_password(password, settings);
  return std::string(text.substr(0, colon + 1)) + (password.empty() ? "" : kMask);
}

void take_port(std::string_view text, Settings* settings) {
  constexpr unsigned kMost = 65535;
  const auto [at, failure] =
      std::from_chars(text.data(), text.data() + text.size(), settings->port);
  if (failure != std::errc() || at != text.data() + text.size() || settings->port == 0 ||
      settings->port > kMost) {
    refuse("the port in the ClickHouse URL is no number from 1 to 65535",
           "write host:8123, an IPv6 address as [::1]:8123, and %40 for an @ in a password");
  }
}

void take_address(std::string_view address, Settings* settings) {
  if (address.find(',') != std::string_view::npos) {
    refuse("the ClickHouse URL names several hosts",
           "name the one that migrations run on: a history that is kept on one node is read there");
  }
  if (address.starts_with('[')) {
    const std::size_t end = address.find(']');
    if (end == std::string_view::npos) {
      refuse("the ClickHouse URL holds a [ without its ]", "write an IPv6 address as [::1]");
    }
    settings->host = address.substr(0, end + 1);
    address.remove_prefix(end + 1);
    if (address.empty()) return;
    if (!address.starts_with(':')) refuse("something other than a port follows the address");
    return take_port(address.substr(1), settings);
  }
  const std::size_t colon = address.find(':');
  if (colon != 0 && !address.empty()) settings->host = percent_decode(address.substr(0, colon));
  if (colon != std::string_view::npos) take_port(address.substr(colon + 1), settings);
}

Settings parse(std::string_view url, std::string_view scheme) {
  if (url.find('\0') != std::string_view::npos) {
    refuse("the database URL holds a NUL byte", "remove it");
  }
  Settings settings;
  const std::size_t begin = scheme.size() + 3;
  const std::size_t question = std::min(url.find('?', begin), url.size());
  const std::string_view all = url.substr(begin, question - begin);
  // A password with a raw `?` in it would be taken apart, and shown, as parameters.
  if (url.find('@', question) < url.find('=', question) &&
      all.find('@') == std::string_view::npos) {
    refuse("the ClickHouse URL holds a ? before its @",
           "write %3F for a ? in a user name or password");
  }
  const std::size_t at = all.rfind('@');
  const std::string user =
      at == std::string_view::npos ? "" : take_user(all.substr(0, at), &settings) + "@";
  const std::string_view place = all.substr(at == std::string_view::npos ? 0 : at + 1);
  const std::size_t slash = std::min(place.find('/'), place.size());
  settings.display = std::string(url.substr(0, begin)) + user + std::string(place);
  take_address(place.substr(0, slash), &settings);
  settings.database = percent_decode(place.substr(std::min(slash + 1, place.size())));
  settings.secure = scheme == "clickhouses" || scheme == "https";
  if (question < url.size()) take_query(url.substr(question + 1), &settings);
  if (settings.port == 0) settings.port = settings.secure ? kSecurePort : kPort;
  if (settings.user.empty()) settings.user = "default";
  if (settings.certificate.empty() != settings.key.empty()) {
    refuse("the ClickHouse URL has one of ssl-cert and ssl-key", "give both or none");
  }
  return settings;
}

std::string_view scheme_of_any(std::string_view url,
                               std::initializer_list<std::string_view> schemes) {
  for (const std::string_view scheme : schemes) {
    if (url.starts_with(scheme) && url.substr(scheme.size()).starts_with("://")) return scheme;
  }
  refuse(
      "the ClickHouse URL has no // behind its scheme, or a scheme that is none of ClickHouse's");
}

}  // namespace

bool is_native_port(unsigned port) { return port == 9000 || port == 9440; }

Settings parse_url(std::string_view url) {
  return parse(url, scheme_of_any(url, {"clickhouse", "clickhouses"}));
}

Settings parse_dsn(std::string_view dsn) {
  return parse(dsn, scheme_of_any(dsn, {"clickhouse", "clickhouses", "tcp", "https", "http"}));
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

}  // namespace gander::driver::clickhouse
