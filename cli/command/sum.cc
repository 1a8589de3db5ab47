// SPDX-License-Identifier: MIT
// sum: writes or checks the file that fingerprints the whole set of migrations.
#include "gander/sum.h"

#include <fmt/format.h>

#include "cli/call.h"
#include "cli/command/handlers.h"
#include "cli/exit_code.h"
#include "src/source/create.h"

namespace gander::cli {
namespace {

constexpr std::string_view kFileName = "gander.sum";

int check(Call& call, const std::string& path, const Sum& now) {
  const std::optional<std::string> text = call.system().read_file(path);
  if (!text) {
    throw Error(ErrorCode::not_found, path + " does not exist",
                "gander sum writes it; commit it with the migrations");
  }
  const std::vector<std::string> differences = compare_sums(parse_sum(*text, path), now);
  Console& console = call.console();
  if (console.json()) {
    console.out(json_sum(call.head(), now, differences));
  } else if (differences.empty()) {
    if (!console.quiet()) console.out(fmt::format("{} fits: {}\n", path, now.digest));
  } else {
    for (const std::string& difference : differences) console.out(difference + "\n");
  }
  return differences.empty() ? kExitDone : kExitRefused;
}

}  // namespace

int run_sum(Call& call) {
  const std::string path = (call.config().dir / std::filesystem::path(kFileName)).string();
  const Sum now = sum_of(call.source());
  if (call.on("check")) return check(call, path, now);
  source::replace_file(path, now.text());
  Console& console = call.console();
  if (console.json()) {
    console.out(json_sum(call.head(), now, {}));
  } else {
    console.out(console.quiet() ? now.digest + "\n"
                                : fmt::format("Wrote {}: {}\n", path, now.digest));
  }
  return kExitDone;
}

}  // namespace gander::cli
