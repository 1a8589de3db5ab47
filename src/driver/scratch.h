// SPDX-License-Identifier: MIT
// Scratch databases: made beside the one that a driver is for, used for the length of some work,
// and dropped. Driver::scratches() gives the maker of them.
//
//   const std::unique_ptr<Scratches> scratches = driver.scratches(options);
//   const std::unique_ptr<Scratch> scratch = scratches->make();
//   const std::unique_ptr<Driver> to_it = scratch->driver();
//   const std::unique_ptr<Connection> session = to_it->connect(options);
//
// After kill -9 of the process, or where the database could not be dropped, it stays behind under
// its name: on a server gander_PURPOSE_ID beside the given database, with files DATABASE-PURPOSE-ID
// in the database's own folder (for one in memory gander-PURPOSE-ID in that for temporary files),
// where PURPOSE is "scratch" unless the maker was told another and ID is 16 hexadecimal digits. No
// two have the same name, so whatever is found by such a name while nothing runs can be dropped.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace gander::driver {

class Driver;

// One database. Whoever has it owns it, on any one thread; it needs neither the maker nor the
// driver any more.
class Scratch {
 public:
  Scratch() = default;
  // Drops it, unless keep_as() has said true. On a server the sessions that are left in it end;
  // of a file nobody may have it open. Swallows errors: what cannot be dropped stays.
  virtual ~Scratch() = default;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  // The name on the server, or the path of the file: the one that it was made with.
  virtual const std::string& name() const = 0;

  // Opens sessions of it, with the settings that the maker's driver has. As often as one likes; no
  // session outlives the driver that has opened it, nor this object.
  virtual std::unique_ptr<Driver> driver() const = 0;

  // Makes it one that lasts, under this name, in one step: whoever sees the name sees a database
  // that is complete and on the disk. On a server it takes no sessions from then on, so that it can
  // be copied at any time. False: there is one of this name, which is left as it is, and this one
  // will be dropped. No session may be open. Throws Error(sql, storage, connection): it is a
  // scratch database as before.
  virtual bool keep_as(const std::string& name) = 0;

  // Leaves it to whoever knows the name to drop it.
  virtual void release() noexcept = 0;
};

// Makes them. Used by one thread.
class Scratches {
 public:
  Scratches() = default;
  virtual ~Scratches() = default;
  Scratches(const Scratches&) = delete;
  Scratches& operator=(const Scratches&) = delete;

  // An empty one, as the engine makes new ones: on PostgreSQL a copy of template1, with what an
  // administrator has put there. After an Error nothing has been made.
  // `purpose`: small letters and "_".
  virtual std::unique_ptr<Scratch> make(std::string_view purpose = "scratch") = 0;

  // A copy of one that was kept. Throws Error(not_found) where there is none (any more).
  virtual std::unique_ptr<Scratch> copy(const std::string& kept,
                                        std::string_view purpose = "scratch") = 0;

  // A copy of the database that the driver is for, with its rows, as it is at one point in time. On
  // a server nobody else may be connected to it while that lasts. Throws Error(locked) where
  // somebody is, Error(storage) where there is no room, Error(unsupported) for one in memory.
  virtual std::unique_ptr<Scratch> duplicate(std::string_view purpose) = 0;

  virtual bool exists(const std::string& kept) = 0;
  // Drops one that was kept, whoever uses it; nothing where there is none.
  virtual void drop(const std::string& kept) = 0;
};

}  // namespace gander::driver
