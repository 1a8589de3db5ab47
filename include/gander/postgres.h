// SPDX-License-Identifier: MIT
// PostgreSQL as a target: borrowed connections, and what a `postgres:` URL may say.
//
//   postgres://[user[:password]@][host[:port]][,...]/[database][?name=value&...]
//   or, as goose's DBSTRING, a keyword string: "host=/run/postgresql dbname=app user=app"
//
//     everything that the installed libpq takes, in URL, keyword string, PG* variables, service
//     files and ~/.pgpass: several hosts, target_session_attrs, sslmode, options,
//     connect_timeout... (https://www.postgresql.org/docs/current/libpq-connect.html). Defaults of
//     Gander where it says nothing: fallback_application_name=gander, keepalives_idle=30,
//     keepalives_interval=10, keepalives_count=3, tcp_user_timeout=60000. client_encoding is always
//     UTF8.
//     schema=NAME              Options::schema, Options::role, Options::lock_timeout and
//     role=NAME                Options::statement_timeout (gander/options.h), which win over the
//     lock_timeout=200ms       URL
//     statement_timeout=1h
//     search_path=a,b          and any other setting of the server
//                              (https://www.postgresql.org/docs/current/runtime-config-client.html)
//     pooler=session           the pooler that the URL leads to is in session mode: see below
//   Parameters of goose's driver pgx that configure its pool and caches are accepted and have no
//   effect.
//
// PostgreSQL 12 to 18. The client library libpq is loaded when a connection is opened: without it,
// operations end in an `unsupported` error that says how to install it.
//
// Through a pooler in transaction mode (PgBouncer, which is noticed by itself) transactional
// migrations run as usual, under a lease in the table goose_lock. Statements that refuse a
// transaction need a direct connection there; without one they are refused as `unsupported`. A
// pooler in session mode looks the same from outside; pooler=session vouches that it is in that
// mode, and then it counts as a direct connection.
#pragma once

#include "gander/standard.h"
#ifdef GANDER_CXX20

#include <string>
#include <string_view>

#include "gander/export.h"
#include "gander/target.h"

struct pg_conn;  // libpq's PGconn

namespace gander {

// A target by what libpq takes to connect: a URL or a keyword string
// ("host=/run/postgresql dbname=app"), with the same additions as above; empty: all from the
// environment. Errors: usage for what is neither; unsupported in a build without PostgreSQL.
[[nodiscard]] GANDER_EXPORT Target postgres(std::string_view conninfo);

// A target on a connection that the application owns and keeps open for as long as the runner
// lives. It must be connected, idle, outside a transaction and not in pipeline mode when an
// operation starts. After each operation, failed ones included, no transaction is open and the
// settings of the session and its role are as they were found; temporary tables and prepared
// statements are left alone, and notices go where the application has them go.
// MigrationRunner::cancel() cancels the statement in flight. Thread rule: while an operation runs,
// no other thread may use the connection. Errors: usage for nullptr; unsupported in a build without
// PostgreSQL.
[[nodiscard]] GANDER_EXPORT Target borrow(pg_conn* connection);

}  // namespace gander

#endif
