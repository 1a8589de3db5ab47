// SPDX-License-Identifier: MIT
#include "src/driver/postgres/catalogue/settled.h"

#include <gtest/gtest.h>

namespace gander::driver::postgres {
namespace {

TEST(SettledTest, ACastOfAnArrayBecomesCastsOfItsElements) {
  EXPECT_EQ(settled("CHECK (((role)::text = ANY ((ARRAY['A'::character varying, 'it''s, "
                    "[x]'::character varying(9)])::text[])))"),
            "CHECK (((role)::text = ANY (ARRAY[('A'::character varying)::text, ('it''s, "
            "[x]'::character varying(9))::text])))");
  EXPECT_EQ(settled("(n = ANY ((ARRAY[1, 2.5, NULL::integer])::numeric(10,2)[]))"),
            "(n = ANY (ARRAY[(1)::numeric(10,2), (2.5)::numeric(10,2), "
            "(NULL::integer)::numeric(10,2)]))");
  EXPECT_EQ(settled("((ARRAY[E'a\\\\''b'::text])::public.\"Odd [] type\"[])"),
            "(ARRAY[(E'a\\\\''b'::text)::public.\"Odd [] type\"])");
  EXPECT_EQ(settled("(a = ANY (ARRAY['A'::character varying, 'B'::character varying]::text[]))"),
            "(a = ANY (ARRAY['A'::character varying::text, 'B'::character varying::text]))");
}

TEST(SettledTest, EverythingElseStays) {
  for (const char* text :
       {"", "(ARRAY['a'::text, 'b'::text])", "((ARRAY[x, 'a'::text])::text[])",
        "('(ARRAY[''a''::character varying])::text[]'::text)", "((ARRAY['a'::text])::text)",
        "\"(ARRAY['a'::text])::text[]\"", "(ARRAY[", "(ARRAY['a", "(ARRAY[E", "(ARRAY['a'::"}) {
    EXPECT_EQ(settled(text), text);
  }
}

}  // namespace
}  // namespace gander::driver::postgres
