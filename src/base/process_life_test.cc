// SPDX-License-Identifier: MIT
#include "src/base/process_life.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

namespace gander {
namespace {

TEST(ProcessLife, ProcessIsKnownUntilItEnds) {
  if (this_process().empty()) GTEST_SKIP() << "the system does not tell";
  EXPECT_TRUE(is_alive(this_process()));
  EXPECT_FALSE(is_alive(""));
  EXPECT_FALSE(is_alive("process 1 0 elsewhere pid:[1]"));
  EXPECT_FALSE(has_ended(this_process()));
  EXPECT_FALSE(has_ended(""));
  EXPECT_FALSE(has_ended("process 1 0 elsewhere pid:[1]")) << "nobody here can tell";
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string text = this_process();
    ::_exit(::write(pipe[1], text.data(), text.size()) > 0 ? 0 : 1);
  }
  char text[256] = {};
  ASSERT_GT(::read(pipe[0], text, sizeof text - 1), 0);
  ::waitpid(child, nullptr, 0);
  EXPECT_NE(std::string(text), this_process());
  EXPECT_FALSE(is_alive(text));
  EXPECT_TRUE(has_ended(text));
  ::close(pipe[0]);
  ::close(pipe[1]);
}

}  // namespace
}  // namespace gander
