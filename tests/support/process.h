// SPDX-License-Identifier: MIT
// Process: a program started by a test; killed at the end of its life.
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <string>
#include <vector>

namespace gander::testing_support {

class Process {
 public:
  // Runs argv[0] with output to `log`. As root the process becomes `user`. It gets `farewell` when
  // the test dies.
  Process(const std::vector<std::string>& argv, const std::string& log, const std::string& user,
          int farewell = SIGINT);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void send(int signal) const;
  // Its exit code; 128 + N when signal N ended it.
  int wait();
  bool running();
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  int status_ = 0;
};

}  // namespace gander::testing_support
