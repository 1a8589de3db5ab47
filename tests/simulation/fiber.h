// SPDX-License-Identifier: MIT
// Fiber: a function that can stand still in the middle and go on later, all in one thread, so that
// a seeded scheduler decides alone who takes the next step.
//
// Exceptions may be in flight while a fiber stands still: the C++ runtime's bookkeeping of them is
// switched with the stack.
#pragma once

#include <ucontext.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace gander::simulation {

class Fiber {
 public:
  // `body` must not let an exception out.
  explicit Fiber(std::function<void()> body);
  // The fiber must be done().
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // Runs it until its next pause() or its end.
  void resume();
  // Called inside the fiber: back to resume()'s caller.
  void pause();
  bool done() const { return done_; }

 private:
  // What the C++ runtime knows of exceptions in flight (Itanium C++ ABI, section 2.2.2).
  struct Exceptions {
    void* caught = nullptr;
    unsigned int uncaught = 0;
  };

  static void enter(unsigned int high, unsigned int low);
  void swap_exceptions();

  std::function<void()> body_;
  std::unique_ptr<std::vector<char>> stack_;
  ucontext_t here_{};
  ucontext_t caller_{};
  Exceptions exceptions_;
  void* caller_fake_stack_ = nullptr;  // of the address sanitizer
  void* own_fake_stack_ = nullptr;
  const void* caller_stack_ = nullptr;
  std::size_t caller_stack_size_ = 0;
  bool done_ = false;
};

}  // namespace gander::simulation
