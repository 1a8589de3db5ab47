// SPDX-License-Identifier: MIT
// Applies the directory named by its argument to a database in memory, through the C interface.
#include <gander/c.h>
#include <stdio.h>

int main(int argc, char** argv) {
  gander_source* source = NULL;
  gander_runner* runner = NULL;
  gander_report* report = NULL;
  gander_error* error = NULL;
  int failed = argc != 2 || gander_source_directory(argv[1], &source, &error) != GANDER_OK ||
               gander_runner_open("sqlite::memory:", source, NULL, &runner, &error) != GANDER_OK ||
               gander_runner_up(runner, &report, &error) != GANDER_OK;
  if (failed) {
    fprintf(stderr, "%s\n", gander_error_what(error));
  } else if (gander_report_count(report) == 2 && gander_report_version(report) == 2) {
    puts("c consumer: ok");
  }
  gander_error_free(error);
  gander_report_free(report);
  gander_runner_free(runner);
  gander_source_free(source);
  return failed;
}
