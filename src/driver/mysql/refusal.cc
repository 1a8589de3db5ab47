// SPDX-License-Identifier: MIT
#include "src/driver/mysql/refusal.h"

#include <algorithm>
#include <iterator>

#include "src/driver/mysql/lexical.h"

namespace gander::driver::mysql {

bool refuses_transaction(unsigned number, std::string_view sql) {
  // Transaction characteristics, sql_log_bin, binlog_format, XA, SET GLOBAL read_only, and what
  // replication knows besides.
  constexpr unsigned kNumbers[] = {1192, 1399, 1400, 1568, 1679, 1694,
                                   1766, 1778, 1785, 1929, 3098};
  if (std::find(std::begin(kNumbers), std::end(kNumbers), number) == std::end(kNumbers)) {
    return false;
  }
  sql::Words words(kLexicalRules, sql);
  if (words.accept("xa")) return true;
  if (!words.accept("set")) return false;
  // A value may be that of a function or a query.
  while (!words.done()) {
    if (words.take().is('(')) return false;
  }
  return true;
}

}  // namespace gander::driver::mysql
