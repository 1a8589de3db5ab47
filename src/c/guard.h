// SPDX-License-Identifier: MIT
// How the entries of gander/c.h answer for exceptions and for arguments that are null.
#pragma once

#include <exception>

#include "src/c/api.h"

namespace gander::c {

inline int fail(const Error& failure, gander_error** error) noexcept {
  try {
    if (error != nullptr) *error = new gander_error(failure);
  } catch (...) {
    // No memory for the object: the number is all there is (convention 3).
  }
  return static_cast<int>(failure.code());
}

inline int fail_internal(const char* what, gander_error** error) noexcept {
  try {
    return fail(Error(ErrorCode::internal, what), error);
  } catch (...) {
    return GANDER_INTERNAL;
  }
}

// Runs `work` and answers for whatever it throws.
template <typename Work>
int guarded(gander_error** error, const Work& work) noexcept {
  if (error != nullptr) *error = nullptr;
  try {
    work();
    return GANDER_OK;
  } catch (const Error& failure) {
    return fail(failure, error);
  } catch (const std::exception& exception) {
    return fail_internal(exception.what(), error);
  } catch (...) {
    return fail_internal("an exception of unknown type", error);
  }
}

[[noreturn]] inline void throw_usage(const char* message) {
  throw Error(ErrorCode::usage, message);
}

template <typename Pointer>
Pointer require(Pointer pointer, const char* message) {
  if (pointer == nullptr) throw_usage(message);
  return pointer;
}

// Clears the place for the result and puts there what `work` makes.
template <typename Object, typename Work>
int make(Object** place, gander_error** error, const Work& work) {
  if (place != nullptr) *place = nullptr;
  return guarded(error, [&] {
    require(place, "there is no place for the result");
    *place = new Object{work()};
  });
}

}  // namespace gander::c
