// SPDX-License-Identifier: MIT
// MySQL and MariaDB as a target: borrowed connections, and what a `mysql:` URL may say.
//
//   mysql://[user[:password]@][host[:port]]/[database][?name=value&...]     or mariadb://
//   or, as goose's DBSTRING, what goose's driver takes:
//   [user[:password]@][tcp(host[:port])|unix(/path)]/[database][?name=value&...]
//
//     socket=/run/mysqld/mysqld.sock   a unix socket instead of host and port; without either,
//                              127.0.0.1:3306
//     tls=false                no TLS, as with goose: the default without what follows
//     tls=preferred            TLS where the server can, whoever it is
//     tls=skip-verify          TLS, whoever the server is
//     tls=true                 TLS, with a certificate for this host that an authority known to the
//                              system has signed, or one of ssl-ca. ssl-mode and sslmode say the
//                              same in the words of MySQL's clients
//     ssl-ca=FILE              the authority (PEM): implies tls=true; ssl-capath=DIRECTORY
//     ssl-cert=FILE            a certificate of this side and its key (PEM)
//     ssl-key=FILE
//     ssl-cipher=, tls-version=
//     allowCleartextPasswords=true     also where the connection is not encrypted
//     plugin-dir=DIRECTORY     the client library's plugins for logging in
//     timeout=30s              to connect (default: 30 s); readTimeout, writeTimeout: for each
//     packet charset=utf8mb4          the character set of the connection, and its collation
//     (default: collation=NAME           utf8mb4_general_ci, as goose's driver)
//     maxAllowedPacket=BYTES, compress=true
//     option-file=FILE         an option file of MySQL's clients (~/.my.cnf), whose groups client,
//                              mysql and gander give what the URL does not say: user, password,
//                              host, port, socket, database, ssl-*. No file is read that is not
//                              named
//     sql_mode='ANSI', time_zone='%2B00:00' ...  any other name is a variable of the session, with
//                              a value in SQL
//   The remaining parameters of goose's driver (parseTime, multiStatements, loc, interpolateParams,
//   clientFoundRows, allowAllFiles ...) are accepted and have no effect: several statements in a
//   block always run, one by one, an UPDATE always counts the rows it finds, and LOAD DATA LOCAL is
//   never allowed. serverPubKey and names of TLS settings that a Go program registers are refused.
//   In a URL user, password and values are percent-encoded; in a DSN user and password stand as
//   they are, and the last `/` and the last `@` before it count.
//
// MariaDB 10.6 and newer, MySQL 8.0 and newer. The client library libmariadb, which speaks to both,
// is loaded when a connection is opened: without it, operations end in an `unsupported` error that
// says how to install it.
#pragma once

#include "gander/standard.h"
#ifdef GANDER_CXX20

#include <string_view>

#include "gander/export.h"
#include "gander/target.h"

struct st_mysql;  // libmariadb's MYSQL

namespace gander {

// A target by a URL or a DSN. Errors: usage for what is neither; unsupported in a build without
// MySQL.
[[nodiscard]] GANDER_EXPORT Target mysql(std::string_view url_or_dsn);

// A target on a connection of libmariadb (not of MySQL's libmysqlclient, whose MYSQL is another
// structure) that the application owns and keeps open for as long as the runner lives. It must be
// connected and outside a transaction when an operation starts. After each operation, failed ones
// included, no transaction is open. MigrationRunner::cancel() cancels the statement in flight, over
// a second connection with the same user. Thread rule: while an operation runs, no other thread may
// use the connection. Errors: usage for nullptr; unsupported in a build without MySQL.
[[nodiscard]] GANDER_EXPORT Target borrow(st_mysql* connection);

}  // namespace gander

#endif
