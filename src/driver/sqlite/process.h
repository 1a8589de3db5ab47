// SPDX-License-Identifier: MIT
// Settings of SQLite that are one for the whole process: for the program, never for the library,
// whose host has its own.
#pragma once

namespace gander::driver::sqlite {

// SQLite then neither counts the memory that it uses nor locks a mutex on each use of a connection,
// which together cost a tenth of a run. To be called before any other use of SQLite; a connection
// then belongs to one thread at a time. Has no effect where SQLite was built without threads.
void settle_process() noexcept;

}  // namespace gander::driver::sqlite
