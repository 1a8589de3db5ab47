// SPDX-License-Identifier: MIT
// Everything a program that embeds Gander needs:
//
//   #include <gander/gander.h>
//
//   gander::MigrationRunner runner{gander::open("sqlite:app.db"), gander::directory("migrations")};
//   gander::Report report = runner.up();
//
// gander/sqlite.h and gander/postgres.h add borrow(); gander/c.h is the same library for C.
#pragma once

// An older compiler is told so once, instead of a page of errors in what follows.
#if __cplusplus < 202002L && !(defined(_MSVC_LANG) && _MSVC_LANG >= 202002L)
#error "Gander needs C++20: compile with -std=c++20, or use gander/c.h"
#else

#include "gander/connection.h"
#include "gander/error.h"
#include "gander/finding.h"
#include "gander/lock.h"
#include "gander/migration_runner.h"
#include "gander/mysql.h"
#include "gander/observer.h"
#include "gander/options.h"
#include "gander/postgres.h"
#include "gander/report.h"
#include "gander/row.h"
#include "gander/source.h"
#include "gander/sqlite.h"
#include "gander/sum.h"
#include "gander/target.h"
#include "gander/validate.h"
#endif
