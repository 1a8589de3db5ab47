// SPDX-License-Identifier: MIT
#include "src/driver/clickhouse/curl.h"

#include <dlfcn.h>

#include <array>
#include <string>

#include "gander/error.h"

namespace gander::driver::clickhouse {
namespace {

constexpr const char* kHint =
    "install libcurl: apt-get install libcurl4 (Debian, Ubuntu), dnf install libcurl (Fedora, "
    "RHEL), apk add libcurl (Alpine); macOS has it";

// The library stays loaded for the life of the process: connections may outlive any one driver.
void* open_library() {
#ifdef __APPLE__
  constexpr std::array kNames = {"libcurl.4.dylib", "/usr/lib/libcurl.4.dylib"};
#else
  // The second is Debian's and Ubuntu's with another library for TLS.
  constexpr std::array kNames = {"libcurl.so.4", "libcurl-gnutls.so.4"};
#endif
  std::string reason;
  for (const char* name : kNames) {
    if (void* library = ::dlopen(name, RTLD_LAZY | RTLD_LOCAL)) return library;
    if (reason.empty()) reason = ::dlerror();
  }
  throw Error(ErrorCode::unsupported, "ClickHouse cannot be used here: " + reason, kHint);
}

template <typename Function>
void find(void* library, const char* name, Function* function) {
  void* symbol = ::dlsym(library, name);
  if (symbol == nullptr) {
    throw Error(ErrorCode::unsupported,
                std::string("the installed libcurl is too old: it has no ") + name, kHint);
  }
  *function = reinterpret_cast<Function>(symbol);
}

Curl load() {
  void* library = open_library();
  Curl table;
  find(library, "curl_global_init", &table.global_init);
  find(library, "curl_easy_init", &table.easy_init);
  find(library, "curl_easy_reset", &table.easy_reset);
  find(library, "curl_easy_setopt", &table.easy_setopt);
  find(library, "curl_easy_getinfo", &table.easy_getinfo);
  find(library, "curl_easy_strerror", &table.easy_strerror);
  find(library, "curl_easy_cleanup", &table.easy_cleanup);
  find(library, "curl_multi_init", &table.multi_init);
  find(library, "curl_multi_add_handle", &table.multi_add_handle);
  find(library, "curl_multi_remove_handle", &table.multi_remove_handle);
  find(library, "curl_multi_perform", &table.multi_perform);
  find(library, "curl_multi_wait", &table.multi_wait);
  find(library, "curl_multi_info_read", &table.multi_info_read);
  find(library, "curl_multi_cleanup", &table.multi_cleanup);
  find(library, "curl_slist_append", &table.slist_append);
  find(library, "curl_slist_free_all", &table.slist_free_all);
  table.global_init(CURL_GLOBAL_DEFAULT);
  return table;
}

}  // namespace

const Curl& curl() {
  static const Curl kTable = load();
  return kTable;
}

}  // namespace gander::driver::clickhouse
