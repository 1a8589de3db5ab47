# SPDX-License-Identifier: MIT
# GANDER_BUNDLE=DIR: everything from a directory instead of the system, for a program that has to run
# on other machines than this one. In it are
#   sqlite3.c sqlite3.h     SQLite's amalgamation, which is compiled here
#   fmt/ nlohmann/ toml++/  headers
#   libpq-fe.h              PostgreSQL's, and mariadb_stmt.h MariaDB's: optional, see GanderDependencies
# tools/release makes such a directory.
#
# A program that has an SQLite of its own beside Gander's must not do this: two copies of SQLite in
# one process drop each other's locks (section 2.2.1 of "How To Corrupt An SQLite Database File").
if(GANDER_INSTALL)
  message(FATAL_ERROR "gander: an installed library cannot carry what GANDER_BUNDLE compiles in; "
                      "set GANDER_INSTALL=OFF")
endif()
enable_language(C)

# What Debian's package has, as far as it can be chosen for the amalgamation.
add_library(gander_sqlite3 STATIC ${GANDER_BUNDLE}/sqlite3.c)
add_library(SQLite::SQLite3 ALIAS gander_sqlite3)
target_include_directories(gander_sqlite3 SYSTEM PUBLIC ${GANDER_BUNDLE})
target_compile_options(gander_sqlite3 PRIVATE -w -ffunction-sections -fdata-sections)
target_compile_definitions(
  gander_sqlite3
  PRIVATE HAVE_FDATASYNC=1
          HAVE_GMTIME_R=1
          HAVE_ISNAN=1
          HAVE_LOCALTIME_R=1
          HAVE_USLEEP=1
          SQLITE_ENABLE_COLUMN_METADATA
          SQLITE_ENABLE_DBSTAT_VTAB
          SQLITE_ENABLE_FTS3
          SQLITE_ENABLE_FTS3_PARENTHESIS
          SQLITE_ENABLE_FTS3_TOKENIZER
          SQLITE_ENABLE_FTS4
          SQLITE_ENABLE_FTS5
          SQLITE_ENABLE_MATH_FUNCTIONS
          SQLITE_ENABLE_PREUPDATE_HOOK
          SQLITE_ENABLE_RTREE
          SQLITE_ENABLE_SESSION
          SQLITE_ENABLE_STMTVTAB
          SQLITE_ENABLE_UNLOCK_NOTIFY
          SQLITE_LIKE_DOESNT_MATCH_BLOBS
          SQLITE_MAX_SCHEMA_RETRY=25
          SQLITE_MAX_VARIABLE_NUMBER=250000
          SQLITE_SECURE_DELETE
          SQLITE_SOUNDEX
          SQLITE_THREADSAFE=1
          SQLITE_USE_URI)
if(GANDER_STATIC_EXECUTABLE)
  target_compile_definitions(gander_sqlite3 PRIVATE SQLITE_OMIT_LOAD_EXTENSION)
endif()

add_library(gander_fmt STATIC ${PROJECT_SOURCE_DIR}/cmake/fmt_static.cc)
add_library(fmt::fmt ALIAS gander_fmt)
target_compile_features(gander_fmt PUBLIC cxx_std_20)
target_compile_options(gander_fmt PRIVATE -ffunction-sections -fdata-sections)
target_include_directories(gander_fmt SYSTEM PUBLIC ${GANDER_BUNDLE})

foreach(name IN ITEMS nlohmann_json tomlplusplus)
  add_library(gander_${name} INTERFACE)
  add_library(${name}::${name} ALIAS gander_${name})
  target_include_directories(gander_${name} SYSTEM INTERFACE ${GANDER_BUNDLE})
endforeach()
