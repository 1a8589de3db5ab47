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

#include "gander/standard.h"
#ifdef GANDER_CXX20

#include "gander/connection.h"
#include "gander/error.h"
#include "gander/finding.h"
#include "gander/lint.h"
#include "gander/lock.h"
#include "gander/mark.h"
#include "gander/migration_runner.h"
#include "gander/mysql.h"
#include "gander/observer.h"
#include "gander/options.h"
#include "gander/postgres.h"
#include "gander/rehearsal.h"
#include "gander/report.h"
#include "gander/row.h"
#include "gander/schema.h"
#include "gander/source.h"
#include "gander/sqlite.h"
#include "gander/sum.h"
#include "gander/target.h"
#include "gander/validate.h"
#endif
