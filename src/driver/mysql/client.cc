// SPDX-License-Identifier: MIT
#include "src/driver/mysql/client.h"

#include <dlfcn.h>

#include <array>
#include <string>

#include "gander/error.h"

namespace gander::driver::mysql {
namespace {

constexpr const char* kHint =
    "install MariaDB's client library: apt-get install libmariadb3 (Debian, Ubuntu), dnf install "
    "mariadb-connector-c (Fedora, RHEL), apk add mariadb-connector-c (Alpine), brew install "
    "mariadb-connector-c (macOS)";

// The library stays loaded for the life of the process: connections may outlive any one driver.
void* open_library() {
#ifdef __APPLE__
  constexpr std::array kNames = {
      "libmariadb.3.dylib", "/opt/homebrew/opt/mariadb-connector-c/lib/mariadb/libmariadb.3.dylib",
      "/usr/local/opt/mariadb-connector-c/lib/mariadb/libmariadb.3.dylib"};
#else
  constexpr std::array kNames = {"libmariadb.so.3"};
#endif
  std::string reason;
  for (const char* name : kNames) {
    if (void* library = ::dlopen(name, RTLD_LAZY | RTLD_LOCAL)) return library;
    if (reason.empty()) reason = ::dlerror();
  }
  throw Error(ErrorCode::unsupported, "MySQL cannot be used here: " + reason, kHint);
}

template <typename Function>
void find(void* library, const char* name, Function* function) {
  void* symbol = ::dlsym(library, name);
  if (symbol == nullptr) {
    throw Error(ErrorCode::unsupported,
                std::string("the installed libmariadb is too old: it has no ") + name, kHint);
  }
  *function = reinterpret_cast<Function>(symbol);
}

Client load() {
  void* library = open_library();
  Client table;
  find(library, "mysql_server_init", &table.mysql_server_init);
  find(library, "mysql_init", &table.mysql_init);
  find(library, "mysql_options", &table.mysql_options);
  find(library, "mysql_options4", &table.mysql_options4);
  find(library, "mysql_ssl_set", &table.mysql_ssl_set);
  find(library, "mysql_real_connect", &table.mysql_real_connect);
  find(library, "mysql_close", &table.mysql_close);
  find(library, "mysql_errno", &table.mysql_errno);
  find(library, "mysql_error", &table.mysql_error);
  find(library, "mysql_sqlstate", &table.mysql_sqlstate);
  find(library, "mysql_info", &table.mysql_info);
  find(library, "mysql_get_socket", &table.mysql_get_socket);
  find(library, "mysql_get_server_info", &table.mysql_get_server_info);
  find(library, "mysql_get_host_info", &table.mysql_get_host_info);
  find(library, "mysql_thread_id", &table.mysql_thread_id);
  find(library, "mysql_get_timeout_value_ms", &table.mysql_get_timeout_value_ms);
  find(library, "mysql_set_server_option", &table.mysql_set_server_option);
  find(library, "mysql_warning_count", &table.mysql_warning_count);
  find(library, "mysql_real_query_start", &table.mysql_real_query_start);
  find(library, "mysql_real_query_cont", &table.mysql_real_query_cont);
  find(library, "mysql_use_result", &table.mysql_use_result);
  find(library, "mysql_store_result_start", &table.mysql_store_result_start);
  find(library, "mysql_store_result_cont", &table.mysql_store_result_cont);
  find(library, "mysql_next_result_start", &table.mysql_next_result_start);
  find(library, "mysql_next_result_cont", &table.mysql_next_result_cont);
  find(library, "mysql_more_results", &table.mysql_more_results);
  find(library, "mysql_field_count", &table.mysql_field_count);
  find(library, "mysql_affected_rows", &table.mysql_affected_rows);
  find(library, "mysql_num_fields", &table.mysql_num_fields);
  find(library, "mysql_num_rows", &table.mysql_num_rows);
  find(library, "mysql_fetch_fields", &table.mysql_fetch_fields);
  find(library, "mysql_fetch_lengths", &table.mysql_fetch_lengths);
  find(library, "mysql_fetch_row", &table.mysql_fetch_row);
  find(library, "mysql_fetch_row_start", &table.mysql_fetch_row_start);
  find(library, "mysql_fetch_row_cont", &table.mysql_fetch_row_cont);
  find(library, "mysql_free_result", &table.mysql_free_result);
  find(library, "mysql_free_result_start", &table.mysql_free_result_start);
  find(library, "mysql_free_result_cont", &table.mysql_free_result_cont);
  find(library, "mysql_stmt_init", &table.mysql_stmt_init);
  find(library, "mysql_stmt_prepare_start", &table.mysql_stmt_prepare_start);
  find(library, "mysql_stmt_prepare_cont", &table.mysql_stmt_prepare_cont);
  find(library, "mysql_stmt_param_count", &table.mysql_stmt_param_count);
  find(library, "mysql_stmt_bind_param", &table.mysql_stmt_bind_param);
  find(library, "mysql_stmt_execute_start", &table.mysql_stmt_execute_start);
  find(library, "mysql_stmt_execute_cont", &table.mysql_stmt_execute_cont);
  find(library, "mysql_stmt_attr_set", &table.mysql_stmt_attr_set);
  find(library, "mysql_stmt_field_count", &table.mysql_stmt_field_count);
  find(library, "mysql_stmt_result_metadata", &table.mysql_stmt_result_metadata);
  find(library, "mysql_stmt_bind_result", &table.mysql_stmt_bind_result);
  find(library, "mysql_stmt_store_result_start", &table.mysql_stmt_store_result_start);
  find(library, "mysql_stmt_store_result_cont", &table.mysql_stmt_store_result_cont);
  find(library, "mysql_stmt_fetch_start", &table.mysql_stmt_fetch_start);
  find(library, "mysql_stmt_fetch_cont", &table.mysql_stmt_fetch_cont);
  find(library, "mysql_stmt_fetch_column", &table.mysql_stmt_fetch_column);
  find(library, "mysql_stmt_next_result_start", &table.mysql_stmt_next_result_start);
  find(library, "mysql_stmt_next_result_cont", &table.mysql_stmt_next_result_cont);
  find(library, "mysql_stmt_affected_rows", &table.mysql_stmt_affected_rows);
  find(library, "mysql_stmt_free_result_start", &table.mysql_stmt_free_result_start);
  find(library, "mysql_stmt_free_result_cont", &table.mysql_stmt_free_result_cont);
  find(library, "mysql_stmt_close_start", &table.mysql_stmt_close_start);
  find(library, "mysql_stmt_close_cont", &table.mysql_stmt_close_cont);
  find(library, "mysql_stmt_errno", &table.mysql_stmt_errno);
  find(library, "mysql_stmt_error", &table.mysql_stmt_error);
  find(library, "mysql_stmt_sqlstate", &table.mysql_stmt_sqlstate);
  table.mysql_server_init(0, nullptr, nullptr);
  return table;
}

}  // namespace

const Client& client() {
  static const Client kTable = load();
  return kTable;
}

}  // namespace gander::driver::mysql
