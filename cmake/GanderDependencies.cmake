# SPDX-License-Identifier: MIT
# What the library needs: SQLite and fmt; PostgreSQL's, MariaDB's and curl's headers if they are there.
#
# libpq, libmariadb and libcurl themselves are loaded at run time by the drivers that need them, so
# that a program that only uses SQLite neither links nor loads them; only their headers are used here.

find_package(Threads REQUIRED)
if(GANDER_BUNDLE)
  include(GanderBundle)
  set(gander_header_hints HINTS ${GANDER_BUNDLE} NO_DEFAULT_PATH)
else()
  find_package(SQLite3 3.35 REQUIRED)
  find_package(fmt REQUIRED)
endif()

# A program that is linked statically altogether cannot load a library.
if(NOT GANDER_STATIC_EXECUTABLE)
  find_path(GANDER_LIBPQ_INCLUDE_DIR libpq-fe.h PATH_SUFFIXES postgresql pgsql ${gander_header_hints})
  # A file that is in no header set but MariaDB's: MySQL's mysql.h is another one.
  find_path(GANDER_LIBMARIADB_INCLUDE_DIR mariadb_stmt.h PATH_SUFFIXES mariadb mysql
                                                                       ${gander_header_hints})
  find_path(GANDER_LIBCURL_INCLUDE_DIR curl/curl.h ${gander_header_hints})
  mark_as_advanced(GANDER_LIBPQ_INCLUDE_DIR GANDER_LIBMARIADB_INCLUDE_DIR GANDER_LIBCURL_INCLUDE_DIR)
endif()

set(gander_dependencies SQLite::SQLite3 fmt::fmt Threads::Threads ${CMAKE_DL_LIBS})
