// SPDX-License-Identifier: MIT
#include "src/driver/mysql/url.h"

#include <algorithm>

#include "src/driver/mysql/parameters.h"

namespace gander::driver::mysql {
namespace {

constexpr const char* kDsnHint = "write user:password@tcp(host:3306)/database?name=value";

// user[:password], shown without the password.
std::string take_user(std::string_view text, Settings* settings) {
  const std::size_t colon = text.find(':');
  settings->user = percent_decode(text.substr(0, colon), false);
  if (colon == std::string_view::npos) return std::string(text);
  const std::string_view password = text.substr(colon + 1);
  if (password.find_first_of("/?#[]@:") != std::string_view::npos) {
    refuse("the password in the MySQL URL holds a character that must be percent-encoded",
           "write %40 for @, %2F for /, %3A for :, %3F for ?, %23 for #");
  }
  settings->password = percent_decode(password, false);
  add_secret(password, settings);
  return std::string(text.substr(0, colon + 1)) + (password.empty() ? "" : kMask);
}

// goose's driver passes over what has no `=`, and takes a plus for a blank in some of its values:
// here in those that are SQL.
void take_query(std::string_view query, bool dsn, Settings* settings) {
  char shown = '?';
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view item = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::size_t equals = item.find('=');
    if (item.empty() || (equals == std::string_view::npos && dsn)) continue;
    if (equals == std::string_view::npos) {
      refuse("the MySQL URL has a parameter without a value", "write ?name=value&name=value");
    }
    const std::string name = percent_decode(item.substr(0, equals), dsn);
    const std::string value = percent_decode(item.substr(equals + 1), dsn);
    const bool secret = is_secret_parameter(name);
    if (secret) add_secret(item.substr(equals + 1), settings);
    settings->display.append(1, shown).append(item.substr(0, equals + 1));
    settings->display += secret ? std::string_view(kMask) : item.substr(equals + 1);
    shown = '&';
    take_parameter(name, value, settings);
  }
}

// tcp(host:port), unix(/path), tcp, or nothing.
void take_network(std::string_view network, Settings* settings) {
  const std::size_t open = network.find('(');
  const std::string_view name = network.substr(0, open);
  std::string_view address;
  if (open != std::string_view::npos) {
    if (!network.ends_with(')')) {
      refuse(network.find(')') == std::string_view::npos
                 ? "the address in the MySQL DSN has no closing parenthesis"
                 : "the MySQL DSN has a / in a value, which must be written %2F",
             kDsnHint);
    }
    address = network.substr(open + 1, network.size() - open - 2);
  }
  if (name == "unix") {
    settings->socket = address.empty() ? "/tmp/mysql.sock" : address;
  } else if (name.empty() || name == "tcp" || name == "tcp4" || name == "tcp6") {
    if (!address.empty()) take_address(address, settings);
  } else {
    refuse("the network in the MySQL DSN is neither tcp nor unix", kDsnHint);
  }
}

// Behind the scheme, if there is one; then user and password are percent-encoded as in a URL.
Settings parse_network_form(std::string_view dsn, bool url) {
  Settings settings;
  settings.display = url ? "mysql://" : "";
  const std::size_t slash = dsn.rfind('/');
  if (slash == std::string_view::npos && !dsn.empty()) {
    refuse("the MySQL DSN has no slash before the name of the database", kDsnHint);
  }
  if (!dsn.empty()) {
    const std::string_view place = dsn.substr(0, slash);
    const std::size_t at = place.rfind('@');
    if (at != std::string_view::npos) {
      const std::string_view user = place.substr(0, at);
      const std::size_t colon = std::min(user.find(':'), user.size());
      const std::string_view password = user.substr(std::min(colon + 1, user.size()));
      settings.user = url ? percent_decode(user.substr(0, colon), true) : user.substr(0, colon);
      settings.password = url ? percent_decode(password, true) : password;
      add_secret(password, &settings);
      settings.display += user.substr(0, colon);
      if (!password.empty()) settings.display += std::string(":") + kMask;
      settings.display += "@";
    }
    const std::string_view network = place.substr(at == std::string_view::npos ? 0 : at + 1);
    settings.display += std::string(network) + "/";
    const std::string_view rest = dsn.substr(slash + 1);
    const std::size_t question = rest.find('?');
    settings.display += rest.substr(0, question);
    settings.database = percent_decode(rest.substr(0, question), false);
    take_network(network, &settings);
    if (question != std::string_view::npos) take_query(rest.substr(question + 1), true, &settings);
  }
  settle(&settings);
  return settings;
}

void refuse_nul(std::string_view text) {
  if (text.find('\0') == std::string_view::npos) return;
  refuse("the database URL holds a NUL byte", "remove it");
}

}  // namespace

Settings parse_dsn(std::string_view dsn) {
  refuse_nul(dsn);
  return parse_network_form(dsn, false);
}

Settings parse_url(std::string_view url) {
  refuse_nul(url);
  const std::size_t colon = url.find("://");
  if (colon == std::string_view::npos) {
    refuse("the MySQL URL has no // behind its scheme", "write mysql://user@host/database");
  }
  const std::size_t begin = colon + 3;
  const std::size_t question = std::min(url.find('?', begin), url.size());
  const std::string_view all = url.substr(begin, question - begin);
  if (all.find('(') != std::string_view::npos) {
    return parse_network_form(url.substr(begin), true);
  }
  // A password with a raw `?` in it would be taken apart, and shown, as parameters.
  if (url.find('@', question) < url.find('=', question) &&
      all.find('@') == std::string_view::npos) {
    refuse("the MySQL URL holds a ? before its @", "write %3F for a ? in a user name or password");
  }
  Settings settings;
  const std::size_t at = all.rfind('@');
  const std::string user =
      at == std::string_view::npos ? "" : take_user(all.substr(0, at), &settings) + "@";
  const std::string_view place = all.substr(at == std::string_view::npos ? 0 : at + 1);
  const std::size_t slash = std::min(place.find('/'), place.size());
  settings.display = std::string(url.substr(0, begin)) + user + std::string(place);
  const std::string_view address = place.substr(0, slash);
  if (address.starts_with("%2F") || address.starts_with("%2f")) {
    settings.socket = percent_decode(address, false);
  } else if (!address.empty()) {
    take_address(address, &settings);
    settings.host = percent_decode(settings.host, false);
  }
  settings.database = percent_decode(place.substr(std::min(slash + 1, place.size())), false);
  if (question < url.size()) take_query(url.substr(question + 1), false, &settings);
  settle(&settings);
  return settings;
}

}  // namespace gander::driver::mysql
