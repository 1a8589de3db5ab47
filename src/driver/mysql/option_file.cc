// SPDX-License-Identifier: MIT
#include "src/driver/mysql/option_file.h"

#include <array>
#include <cstdlib>
#include <fstream>
#include <string>

#include "gander/error.h"
#include "src/driver/mysql/parameters.h"

namespace gander::driver::mysql {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t from = std::min(text.find_first_not_of(kBlanks), text.size());
  const std::size_t to = text.find_last_not_of(kBlanks);
  return to == std::string_view::npos ? std::string_view() : text.substr(from, to + 1 - from);
}

// In quotes or not, with the escapes of MySQL 8.4 manual, 6.2.2.2.
std::string value_of(std::string_view text) {
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
      text.back() == text.front()) {
    text = text.substr(1, text.size() - 2);
  } else {
    // A comment may follow.
    text = trimmed(text.substr(0, text.find('#')));
  }
  constexpr std::array<std::pair<char, char>, 5> kEscapes = {
      {{'b', '\b'}, {'t', '\t'}, {'n', '\n'}, {'r', '\r'}, {'s', ' '}}};
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\\' && i + 1 < text.size()) {
      c = text[++i];
      for (const auto& [letter, meant] : kEscapes) {
        if (c == letter) {
          c = meant;
          break;
        }
      }
    }
    out += c;
  }
  return out;
}

bool is_ours(std::string_view group) {
  for (const std::string_view known : {"client", "client-mariadb", "mysql", "gander"}) {
    if (group == known) return true;
  }
  return false;
}

// `given` is what the URL says, and wins.
void take(std::string name, const std::string& value, const Settings& given, Settings* settings) {
  for (char& c : name) c = c == '_' ? '-' : c;
  constexpr std::array<std::pair<std::string_view, std::string Settings::*>, 10> kTexts = {
      {{"user", &Settings::user},
       {"password", &Settings::password},
       {"host", &Settings::host},
       {"socket", &Settings::socket},
       {"database", &Settings::database},
       {"ssl-ca", &Settings::tls_ca},
       {"ssl-capath", &Settings::tls_capath},
       {"ssl-cert", &Settings::tls_cert},
       {"ssl-key", &Settings::tls_key},
       {"ssl-cipher", &Settings::tls_cipher}}};
  for (const auto& [known, text] : kTexts) {
    // A host and a socket are two ways to the same.
    const bool place = known == "host" || known == "socket";
    if (place && (!given.host.empty() || !given.socket.empty())) continue;
    if (name == known && (given.*text).empty()) settings->*text = value;
  }
  if (name == "port" && given.port == 0 && given.host.empty()) {
    settings->port = static_cast<unsigned>(std::strtoul(value.c_str(), nullptr, 10));
  }
  const bool tls = name == "ssl-mode" || name == "ssl-verify-server-cert";
  if (tls && !given.tls_given) {
    take_parameter("ssl-mode", name == "ssl-mode" ? value : "verify-identity", settings);
  }
}

std::string path_of(const std::string& path) {
  const char* home = std::getenv("HOME");
  return path.starts_with("~/") && home != nullptr ? home + path.substr(1) : path;
}

}  // namespace

void read_option_file(Settings* settings) {
  std::ifstream file(path_of(settings->option_file));
  if (!file) {
    throw Error(ErrorCode::not_found, "the option file that the database URL names cannot be read",
                "check option-file in the URL, and the rights of the file");
  }
  const Settings given = *settings;
  bool ours = false;
  for (std::string line; std::getline(file, line);) {
    const std::string_view text = trimmed(line);
    if (text.empty() || text.front() == '#' || text.front() == ';' || text.front() == '!') continue;
    if (text.front() == '[') {
      ours = is_ours(trimmed(text.substr(1, text.find(']') - 1)));
      continue;
    }
    if (!ours) continue;
    const std::size_t equals = text.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : trimmed(text.substr(equals + 1));
    take(std::string(trimmed(text.substr(0, equals))), value_of(value), given, settings);
  }
}

}  // namespace gander::driver::mysql
