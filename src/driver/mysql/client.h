// SPDX-License-Identifier: MIT
// Client: the functions of MariaDB's client library that this driver calls, found at run time.
//
// Entry point: client(). The library is loaded by the first connection and never linked, so that a
// program that only uses SQLite starts without it. It speaks to MySQL as to MariaDB. Names are its
// own; its manual documents them (https://mariadb.com/docs/connectors/mariadb-connector-c), and
// those that end in _start and _cont in "non-blocking API".
#pragma once

#include <mysql.h>

#include <memory>

namespace gander::driver::mysql {

struct Client {
  // NOLINTBEGIN(readability-identifier-naming): the library's names.
  decltype(&::mysql_server_init) mysql_server_init;
  decltype(&::mysql_init) mysql_init;
  decltype(&::mysql_options) mysql_options;
  decltype(&::mysql_options4) mysql_options4;
  decltype(&::mysql_ssl_set) mysql_ssl_set;
  decltype(&::mysql_real_connect) mysql_real_connect;
  decltype(&::mysql_close) mysql_close;

  decltype(&::mysql_errno) mysql_errno;
  decltype(&::mysql_error) mysql_error;
  decltype(&::mysql_sqlstate) mysql_sqlstate;
  decltype(&::mysql_info) mysql_info;
  decltype(&::mysql_get_socket) mysql_get_socket;
  decltype(&::mysql_get_server_info) mysql_get_server_info;
  decltype(&::mysql_get_host_info) mysql_get_host_info;
  decltype(&::mysql_thread_id) mysql_thread_id;
  decltype(&::mysql_get_timeout_value_ms) mysql_get_timeout_value_ms;
  decltype(&::mysql_set_server_option) mysql_set_server_option;
  decltype(&::mysql_warning_count) mysql_warning_count;

  decltype(&::mysql_real_query_start) mysql_real_query_start;
  decltype(&::mysql_real_query_cont) mysql_real_query_cont;
  decltype(&::mysql_use_result) mysql_use_result;
  decltype(&::mysql_store_result_start) mysql_store_result_start;
  decltype(&::mysql_store_result_cont) mysql_store_result_cont;
  decltype(&::mysql_next_result_start) mysql_next_result_start;
  decltype(&::mysql_next_result_cont) mysql_next_result_cont;
  decltype(&::mysql_more_results) mysql_more_results;
  decltype(&::mysql_field_count) mysql_field_count;
  decltype(&::mysql_affected_rows) mysql_affected_rows;

  decltype(&::mysql_num_fields) mysql_num_fields;
  decltype(&::mysql_num_rows) mysql_num_rows;
  decltype(&::mysql_fetch_fields) mysql_fetch_fields;
  decltype(&::mysql_fetch_lengths) mysql_fetch_lengths;
  decltype(&::mysql_fetch_row) mysql_fetch_row;
  decltype(&::mysql_fetch_row_start) mysql_fetch_row_start;
  decltype(&::mysql_fetch_row_cont) mysql_fetch_row_cont;
  decltype(&::mysql_free_result) mysql_free_result;
  decltype(&::mysql_free_result_start) mysql_free_result_start;
  decltype(&::mysql_free_result_cont) mysql_free_result_cont;

  decltype(&::mysql_stmt_init) mysql_stmt_init;
  decltype(&::mysql_stmt_prepare_start) mysql_stmt_prepare_start;
  decltype(&::mysql_stmt_prepare_cont) mysql_stmt_prepare_cont;
  decltype(&::mysql_stmt_param_count) mysql_stmt_param_count;
  decltype(&::mysql_stmt_bind_param) mysql_stmt_bind_param;
  decltype(&::mysql_stmt_execute_start) mysql_stmt_execute_start;
  decltype(&::mysql_stmt_execute_cont) mysql_stmt_execute_cont;
  decltype(&::mysql_stmt_attr_set) mysql_stmt_attr_set;
  decltype(&::mysql_stmt_field_count) mysql_stmt_field_count;
  decltype(&::mysql_stmt_result_metadata) mysql_stmt_result_metadata;
  decltype(&::mysql_stmt_bind_result) mysql_stmt_bind_result;
  decltype(&::mysql_stmt_store_result_start) mysql_stmt_store_result_start;
  decltype(&::mysql_stmt_store_result_cont) mysql_stmt_store_result_cont;
  decltype(&::mysql_stmt_fetch_start) mysql_stmt_fetch_start;
  decltype(&::mysql_stmt_fetch_cont) mysql_stmt_fetch_cont;
  decltype(&::mysql_stmt_fetch_column) mysql_stmt_fetch_column;
  decltype(&::mysql_stmt_next_result_start) mysql_stmt_next_result_start;
  decltype(&::mysql_stmt_next_result_cont) mysql_stmt_next_result_cont;
  decltype(&::mysql_stmt_affected_rows) mysql_stmt_affected_rows;
  decltype(&::mysql_stmt_free_result_start) mysql_stmt_free_result_start;
  decltype(&::mysql_stmt_free_result_cont) mysql_stmt_free_result_cont;
  decltype(&::mysql_stmt_close_start) mysql_stmt_close_start;
  decltype(&::mysql_stmt_close_cont) mysql_stmt_close_cont;
  decltype(&::mysql_stmt_errno) mysql_stmt_errno;
  decltype(&::mysql_stmt_error) mysql_stmt_error;
  decltype(&::mysql_stmt_sqlstate) mysql_stmt_sqlstate;
  // NOLINTEND(readability-identifier-naming)
};

// Throws Error(unsupported) when the library cannot be loaded. Thread rule: may be called from any
// thread.
const Client& client();

struct ResultDeleter {
  void operator()(MYSQL_RES* result) const noexcept { client().mysql_free_result(result); }
};
// All rows of it are here.
using ResultHandle = std::unique_ptr<MYSQL_RES, ResultDeleter>;

}  // namespace gander::driver::mysql
