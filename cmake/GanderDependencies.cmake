# SPDX-License-Identifier: MIT
# What the library needs: SQLite, libcrypto and fmt; PostgreSQL's and MariaDB's headers if they are
# there.
#
# libpq and libmariadb themselves are loaded at run time by the drivers that need them, so that a
# program that only uses SQLite neither links nor loads them; only their headers are used here.

find_package(Threads REQUIRED)
find_package(SQLite3 3.35 REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(fmt REQUIRED)

find_path(GANDER_LIBPQ_INCLUDE_DIR libpq-fe.h PATH_SUFFIXES postgresql pgsql)
# A file that is in no header set but MariaDB's: MySQL's mysql.h is another one.
find_path(GANDER_LIBMARIADB_INCLUDE_DIR mariadb_stmt.h PATH_SUFFIXES mariadb mysql)
mark_as_advanced(GANDER_LIBPQ_INCLUDE_DIR GANDER_LIBMARIADB_INCLUDE_DIR)

set(gander_dependencies SQLite::SQLite3 OpenSSL::Crypto fmt::fmt Threads::Threads
                        ${CMAKE_DL_LIBS})
