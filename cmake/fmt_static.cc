// SPDX-License-Identifier: MIT
// fmt's compiled half as part of the program, because Debian has it as a shared library only, and
// loading that (and the libstdc++ it brings) takes longer than a whole `gander status`.
// GanderProgram.cmake tries whether this links with the fmt at hand, and else uses the shared one.
#include <fmt/format-inl.h>

FMT_BEGIN_NAMESPACE
namespace detail {
template auto thousands_sep_impl<char>(locale_ref) -> thousands_sep_result<char>;
template auto thousands_sep_impl<wchar_t>(locale_ref) -> thousands_sep_result<wchar_t>;
template auto decimal_point_impl(locale_ref) -> char;
template auto decimal_point_impl(locale_ref) -> wchar_t;
}  // namespace detail
FMT_END_NAMESPACE
