/* SPDX-License-Identifier: MIT
 *
 * The least that applying a directory of SQL files to PostgreSQL can cost: libpq and nothing else.
 * No checks, no checksums, no history: what a migration tool is compared with, not one to use.
 *
 *   pg apply CONNINFO DIR N     runs the Up sections; a commit, and a message, for every N files
 *   pg status CONNINFO DIR      lists every file and when it was applied
 *
 * It takes an advisory lock when there is something to do and reads the applied set again under it,
 * as whatever must not race with a second run has to. An Up section is what stands before the line
 * "-- +goose Down"; the annotations are comments to PostgreSQL.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char kDown[] = "\n-- +goose Down";

/* The table is there from the second run on: asking costs less than its NOTICE does. */
static const char kRead[] =
    "SET client_min_messages = warning; CREATE TABLE IF NOT EXISTS versions (version bigint "
    "PRIMARY KEY, at timestamp NOT NULL DEFAULT now()); SELECT version, to_char(at, 'YYYY-MM-DD "
    "HH24:MI:SS') FROM versions ORDER BY version";

static PGconn* connection;

static void fail(const char* where) {
  fprintf(stderr, "%s: %s\n", where, connection == NULL ? "failed" : PQerrorMessage(connection));
  exit(1);
}

static PGresult* ask(const char* sql) {
  PGresult* result = PQexec(connection, sql);
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail("query");
  return result;
}

typedef struct {
  char* text;
  size_t size, room;
} Message;

static char* grow(Message* message, size_t more) {
  while (message->size + more + 1 > message->room) {
    message->room = message->room == 0 ? 65536 : 2 * message->room;
    message->text = realloc(message->text, message->room);
    if (message->text == NULL) fail("memory");
  }
  return message->text + message->size;
}

static void append(Message* message, const char* text) {
  const size_t size = strlen(text);
  memcpy(grow(message, size), text, size + 1);
  message->size += size;
}

static void append_file(Message* message, const char* path) {
  const int file = open(path, O_RDONLY);
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0) fail(path);
  char* text = grow(message, (size_t)status.st_size);
  if (read(file, text, (size_t)status.st_size) != status.st_size) fail(path);
  text[status.st_size] = '\0';
  close(file);
  char* down = strstr(text, kDown);
  message->size += down != NULL ? (size_t)(down - text) : (size_t)status.st_size;
}

static int is_sql(const struct dirent* entry) {
  const char* dot = strrchr(entry->d_name, '.');
  return dot != NULL && strcmp(dot, ".sql") == 0;
}

int main(int argc, char** argv) {
  if (argc < 4) return fputs("usage: see the head of pg.c\n", stderr), 2;
  const int status = strcmp(argv[1], "status") == 0;
  const int group = argc > 4 ? atoi(argv[4]) : 1;
  connection = PQconnectdb(argv[2]);
  if (PQstatus(connection) != CONNECTION_OK) fail("connect");
  PGresult* applied = ask(kRead);
  struct dirent** files;
  const int file_count = scandir(argv[3], &files, is_sql, alphasort);
  if (file_count < 0) fail(argv[3]);
  Message message = {NULL, 0, 0};
  int next = 0, waiting = 0, locked = 0;
  for (int i = 0; i < file_count; ++i) {
    const char* name = files[i]->d_name;
    const long long version = atoll(name);
    while (next < PQntuples(applied) && atoll(PQgetvalue(applied, next, 0)) < version) ++next;
    const int known = next < PQntuples(applied) && atoll(PQgetvalue(applied, next, 0)) == version;
    if (status) printf("%-19s  %s\n", known ? PQgetvalue(applied, next, 1) : "pending", name);
    if (status || known) continue;
    if (!locked) {
      PQclear(ask("SELECT pg_advisory_lock(4711)"));
      PQclear(applied);
      applied = ask(kRead);
      locked = 1, next = 0, --i;
      continue;
    }
    char path[4096], record[96];
    snprintf(path, sizeof path, "%s/%s", argv[3], name);
    snprintf(record, sizeof record, "\n;INSERT INTO versions (version) VALUES (%lld);", version);
    if (waiting++ == 0) append(&message, "BEGIN;");
    append_file(&message, path);
    append(&message, record);
    if (waiting < group && i + 1 < file_count) continue;
    append(&message, "COMMIT");
    PQclear(ask(message.text));
    message.size = 0, waiting = 0;
  }
  if (waiting > 0) {
    append(&message, "COMMIT");
    PQclear(ask(message.text));
  }
  if (locked) PQclear(ask("SELECT pg_advisory_unlock(4711)"));
  PQfinish(connection);
  return 0;
}
