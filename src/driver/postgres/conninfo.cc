// SPDX-License-Identifier: MIT
#include "src/driver/postgres/conninfo.h"

#include <algorithm>
#include <array>
#include <optional>

#include "gander/error.h"

namespace gander::driver::postgres {
namespace {

// Every keyword of libpq up to 18 (manual, 34.1.2). A newer one can still be given in PGOPTIONS, a
// service file or the environment.
constexpr std::array kLibpqKeywords = {"application_name",
                                       "channel_binding",
                                       "client_encoding",
                                       "connect_timeout",
                                       "dbname",
                                       "fallback_application_name",
                                       "gssdelegation",
                                       "gssencmode",
                                       "gsslib",
                                       "host",
                                       "hostaddr",
                                       "keepalives",
                                       "keepalives_count",
                                       "keepalives_idle",
                                       "keepalives_interval",
                                       "krbsrvname",
                                       "load_balance_hosts",
                                       "max_protocol_version",
                                       "min_protocol_version",
                                       "oauth_client_id",
                                       "oauth_client_secret",
                                       "oauth_issuer",
                                       "oauth_scope",
                                       "options",
                                       "passfile",
                                       "password",
                                       "port",
                                       "require_auth",
                                       "requirepeer",
                                       "requiressl",
                                       "scram_client_key",
                                       "scram_server_key",
                                       "service",
                                       "servicefile",
                                       "ssl",
                                       "ssl_max_protocol_version",
                                       "ssl_min_protocol_version",
                                       "sslcert",
                                       "sslcertmode",
                                       "sslcompression",
                                       "sslcrl",
                                       "sslcrldir",
                                       "sslkey",
                                       "sslkeylogfile",
                                       "sslmode",
                                       "sslnegotiation",
                                       "sslpassword",
                                       "sslrootcert",
                                       "sslsni",
                                       "target_session_attrs",
                                       "tcp_user_timeout",
                                       "user"};

constexpr std::array kSecretKeywords = {"password", "sslpassword", "oauth_client_secret",
                                        "scram_client_key", "scram_server_key"};

// Parameters of pgx, goose's driver, that say nothing about the session.
constexpr std::array kIgnored = {"default_query_exec_mode",
                                 "description_cache_capacity",
                                 "min_read_buffer_size",
                                 "pool_health_check_period",
                                 "pool_max_conn_idle_time",
                                 "pool_max_conn_lifetime",
                                 "pool_max_conn_lifetime_jitter",
                                 "pool_max_conns",
                                 "pool_min_conns",
                                 "pool_min_idle_conns",
                                 "prefer_simple_protocol",
                                 "statement_cache_capacity",
                                 "statement_cache_mode"};

constexpr const char* kMask = "***";

template <std::size_t N>
bool contains(const std::array<const char*, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

[[noreturn]] void refuse(const std::string& message, const std::string& hint) {
  throw Error(ErrorCode::usage, message, hint);
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0 || high * 16 + low == 0) {
      refuse("the PostgreSQL URL holds a % that is not followed by two hexadecimal digits",
             "write %25 for a % in a user name, password or value");
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

// Shorter ones would blot out every message and be told by that.
void add_secret(std::string_view text, Settings* settings) {
  if (text.size() >= 3) settings->secrets.emplace_back(text);
}

// A password equal to the user's name hides nothing that is not said anyway.
void forget_secret(std::string_view name, Settings* settings) {
  std::erase(settings->secrets, name);
}

// Takes a parameter that is not libpq's. False: it is libpq's.
bool take_session_parameter(const std::string& name, const std::string& value, Settings* settings) {
  if (contains(kLibpqKeywords, name)) return false;
  if (contains(kIgnored, name)) return true;
  const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.';
  });
  if (!plain) {
    refuse("the database URL has a parameter whose name is not one of libpq or PostgreSQL",
           "see gander/postgres.h for the parameters there are");
  }
  if (name == "pooler") {
    if (value != "session" && value != "transaction") {
      refuse("pooler in the database URL is neither session nor transaction",
             "leave it out when the server is connected directly");
    }
    settings->pooler_keeps_sessions = value == "session";
  } else if (name == "schema") {
    settings->session.emplace_back("search_path", one_schema(value));
  } else {
    settings->session.emplace_back(name, value);
  }
  return true;
}

// user[:password]@ of `authority`, shown without the password.
std::string take_user(std::string_view user, Settings* settings) {
  const std::size_t colon = user.find(':');
  if (colon == std::string_view::npos) return std::string(user);
  const std::string_view password = user.substr(colon + 1);
  if (password.find_first_of("/?#[]@:") != std::string_view::npos) {
    refuse("the password in the PostgreSQL URL holds a character that must be percent-encoded",
           "write %40 for @, %2F for /, %3A for :, %3F for ?, %23 for #");
  }
  add_secret(password, settings);
  add_secret(percent_decode(password), settings);
  return std::string(user.substr(0, colon + 1)) + (password.empty() ? "" : kMask);
}

void take_query(std::string_view query, Settings* settings) {
  char kept = '?';
  char shown = '?';
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view item = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (item.empty()) continue;
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos) {
      refuse("the PostgreSQL URL has a parameter without a value", "write ?name=value&name=value");
    }
    const std::string name = percent_decode(item.substr(0, equals));
    const std::string value = percent_decode(item.substr(equals + 1));
    const bool secret = contains(kSecretKeywords, name);
    if (secret) add_secret(item.substr(equals + 1), settings);
    if (secret) add_secret(value, settings);
    settings->display.append(1, shown).append(item.substr(0, equals + 1));
    settings->display += secret ? std::string_view(kMask) : item.substr(equals + 1);
    shown = '&';
    if (take_session_parameter(name, value, settings)) continue;
    settings->conninfo.append(1, kept).append(item);
    kept = '&';
  }
}

Settings parse_uri(std::string_view text) {
  Settings settings;
  const std::size_t scheme_end = text.find("://") + 3;
  const std::size_t question = std::min(text.find('?', scheme_end), text.size());
  const std::string_view place = text.substr(scheme_end, question - scheme_end);
  const std::size_t at = place.rfind('@');
  const std::string_view rest = place.substr(at == std::string_view::npos ? 0 : at + 1);
  // A password with a raw `?` in it would otherwise be taken apart, and shown, as parameters. libpq
  // takes all up to an `@` for user and password unless a `/` comes first.
  const std::size_t user_end = std::min(text.find_first_of("@/", scheme_end), text.size() - 1);
  const bool in_user = text[user_end] == '@' && user_end > question;
  const bool cut_short = at == std::string_view::npos &&
                         place.find(':') != std::string_view::npos &&
                         text.find('@', question) != std::string_view::npos &&
                         text.find('=', question) > text.find('@', question);
  if (in_user || cut_short) {
    refuse("the PostgreSQL URL holds a ? before its @",
           "write %3F for a ? in a user name or password");
  }
  // libpq takes all up to the bracket's end for the address, a `?` too.
  const std::size_t bracket = rest.rfind('[');
  if (bracket != std::string_view::npos && rest.find(']', bracket) == std::string_view::npos) {
    refuse("the PostgreSQL URL holds a [ without its ]",
           "write an IPv6 address as [::1], and %5B for any other [");
  }
  std::string shown = at == std::string_view::npos
                          ? std::string()
                          : take_user(place.substr(0, at), &settings) + "@";
  settings.display = std::string(text.substr(0, scheme_end)) + shown + std::string(rest);
  settings.conninfo = std::string(text.substr(0, question));
  if (question < text.size()) take_query(text.substr(question + 1), &settings);
  forget_secret(place.substr(0, std::min(place.find_first_of(":@"), place.size())), &settings);
  return settings;
}

// One value of a keyword string: plain up to white space, or in single quotes; a backslash takes
// the next character as it is (manual, 34.1.1.1).
std::string take_value(std::string_view* rest) {
  std::string value;
  const bool quoted = !rest->empty() && rest->front() == '\'';
  std::size_t i = quoted ? 1 : 0;
  bool closed = !quoted;
  for (; i < rest->size(); ++i) {
    const char c = (*rest)[i];
    if (c == '\\' && i + 1 < rest->size()) {
      value += (*rest)[++i];
    } else if (quoted && c == '\'') {
      closed = true;
      ++i;
      break;
    } else if (!quoted && (c == ' ' || (c >= '\t' && c <= '\r'))) {
      break;
    } else {
      value += c;
    }
  }
  if (!closed) {
    refuse("a quoted value in the PostgreSQL connection string is not closed",
           "write \\' for a ' inside of a value");
  }
  rest->remove_prefix(i);
  return value;
}

std::string_view trim_front(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(" \t\n\v\f\r"), text.size()));
}

void append_pair(const std::string& name, const std::string& value, std::string* out) {
  if (!out->empty()) *out += ' ';
  *out += name + "=";
  const bool plain = !value.empty() && value.find_first_of(" \t\n\v\f\r'\\") == std::string::npos;
  if (plain) {
    *out += value;
    return;
  }
  *out += '\'';
  for (const char c : value) {
    if (c == '\'' || c == '\\') *out += '\\';
    *out += c;
  }
  *out += '\'';
}

Settings parse_keywords(std::string_view text) {
  Settings settings;
  std::string user;
  std::string_view rest = trim_front(text);
  while (!rest.empty()) {
    const std::size_t name_end = std::min(rest.find_first_of("= \t\n\v\f\r"), rest.size());
    const std::string name(rest.substr(0, name_end));
    rest = trim_front(rest.substr(name_end));
    if (rest.empty() || rest.front() != '=' || name.empty()) {
      refuse("the PostgreSQL connection string is not a list of name=value",
             "write it as in \"host=localhost dbname=app user=app\", or as a URL postgres://...");
    }
    rest = trim_front(rest.substr(1));
    const std::string value = take_value(&rest);
    rest = trim_front(rest);
    const bool secret = contains(kSecretKeywords, name);
    if (secret) add_secret(value, &settings);
    if (name == "user") user = value;
    append_pair(name, secret && !value.empty() ? kMask : value, &settings.display);
    if (!take_session_parameter(name, value, &settings)) {
      append_pair(name, value, &settings.conninfo);
    }
  }
  forget_secret(user, &settings);
  return settings;
}

}  // namespace

std::string one_schema(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + "\"";
}

Settings parse_conninfo(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    refuse("the PostgreSQL connection string holds a NUL byte", "remove it");
  }
  if (text.starts_with("postgres://") || text.starts_with("postgresql://")) {
    return parse_uri(text);
  }
  if (text.find('=') != std::string_view::npos) return parse_keywords(text);
  Settings settings;
  settings.conninfo = settings.display = std::string(text);
  return settings;
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

}  // namespace gander::driver::postgres
