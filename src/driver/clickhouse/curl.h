// SPDX-License-Identifier: MIT
// Curl: the functions of libcurl that this driver calls, found at run time.
//
// Entry point: curl(). The library is loaded by the first connection and never linked, so that a
// program that uses other databases starts without it. Names are its own; its manual documents them
// (https://curl.se/libcurl/c/).
#pragma once

// The checks of the header's macros would call the functions that are not linked.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

namespace gander::driver::clickhouse {

struct Curl {
  // NOLINTBEGIN(readability-identifier-naming): the library's names.
  decltype(&::curl_global_init) global_init;
  decltype(&::curl_easy_init) easy_init;
  decltype(&::curl_easy_reset) easy_reset;
  decltype(&::curl_easy_setopt) easy_setopt;
  decltype(&::curl_easy_getinfo) easy_getinfo;
  decltype(&::curl_easy_strerror) easy_strerror;
  decltype(&::curl_easy_cleanup) easy_cleanup;
  decltype(&::curl_multi_init) multi_init;
  decltype(&::curl_multi_add_handle) multi_add_handle;
  decltype(&::curl_multi_remove_handle) multi_remove_handle;
  decltype(&::curl_multi_perform) multi_perform;
  decltype(&::curl_multi_wait) multi_wait;
  decltype(&::curl_multi_info_read) multi_info_read;
  decltype(&::curl_multi_cleanup) multi_cleanup;
  decltype(&::curl_slist_append) slist_append;
  decltype(&::curl_slist_free_all) slist_free_all;
  // NOLINTEND(readability-identifier-naming)
};

// Throws Error(unsupported) when the library cannot be loaded. Thread rule: may be called from any
// thread.
const Curl& curl();

}  // namespace gander::driver::clickhouse
