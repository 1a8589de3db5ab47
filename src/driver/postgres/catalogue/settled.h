// SPDX-License-Identifier: MIT
// settled(): an expression of the server as it is written once it has been read again.
#pragma once

#include <string>
#include <string_view>

namespace gander::driver::postgres {

// `x IN ('a', 'b')` over varchar is stored as a cast of the array, and a script of it as casts of
// its elements: `(ARRAY['a'::varchar])::text[]` becomes `ARRAY[('a'::varchar)::text]`, because the
// type of a cast reaches into an array that stands under it (transformTypeCast, parse_expr.c, 10 to
// 18). Both are the same, and the second one stays. Arrays of constants alone are rewritten.
std::string settled(std::string_view expression);

}  // namespace gander::driver::postgres
