// SPDX-License-Identifier: MIT
// Administration: the database of a driver as a thing that is made and dropped, seen from outside
// of it. Driver::administration() gives it.
//
//   const auto administration = driver.administration(options);
//   if (administration != nullptr && !administration->exists()) administration->create();
#pragma once

#include <string>

namespace gander::driver {

// Used by one thread. It needs the driver no more.
class Administration {
 public:
  Administration() = default;
  virtual ~Administration() = default;
  Administration(const Administration&) = delete;
  Administration& operator=(const Administration&) = delete;

  // As the server knows it; of a file its name without the directory.
  virtual const std::string& name() const = 0;

  virtual bool exists() = 0;

  // Makes it: empty, as the engine makes new ones. False: it is there, and is left as it is.
  virtual bool create() = 0;

  // Drops it with all that is in it. False: there is none. `terminate`: sessions that are in it
  // end, where the engine can end them. Throws Error(usage) for one that the server itself needs,
  // or a file that is no database; Error(locked) while somebody uses it.
  virtual bool drop(bool terminate) = 0;
};

}  // namespace gander::driver
