// SPDX-License-Identifier: MIT
// A C program that uses gander/c.h as a caller in C would; what each function does is tested in
// src/c/api_test.cc.
#include <gander/c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(int condition, const char* what, const gander_error* error) {
  if (condition) return;
  fprintf(stderr, "failed: %s\n%s\n", what, gander_error_what(error));
  exit(1);
}

static void count_finished(void* context, const gander_event* event) {
  if (event->kind == GANDER_EVENT_MIGRATION_FINISHED) ++*(int*)context;
}

int main(void) {
  static const char good[] = "-- +goose Up\nCREATE TABLE birds (name TEXT);\n";
  static const char bad[] = "-- +goose Up\nINSERT INTO bird VALUES ('greylag');\n";
  const gander_file files[] = {{"00001_birds.sql", good, sizeof good - 1},
                               {"00002_geese.sql", bad, sizeof bad - 1}};
  gander_error* error = NULL;
  gander_source* source = NULL;
  gander_runner* runner = NULL;
  gander_report* report = NULL;
  gander_options* options = gander_options_new();
  int finished = 0;
  int code;

  check(gander_options_set_observer(options, count_finished, &finished) == GANDER_OK, "observer",
        NULL);
  check(gander_source_files(files, 2, &source, &error) == GANDER_OK, "source", error);
  check(gander_runner_open("sqlite::memory:", source, options, &runner, &error) == GANDER_OK,
        "runner", error);
  gander_options_free(options);
  gander_source_free(source);

  check(gander_runner_up_to(runner, 1, &report, &error) == GANDER_OK, "up_to", error);
  check(gander_report_count(report) == 1 && gander_report_version(report) == 1, "report", NULL);
  check(strcmp(gander_report_migration_name(report, 0), "00001_birds.sql") == 0, "name", NULL);
  check(finished == 1, "the observer hears of one migration", NULL);
  gander_report_free(report);

  code = gander_runner_up(runner, &report, &error);
  check(code == GANDER_SQL && report == NULL && error != NULL, "an SQL error", error);
  check(gander_error_line(error) == 2, "the line of the error", error);
  check(strcmp(gander_error_file(error), "00002_geese.sql") == 0, "the file of the error", error);
  gander_error_free(error);
  gander_runner_free(runner);
  puts("c program: ok");
  return 0;
}
