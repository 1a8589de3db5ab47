// SPDX-License-Identifier: MIT
#include "tests/simulation/fiber.h"

#include <cxxabi.h>

#include <cstdint>
#include <stdexcept>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#define GANDER_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GANDER_ADDRESS_SANITIZER 1
#endif
#endif
#ifdef GANDER_ADDRESS_SANITIZER
#include <sanitizer/common_interface_defs.h>
#endif

namespace gander::simulation {
namespace {

constexpr std::size_t kStackBytes = 512 * 1024;

// Fresh stacks cost page faults: those of finished fibers are used again.
std::vector<std::unique_ptr<std::vector<char>>>& spare_stacks() {
  static std::vector<std::unique_ptr<std::vector<char>>> stacks;
  return stacks;
}

std::unique_ptr<std::vector<char>> take_stack() {
  if (spare_stacks().empty()) return std::make_unique<std::vector<char>>(kStackBytes);
  std::unique_ptr<std::vector<char>> stack = std::move(spare_stacks().back());
  spare_stacks().pop_back();
  return stack;
}

// Tell the address sanitizer, where there is one, that the stack changes.
void before_switch([[maybe_unused]] void** fake_stack, [[maybe_unused]] const void* bottom,
                   [[maybe_unused]] std::size_t size) {
#ifdef GANDER_ADDRESS_SANITIZER
  __sanitizer_start_switch_fiber(fake_stack, bottom, size);
#endif
}

void after_switch([[maybe_unused]] void* fake_stack, [[maybe_unused]] const void** bottom,
                  [[maybe_unused]] std::size_t* size) {
#ifdef GANDER_ADDRESS_SANITIZER
  __sanitizer_finish_switch_fiber(fake_stack, bottom, size);
#endif
}

}  // namespace

Fiber::Fiber(std::function<void()> body) : body_(std::move(body)), stack_(take_stack()) {
  if (::getcontext(&here_) != 0) throw std::runtime_error("getcontext failed");
  here_.uc_stack.ss_sp = stack_->data();
  here_.uc_stack.ss_size = stack_->size();
  here_.uc_link = nullptr;
  // makecontext() passes ints: the pointer goes in two halves.
  const auto self = reinterpret_cast<std::uintptr_t>(this);
  ::makecontext(&here_, reinterpret_cast<void (*)()>(&Fiber::enter), 2,
                static_cast<unsigned int>(self >> 32), static_cast<unsigned int>(self));
}

Fiber::~Fiber() { spare_stacks().push_back(std::move(stack_)); }

void Fiber::enter(unsigned int high, unsigned int low) {
  auto* self = reinterpret_cast<Fiber*>((static_cast<std::uintptr_t>(high) << 32) | low);
  after_switch(nullptr, &self->caller_stack_, &self->caller_stack_size_);
  self->body_();
  self->done_ = true;
  // Null: this stack will not be entered again.
  before_switch(nullptr, self->caller_stack_, self->caller_stack_size_);
  ::setcontext(&self->caller_);
}

void Fiber::resume() {
  swap_exceptions();
  before_switch(&caller_fake_stack_, stack_->data(), stack_->size());
  ::swapcontext(&caller_, &here_);
  after_switch(caller_fake_stack_, nullptr, nullptr);
  swap_exceptions();
}

void Fiber::pause() {
  before_switch(&own_fake_stack_, caller_stack_, caller_stack_size_);
  ::swapcontext(&here_, &caller_);
  after_switch(own_fake_stack_, &caller_stack_, &caller_stack_size_);
}

void Fiber::swap_exceptions() {
  auto* globals = reinterpret_cast<Exceptions*>(abi::__cxa_get_globals());
  std::swap(*globals, exceptions_);
}

}  // namespace gander::simulation
