/* SPDX-License-Identifier: MIT
 *
 * The least that applying a directory of SQL files to MySQL can cost: libmariadb and nothing else.
 * No checks, no checksums, no history, nothing that tells after a crash how far a file has come:
 * what a migration tool is compared with, not one to use.
 *
 *   mysql apply SOCKET DATABASE DIR    runs the Up sections, each with its version row in a message
 *   mysql status SOCKET DATABASE DIR   lists every file and when it was applied
 *
 * It takes a named lock when there is something to do and reads the applied set again under it, as
 * whatever must not race with a second run has to. A change of the schema commits by itself; the
 * rows behind the last one of a file are committed with the version row. An Up section is what
 * stands before the line "-- +goose Down"; the annotations are comments to MySQL.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char kDown[] = "\n-- +goose Down";
static const char kMake[] =
    "CREATE TABLE IF NOT EXISTS versions (version bigint PRIMARY KEY, at datetime NOT NULL DEFAULT "
    "current_timestamp)";
static const char kRead[] = "SELECT version, at FROM versions ORDER BY version";

static MYSQL* connection;

static void fail(const char* where) {
  fprintf(stderr, "%s: %s\n", where, connection == NULL ? "failed" : mysql_error(connection));
  exit(1);
}

/* The rows of the last of its results. */
static MYSQL_RES* ask(const char* sql, size_t size) {
  MYSQL_RES* last = NULL;
  if (mysql_real_query(connection, sql, size) != 0) fail("query");
  for (;;) {
    MYSQL_RES* result = mysql_store_result(connection);
    if (result == NULL && mysql_field_count(connection) != 0) fail("result");
    if (result != NULL) {
      mysql_free_result(last);
      last = result;
    }
    const int more = mysql_next_result(connection);
    if (more > 0) fail("query");
    if (more < 0) return last;
  }
}

static MYSQL_RES* simple(const char* sql) { return ask(sql, strlen(sql)); }

/* Those that are there; there is no table before the first run. */
static MYSQL_RES* applied_versions(void) {
  if (mysql_query(connection, kRead) == 0) return mysql_store_result(connection);
  mysql_free_result(simple(kMake));
  return simple(kRead);
}

static int is_sql(const struct dirent* entry) {
  const char* dot = strrchr(entry->d_name, '.');
  return dot != NULL && strcmp(dot, ".sql") == 0;
}

static void apply(const char* path, long long version) {
  const int file = open(path, O_RDONLY);
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0) fail(path);
  char* text = malloc((size_t)status.st_size + 128);
  if (text == NULL || read(file, text, (size_t)status.st_size) != status.st_size) fail(path);
  close(file);
  text[status.st_size] = '\0';
  char* end = strstr(text, kDown);
  if (end == NULL) end = text + status.st_size;
  end += sprintf(end, "\nINSERT INTO versions (version) VALUES (%lld);COMMIT", version);
  mysql_free_result(ask(text, (size_t)(end - text)));
  free(text);
}

int main(int argc, char** argv) {
  if (argc < 5) return fputs("usage: see the head of mysql.c\n", stderr), 2;
  const int status = strcmp(argv[1], "status") == 0;
  connection = mysql_init(NULL);
  if (connection == NULL || mysql_real_connect(connection, NULL, "root", NULL, argv[3], 0, argv[2],
                                               CLIENT_MULTI_STATEMENTS) == NULL) {
    fail("connect");
  }
  MYSQL_RES* applied = applied_versions();
  struct dirent** files;
  const int file_count = scandir(argv[4], &files, is_sql, alphasort);
  if (file_count < 0) fail(argv[4]);
  int locked = 0;
  MYSQL_ROW row = mysql_fetch_row(applied);
  for (int i = 0; i < file_count; ++i) {
    const char* name = files[i]->d_name;
    const long long version = atoll(name);
    while (row != NULL && atoll(row[0]) < version) row = mysql_fetch_row(applied);
    const int known = row != NULL && atoll(row[0]) == version;
    if (status) printf("%-19s  %s\n", known ? row[1] : "pending", name);
    if (status || known) continue;
    if (!locked) {
      mysql_free_result(simple("SET autocommit = 0; SELECT get_lock('floor', 60)"));
      mysql_free_result(applied);
      applied = applied_versions();
      row = mysql_fetch_row(applied);
      locked = 1, --i;
      continue;
    }
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", argv[4], name);
    apply(path, version);
  }
  if (locked) mysql_free_result(simple("SELECT release_lock('floor')"));
  mysql_close(connection);
  return 0;
}
