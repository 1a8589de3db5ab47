// SPDX-License-Identifier: MIT
#include "src/driver/clickhouse/http.h"

#include <array>
#include <charconv>
#include <chrono>
#include <thread>

#include "gander/error.h"
#include "src/driver/clickhouse/curl.h"

namespace gander::driver::clickhouse {
namespace {

// How soon a stopped run is noticed while the server is silent.
constexpr int kPollMilliseconds = 40;

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == '-' || c == '.';
    if (plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return out;
}

std::size_t take_body(const char* data, std::size_t size, std::size_t count, void* answer) {
  static_cast<Answer*>(answer)->body.append(data, size * count);
  return size * count;
}

std::size_t take_header(const char* data, std::size_t size, std::size_t count, void* answer) {
  constexpr std::string_view kName = "x-clickhouse-exception-code:";
  const std::string_view line(data, size * count);
  bool same = line.size() > kName.size();
  for (std::size_t i = 0; same && i < kName.size(); ++i) {
    same =
        (line[i] >= 'A' && line[i] <= 'Z' ? static_cast<char>(line[i] + 32) : line[i]) == kName[i];
  }
  if (same) {
    const std::size_t digits = line.find_first_not_of(' ', kName.size());
    if (digits != std::string_view::npos) {
      std::from_chars(line.data() + digits, line.data() + line.size(),
                      static_cast<Answer*>(answer)->exception);
    }
  }
  return size * count;
}

// Nothing has left this machine.
bool is_unsent(CURLcode code) {
  constexpr std::array kCodes = {CURLE_COULDNT_RESOLVE_HOST,     CURLE_COULDNT_RESOLVE_PROXY,
                                 CURLE_COULDNT_CONNECT,          CURLE_SSL_CONNECT_ERROR,
                                 CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
                                 CURLE_SSL_CERTPROBLEM};
  for (const CURLcode each : kCodes) {
    if (each == code) return true;
  }
  return false;
}

}  // namespace

struct Http::Handles {
  CURL* easy = nullptr;
  CURLM* multi = nullptr;
  curl_slist* headers = nullptr;
  std::array<char, CURL_ERROR_SIZE> trouble{};
};

Http::Http(const Settings& settings) : settings_(settings), handles_(std::make_unique<Handles>()) {
  const Curl& lib = curl();
  handles_->easy = lib.easy_init();
  handles_->multi = lib.multi_init();
  // No "Expect: 100-continue", which costs a round trip, and no form.
  for (const char* header : {"Expect:", "Content-Type: text/plain; charset=UTF-8"}) {
    handles_->headers = lib.slist_append(handles_->headers, header);
  }
  if (handles_->easy == nullptr || handles_->multi == nullptr || handles_->headers == nullptr) {
    throw Error(ErrorCode::unsupported, "libcurl could not be set up");
  }
}

Http::~Http() {
  const Curl& lib = curl();
  if (handles_->easy != nullptr) lib.easy_cleanup(handles_->easy);
  if (handles_->multi != nullptr) lib.multi_cleanup(handles_->multi);
  if (handles_->headers != nullptr) lib.slist_free_all(handles_->headers);
}

std::string Http::url_of(const Request& request) const {
  std::string url = (settings_.secure ? "https://" : "http://") + settings_.host + ":" +
                    std::to_string(settings_.port) + "/";
  char before = '?';
  const auto add = [&](const auto& parameters) {
    for (const auto& [name, value] : parameters) {
      url += before + percent_encode(name) + "=" + percent_encode(value);
      before = '&';
    }
  };
  add(settings_.parameters);
  add(request.parameters);
  return url;
}

void Http::prepare(const Request& request, const std::string& url, Answer* answer) {
  const Curl& lib = curl();
  CURL* easy = handles_->easy;
  // Keeps the connection.
  lib.easy_reset(easy);
  const auto set = [&](CURLoption option, auto value) { lib.easy_setopt(easy, option, value); };
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_ERRORBUFFER, handles_->trouble.data());
  // No proxy, redirection, cookie or .netrc of anybody's: statements go where the URL says.
  set(CURLOPT_PROXY, "");
  set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  set(CURLOPT_HTTP09_ALLOWED, 0L);
  set(CURLOPT_HTTPAUTH, long{CURLAUTH_BASIC});
  set(CURLOPT_USERNAME, settings_.user.c_str());
  set(CURLOPT_PASSWORD, settings_.password.c_str());
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings_.connect_timeout.count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.limit.count()));
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_HTTPHEADER, handles_->headers);
  set(CURLOPT_POST, 1L);
  set(CURLOPT_POSTFIELDS, request.sql.data());
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.sql.size()));
  set(CURLOPT_WRITEFUNCTION, &take_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(answer));
  set(CURLOPT_HEADERFUNCTION, &take_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(answer));
  set(CURLOPT_SSL_VERIFYPEER, settings_.skip_verify ? 0L : 1L);
  set(CURLOPT_SSL_VERIFYHOST, settings_.skip_verify ? 0L : 2L);
  if (!settings_.authority.empty()) set(CURLOPT_CAINFO, settings_.authority.c_str());
  if (!settings_.certificate.empty()) {
    set(CURLOPT_SSLCERT, settings_.certificate.c_str());
    set(CURLOPT_SSLKEY, settings_.key.c_str());
  }
}

void Http::perform(const Request& request, Answer* answer) {
  const Curl& lib = curl();
  int running = 1;
  while (running > 0) {
    if (lib.multi_perform(handles_->multi, &running) != CURLM_OK) break;
    if (running == 0) break;
    int ready = 0;
    lib.multi_wait(handles_->multi, nullptr, 0, kPollMilliseconds, &ready);
    if (ready > 0) continue;
    if (request.wait && !request.wait()) {
      answer->given_up = true;
      return;
    }
    // Without a socket to wait for it has not waited (curl_multi_wait(3)).
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

Answer Http::send(const Request& request) {
  const Curl& lib = curl();
  Answer answer;
  const std::string url = url_of(request);
  handles_->trouble[0] = '\0';
  prepare(request, url, &answer);
  lib.multi_add_handle(handles_->multi, handles_->easy);
  CURLcode code = CURLE_ABORTED_BY_CALLBACK;
  try {
    perform(request, &answer);
  } catch (...) {
    lib.multi_remove_handle(handles_->multi, handles_->easy);
    throw;
  }
  int left = 0;
  while (const CURLMsg* message = lib.multi_info_read(handles_->multi, &left)) {
    if (message->msg == CURLMSG_DONE) code = message->data.result;
  }
  lib.multi_remove_handle(handles_->multi, handles_->easy);
  lib.easy_getinfo(handles_->easy, CURLINFO_RESPONSE_CODE, &answer.status);
  if (code == CURLE_OK) return answer;
  answer.failure = code;
  answer.unsent = is_unsent(code);
  answer.trouble =
      handles_->trouble[0] != '\0' ? handles_->trouble.data() : lib.easy_strerror(code);
  return answer;
}

}  // namespace gander::driver::clickhouse
