// SPDX-License-Identifier: MIT
#include "src/driver/clickhouse/witness.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <utility>

#include "src/base/host.h"
#include "src/base/sha256.h"
#include "src/driver/clickhouse/connection.h"
#include "src/driver/clickhouse/dialect.h"
#include "src/driver/clickhouse/objects.h"

namespace gander::driver::clickhouse {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBetweenLooks{100};

// What has left a runner that was killed may still be on its way to the server for so long.
constexpr std::int64_t kArrival = 3;  // seconds

std::string digest_of(const sql::Statement& statement) {
  return sha256_hex(statement.shown()).substr(0, 16);
}

std::string id_is(const std::string& id) {
  return "substring(query_id, 1, " + std::to_string(id.size()) + ") = " + dialect().literal(id);
}

// Under each try another one: a server refuses an id that is in use.
std::string try_id(const std::string& id) { return id + "-" + random_id().substr(0, 8); }

// Letters and digits alone, in small letters: the server writes blanks, parentheses and quotes its
// own way.
std::string bare(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || std::isalnum(byte) != 0) out += static_cast<char>(std::tolower(byte));
  }
  return out;
}

}  // namespace

std::string StatementWitness::before_image(const sql::Statement& statement) {
  const Effect effect = effect_of(statement.text);
  Image image = look(effect, connection_.session_database());
  image.id = "gander-" + random_id();
  image.statement = digest_of(statement);
  image.host = connection_.server().host;
  image.started = connection_.server().started;
  // The log shows by this request that it keeps what is sent from here on.
  const Table now = connection_.ask("SELECT toInt64(toUInt32(now()))",
                                    {{"query_id", image.id + "-look"}, {"log_queries", "1"}});
  image.at = CellsRow(now.rows.at(0)).integer(0);
  connection_.set_statement_id(try_id(image.id));
  return to_text(image);
}

Image StatementWitness::look(const Effect& effect, const std::string& database) {
  Image image;
  image.database = database;
  for (const Object& object : effect.objects) {
    image.states.push_back(state_of(connection_, object, database));
  }
  const bool mutates = effect.kind == Effect::Kind::mutates || effect.kind == Effect::Kind::defines;
  if (mutates && !effect.objects.empty()) {
    for (const Mutation& mutation : mutations_of(connection_, effect.objects[0], database)) {
      image.mutations.push_back(mutation.id);
    }
  }
  return image;
}

void StatementWitness::wait_while_running(const std::string& id) {
  const std::string sql = "SELECT elapsed FROM system.processes WHERE " + id_is(id);
  bool told = false;
  while (!connection_.ask(sql).rows.empty()) {
    if (!std::exchange(told, true) && connection_.options().notice) {
      connection_.options().notice(
          "INFO",
          "a statement that an earlier run has sent is still running: its end is waited for");
    }
    connection_.pause(kBetweenLooks);
  }
}

// Is it the server of then, and has it kept what it was sent since?
bool StatementWitness::log_is_whole(const Image& image) {
  constexpr std::int64_t kClock = 3;
  const Server& server = connection_.server();
  const std::int64_t apart = server.started - image.started;
  return server.host == image.host && apart >= -kClock && apart <= kClock;
}

Logged StatementWitness::look_up(const Image& image) {
  constexpr int kFinish = 2;
  constexpr int kRefused = 3;
  Logged logged;
  bool kept = false;
  try {
    connection_.ask("SYSTEM FLUSH LOGS");
    const Table rows = connection_.ask(
        "SELECT toInt8(type), toInt64OrZero(extract(exception, '^Code: ([0-9]+)')), query_id FROM "
        "system.query_log WHERE event_date >= toDate(toDateTime(" +
        std::to_string(image.at) + ")) - 1 AND " + id_is(image.id));
    for (const Table::Cells& cells : rows.rows) {
      const CellsRow row(cells);
      if (row.text(2).ends_with("-look")) {
        kept = kept || row.integer(0) == kFinish;
        continue;
      }
      // A try under an id that was still in use.
      if (row.integer(1) == kQueryIdInUse) continue;
      if (row.integer(0) == kFinish)
        logged.finished = true;
      else if (row.integer(0) != kRefused)
        logged.began = true;
      else
        logged.harmless = logged.harmless && is_harmless(row.integer(1));
      if (row.integer(0) == kRefused) logged.refused = true;
    }
  } catch (const Error& error) {
    // No such table, or no right to read it.
    if (error.code() != ErrorCode::sql && error.code() != ErrorCode::not_writable) throw;
  }
  logged.whole = kept && log_is_whole(image);
  const std::int64_t refusal = connection_.refusal_of(image.id);
  if (refusal != 0 && is_harmless(refusal)) logged.whole = logged.refused = true;
  return logged;
}

// The mutations that have come since, waited for.
Outcome StatementWitness::settle_mutations(const sql::Statement& statement, const Effect& effect,
                                           const Image& before) {
  connection_.wait_for_mutations(statement, effect.objects[0], before.database, before.mutations);
  const std::string text = bare(statement.text);
  for (const Mutation& now : mutations_of(connection_, effect.objects[0], before.database)) {
    if (std::ranges::find(before.mutations, now.id) != before.mutations.end()) continue;
    if (text.find(bare(now.command)) != std::string::npos) return Outcome::happened;
  }
  return Outcome::unknown;
}

Outcome StatementWitness::judge(const sql::Statement& statement, const std::string& before_image) {
  const std::optional<Image> before = image_of(before_image);
  if (!before) return Outcome::unknown;
  connection_.set_statement_id(try_id(before->id));
  wait_while_running(before->id);
  Logged logged = look_up(*before);
  if (logged.never_came()) {
    const Table now = connection_.ask("SELECT toInt64(toUInt32(now()))");
    if (CellsRow(now.rows.at(0)).integer(0) < before->at + kArrival) {
      connection_.pause(std::chrono::seconds(kArrival));
      wait_while_running(before->id);
      logged = look_up(*before);
    }
  }
  if (before->statement != digest_of(statement)) {
    return logged.never_came() ? Outcome::did_not_happen : Outcome::unknown;
  }
  const Effect effect = effect_of(statement.text);
  const bool on_table =
      !effect.objects.empty() && !logged.never_came() &&
      (effect.kind == Effect::Kind::mutates || effect.kind == Effect::Kind::defines);
  Outcome mutated = Outcome::unknown;
  if (on_table && effect.waits) mutated = settle_mutations(statement, effect, *before);
  if (effect.kind == Effect::Kind::mutates) {
    if (logged.finished || mutated == Outcome::happened) return Outcome::happened;
    const bool nothing = logged.never_came() || (logged.only_refused() && logged.harmless);
    return nothing ? Outcome::did_not_happen : Outcome::unknown;
  }
  return verdict(effect, logged, before->states, look(effect, before->database).states);
}

}  // namespace gander::driver::clickhouse
