// SPDX-License-Identifier: MIT
#include "src/driver/postgres/message_shape.h"

#include <gtest/gtest.h>

#include <string>

namespace gander::driver::postgres {
namespace {

// "starts" as offsets, then T for transaction control and S for touching the session.
std::string dump(std::string_view sql) {
  const MessageShape found = message_shape(sql);
  std::string text;
  for (const std::size_t start : found.starts) {
    text += (text.empty() ? "" : " ") + std::to_string(start);
  }
  if (found.controls_transaction) text += " T";
  if (found.touches_session) text += " S";
  return text;
}

struct Case {
  const char* sql;
  const char* dump;
};

class MessageShapeTest : public ::testing::TestWithParam<Case> {};

TEST_P(MessageShapeTest, FindsTheStatements) { EXPECT_EQ(dump(GetParam().sql), GetParam().dump); }

INSTANTIATE_TEST_SUITE_P(
    Table, MessageShapeTest,
    ::testing::Values(
        Case{"", ""}, Case{" ;; -- ;\n /* ; */ ", ""}, Case{"DELETE FROM a", "0"},
        Case{"DELETE FROM a;", "0"}, Case{"DELETE FROM a; DELETE FROM b", "0 15"},
        Case{"DELETE FROM a WHERE t = ';'; DELETE FROM b", "0 29"},
        Case{"DELETE FROM a WHERE t = E'\\';'; DELETE FROM b;", "0 32"},
        Case{"DELETE FROM a WHERE t = $$;$$; DELETE FROM b;", "0 31"},
        Case{"DELETE FROM a WHERE t = $x$;$$;$x$; DELETE FROM b;", "0 36"},
        Case{"DELETE FROM a WHERE i = $1; DELETE FROM b$1$ ; DELETE FROM c", "0 28 47"},
        Case{"DELETE FROM \"a;\"\"b\"; DELETE FROM b", "0 21"},
        Case{"/* /* ; */ ; */ DELETE FROM a; -- ;", "16"},
        Case{"CREATE RULE r AS ON INSERT TO a DO ALSO (DELETE FROM b; DELETE FROM c); DROP TABLE d",
             "0 72"},
        Case{"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC DELETE FROM a; SELECT CASE WHEN true "
             "THEN "
             "1 END; END; DROP TABLE d",
             "0 99"},
        Case{"CREATE TABLE begin (atomic int); DROP TABLE d", "0 33"},
        Case{"BEGIN; DELETE FROM a; END", "0 7 22 T S"}, Case{"COMMIT;", "0 T S"},
        Case{"rollback to savepoint s", "0 T S"}, Case{"SET x = 1", "0 S"},
        Case{"DELETE FROM a; SET x = 1", "0 15 S"}, Case{"SELECT 1", "0"},
        Case{"SELECT count(*) FROM a WHERE i IN (1, 2) AND EXISTS (SELECT 1)", "0"},
        Case{"SELECT pg_catalog.set_config('search_path', '', false)", "0 S"},
        Case{"SELECT \"f\"(1)", "0 S"}, Case{"WITH x AS (SELECT 1) SELECT f (1) FROM x", "0 S"},
        Case{"CREATE TEMP TABLE t (i int)", "0 S"},
        Case{"CREATE OR REPLACE TEMPORARY VIEW v AS SELECT 1", "0 S"},
        Case{"CREATE TABLE t (temp int, i int)", "0"}, Case{"DO $$ BEGIN END $$", "0 S"},
        Case{"CALL p()", "0 S"}, Case{"LISTEN x", "0 S"}, Case{"'unterminated; DROP", "0 S"}));

}  // namespace
}  // namespace gander::driver::postgres
