// SPDX-License-Identifier: MIT
// Applies a directory of migrations from C, and prints where the database stands.
//
//   c_program DATABASE-URL DIRECTORY
#include <gander/c.h>
#include <stdio.h>

static void print_status(gander_runner* runner) {
  gander_status* status = NULL;
  size_t i;
  if (gander_runner_status(runner, &status, NULL) != GANDER_OK) return;
  for (i = 0; i < gander_status_count(status); ++i) {
    printf("%-8s %s\n", gander_status_migration_state(status, i),
           gander_status_migration_name(status, i));
  }
  gander_status_free(status);
}

int main(int argc, char** argv) {
  gander_source* source = NULL;
  gander_runner* runner = NULL;
  gander_report* report = NULL;
  gander_error* error = NULL;
  int code;

  if (argc != 3) {
    fprintf(stderr, "usage: c_program DATABASE-URL DIRECTORY\n");
    return 2;
  }
  code = gander_source_directory(argv[2], &source, &error);
  if (code == GANDER_OK) code = gander_runner_open(argv[1], source, NULL, &runner, &error);
  if (code == GANDER_OK) code = gander_runner_up(runner, &report, &error);

  if (code == GANDER_OK) {
    printf("applied %lu migrations, now at version %ld\n",
           (unsigned long)gander_report_count(report), (long)gander_report_version(report));
    print_status(runner);
  } else {
    fprintf(stderr, "%s error: %s\n", gander_code_name(code), gander_error_what(error));
  }

  // Freeing NULL is allowed, so one way out serves all.
  gander_error_free(error);
  gander_report_free(report);
  gander_runner_free(runner);
  gander_source_free(source);
  return code == GANDER_OK ? 0 : 1;
}
