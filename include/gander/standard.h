// SPDX-License-Identifier: MIT
// GANDER_CXX20 is defined where the compiler speaks C++20. An older one is told so once, instead of
// a page of errors in what follows: the other headers are empty to it.
#pragma once

#if __cplusplus >= 202002L || (defined(_MSVC_LANG) && _MSVC_LANG >= 202002L)
#define GANDER_CXX20 1
#else
#error "Gander needs C++20: compile with -std=c++20, or use gander/c.h"
#endif
