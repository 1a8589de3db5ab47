# SPDX-License-Identifier: MIT
# What the library needs: SQLite, libcrypto and fmt; PostgreSQL's headers if they are there.
#
# libpq itself is loaded at run time by the driver that needs it, so that a program that only uses
# SQLite neither links nor loads it; only its header is used here.

find_package(Threads REQUIRED)
find_package(SQLite3 3.35 REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(fmt REQUIRED)

find_path(GANDER_LIBPQ_INCLUDE_DIR libpq-fe.h PATH_SUFFIXES postgresql pgsql)
mark_as_advanced(GANDER_LIBPQ_INCLUDE_DIR)

set(gander_dependencies SQLite::SQLite3 OpenSSL::Crypto fmt::fmt Threads::Threads
                        ${CMAKE_DL_LIBS})
