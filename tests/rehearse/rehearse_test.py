#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What `gander rehearse` says of PostgreSQL, held against the real run on the original.

    rehearse_test.py PROGRAM [--every N] [PART-OF-A-NAME]

For each migration of scenarios.txt, beside readers and writers that never stop: it is rehearsed,
while another session notes every lock that the rehearsal takes on the original, and these may be
those of a reader alone. Then `up` runs it there. Its last step, the row of the version table, is
kept waiting by a lock, so that pg_locks shows all that the migration has taken; locks must be
equal, mode by mode, and so must the files that pg_class has exchanged. A statement outside a
transaction is kept waiting where it waits by itself, for a writer and for a reader, and of each
table the strongest lock is compared.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE.parent / "support"), str(HERE.parent / "engine" / "engines")]
from postgres import Failed, Session  # noqa: E402
from postgres_server import PostgresServer, missing  # noqa: E402

SECONDS = 30
# From the weakest to the strongest, as the catalogue and as the manual writes them.
MODES = {f"{''.join(word.capitalize() for word in mode.split())}Lock": mode for mode in (
    "ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE",
    "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE")}
STRENGTH = {mode: number for number, mode in enumerate(MODES.values())}
RELATIONS = """SELECT c.oid, format('%I.%I', n.nspname, c.relname), c.relkind,
  coalesce(pg_relation_filenode(c.oid), 0) FROM pg_class AS c JOIN pg_namespace AS n
  ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname NOT LIKE 'goose\\_db\\_%'"""
READING = ["SELECT count(*) FROM bird", "SELECT count(*) FROM nest JOIN bird ON bird.id = bird_id",
           "SELECT count(*) FROM flight", "SELECT count(*) FROM sighting"]
WRITING = ["UPDATE bird SET age = age WHERE id = {}", "UPDATE nest SET place = place WHERE id = {}",
           "INSERT INTO archive VALUES ({}, '')", "UPDATE sighting SET bird_id = bird_id WHERE id = {}",
           "UPDATE flight SET place = place WHERE id = 100 + {}"]
LOAD_ROW, GATE_ROW = 7, 8


class Server(PostgresServer):
    settings = ("autovacuum=off", "max_connections=40")

    def psql(self, database, user="postgres"):
        words = super().psql(database) + ["-v", "ON_ERROR_STOP=1"]
        words[words.index("-U") + 1] = user
        return words

    def session(self, database="postgres"):
        return Session(self.psql(database))


def scenarios():
    name, lines = None, []
    for line in (HERE / "scenarios.txt").read_text().splitlines() + ["## "]:
        if line.startswith("## "):
            if name:
                yield name, "\n".join(lines).strip() + "\n"
            name, lines = line[3:], []
        elif not line.startswith("# "):
            lines.append(line)


class Load:
    """Readers and writers, each statement a transaction; what the migration has taken away fails."""

    def __init__(self, server, database):
        self.stopped = threading.Event()
        self.rounds = [0, 0]
        self.threads = [threading.Thread(target=self.work, args=(server, database, number, sql))
                        for number, sql in enumerate((READING, WRITING))]

    def work(self, server, database, number, statements):
        session = server.session(database)
        while not self.stopped.is_set():
            for sql in statements:
                quoted = sql.replace("SELECT count(*)", "PERFORM count(*)").format(LOAD_ROW)
                session.ask(f"DO $load$ BEGIN {quoted}; EXCEPTION WHEN undefined_table OR "
                            "undefined_column OR check_violation THEN NULL; END $load$")
            self.rounds[number] += 1
            time.sleep(0.005)
        session.close()

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        for thread in self.threads:
            thread.join()

    def turn(self):
        """Waits until each has begun and ended one more round."""
        wanted = [rounds + 2 for rounds in self.rounds]
        wait_for(lambda: all(now >= want for now, want in zip(self.rounds, wanted)), "the load")


class Watch:
    """Which locks the role deploy takes in a database, looked for by the server itself in a loop.
    It does so from another database: CONCURRENTLY would wait for the end of its transaction."""

    LOOP = """DO $watch$ BEGIN
      CREATE TEMP TABLE seen (relation OID, mode TEXT, UNIQUE (relation, mode));
      LOOP
        PERFORM pg_stat_clear_snapshot();
        INSERT INTO seen SELECT DISTINCT l.relation, l.mode FROM pg_locks AS l
          JOIN pg_stat_activity AS a ON a.pid = l.pid JOIN pg_database AS d ON d.oid = l.database
          WHERE d.datname = '{database}' AND a.usename = 'deploy' AND l.locktype = 'relation'
          ON CONFLICT DO NOTHING;
        EXIT WHEN EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 77);
        PERFORM pg_sleep(0.002);
      END LOOP; END $watch$"""

    def __init__(self, server, database):
        self.session, self.control = server.session(), server.session()
        self.loop = self.LOOP.format(database=database)
        self.thread = threading.Thread(target=lambda: self.session.ask(self.loop))

    def __enter__(self):
        self.seen = None
        self.thread.start()
        wait_for(lambda: self.control.query("SELECT count(*) FROM pg_stat_activity WHERE query LIKE "
                                            "'DO $watch$%' AND state = 'active'") == [["1"]], "the watch")
        return self

    def __exit__(self, *_):
        self.control.ask("SELECT pg_advisory_lock(77)")
        self.thread.join()
        self.seen = {tuple(row) for row in self.session.query("SELECT relation, mode FROM seen")}
        self.session.close()
        self.control.close()


def wait_for(condition, what):
    limit = time.monotonic() + SECONDS
    while not condition():
        if time.monotonic() > limit:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(0.005)


class Scenario:
    def __init__(self, program, server, number, text, directory):
        self.program, self.server = program, server
        self.database = f"scenario_{number}"
        self.bare = "NO TRANSACTION" in text
        self.directory = directory
        head = "-- +goose NO TRANSACTION\n" if self.bare else ""
        text = text.replace("-- +goose NO TRANSACTION\n", "")
        (directory / "migrations").mkdir(parents=True)
        (directory / "migrations" / "00001_change.sql").write_text(f"{head}-- +goose Up\n{text}")
        admin = server.session()
        admin.ask(f"CREATE DATABASE {self.database} TEMPLATE world")
        admin.close()
        self.look = server.session(self.database)
        self.before = {oid: (name, kind, file) for oid, name, kind, file in self.look.query(RELATIONS)}

    def gander(self, *words):
        url = f"postgres://deploy@/{self.database}?host={self.server.directory}"
        return subprocess.Popen([self.program, "--db", url, "--dir", self.directory / "migrations", *words],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def finished(self, process):
        out, err = process.communicate(timeout=SECONDS)
        assert process.returncode == 0, f"exit code {process.returncode}: {out}{err}"
        return out

    def named(self, locks):
        return {(self.before[oid][0], MODES[mode]) for oid, mode in locks if oid in self.before}

    def rehearsed(self):
        with Watch(self.server, self.database) as watch:
            told = json.loads(self.finished(self.gander("rehearse", "--json")))
        foreign = {lock for lock in self.named(watch.seen) if lock[1] != "ACCESS SHARE"}
        assert not foreign, f"the rehearsal locked the original: {foreign}"
        statements = [one for migration in told["migrations"] for one in migration["statements"]]
        assert statements and told["error"] is None
        assert all(one["polled"] == self.bare for one in statements)
        locks = {(lock["original"], lock["mode"]) for one in statements for lock in one["locks"]}
        return locks, {rewritten["relation"] for one in statements for rewritten in one["rewritten"]}

    def run_held(self):
        """The locks of the real run when all its statements are done and nothing is committed."""
        gate = self.server.session(self.database)
        gate.ask("BEGIN; LOCK TABLE goose_db_version IN SHARE MODE")
        run = self.gander("up")
        waiting = ("SELECT pid FROM pg_locks WHERE NOT granted AND locktype = 'relation' AND relation = "
                   "'goose_db_version'::regclass")
        try:
            wait_for(lambda: self.look.query(waiting) or run.poll() is not None, "the run")
            locks = self.look.query("SELECT relation, mode FROM pg_locks WHERE granted AND locktype = "
                                    f"'relation' AND pid IN ({waiting})")
        finally:
            gate.close()
        self.finished(run)
        return self.named(map(tuple, locks))

    def run_gated(self):
        """The locks that the real run has, or wants, while each of these keeps it waiting."""
        gates = []
        for sql in ("; ".join(WRITING).format(*[GATE_ROW] * 5), "SELECT count(*) FROM flight_old"):
            gates.append(self.server.session(self.database))
            gates[-1].ask(f"BEGIN; {sql}")
        pids = [gate.query("SELECT pg_backend_pid()")[0][0] for gate in gates]
        run = self.gander("up")
        locks = set()
        try:
            for gate, pid in zip(gates, pids):
                waiting = ("SELECT pid FROM pg_stat_activity WHERE usename = 'deploy' AND "
                           f"datname = current_database() AND {pid} = ANY (pg_blocking_pids(pid))")
                wait_for(lambda sql=waiting: self.look.query(sql) or run.poll() is not None, "the run")
                locks |= set(map(tuple, self.look.query(
                    f"SELECT relation, mode FROM pg_locks WHERE locktype = 'relation' AND pid IN ({waiting})")))
                gate.close()
        finally:
            for gate in gates:
                gate.close()
        self.finished(run)
        return self.named(locks)

    def rewritten(self):
        """What has another file, under the same oid or, where that is gone, the same name."""
        now = {oid: file for oid, _, _, file in self.look.query(RELATIONS)}
        names = {name: file for _, name, _, file in self.look.query(RELATIONS)}
        return {name for oid, (name, _, file) in self.before.items()
                if file != "0" and now.get(oid, names.get(name, file)) != file}

    def strongest(self, locks):
        tables = {name for name, kind, _ in self.before.values() if kind not in "iI"}
        found = {}
        for name, mode in locks:
            if name in tables:
                found[name] = max(found.get(name, mode), mode, key=STRENGTH.get)
        return set(found.items())

    def check(self):
        with Load(self.server, self.database) as load:
            load.turn()
            told, told_files = self.rehearsed()
            load.turn()
            took = self.run_gated() if self.bare else self.run_held()
            load.turn()
        if self.bare:
            told, took = self.strongest(told), self.strongest(took)
        assert took, "the run locked nothing"
        assert told == took, f"only rehearsed: {sorted(told - took)}; only real: {sorted(took - told)}"
        files = self.rewritten()
        assert told_files == files, f"rewritten: {sorted(told_files)} rehearsed, {sorted(files)} real"
        self.look.close()
        return len(took), len(files)


def make_world(program, server, directory):
    admin = server.session()
    admin.ask("CREATE ROLE deploy LOGIN SUPERUSER")
    admin.ask("CREATE DATABASE world")
    admin.close()
    world = server.session("world")
    world.ask((HERE / "world.sql").read_text())
    world.ask("VACUUM ANALYZE")
    world.close()
    # The version table is there, as in a database that has been in use.
    first = directory / "first"
    first.mkdir()
    (first / "00001_nothing.sql").write_text("-- +goose Up\n-- +goose Down\n")
    url = f"postgres://deploy@/world?host={server.directory}"
    for words in (["up"], ["down"]):
        subprocess.run([program, "--db", url, "--dir", first, *words], check=True, capture_output=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("part", nargs="?", default="", help="of the names of scenarios")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="leave out all but every Nth")
    options = parser.parse_args()
    lacks = missing()
    if lacks:
        print(f"SKIPPED: {lacks}")
        return 77
    failed = done = 0
    with tempfile.TemporaryDirectory(prefix="gander-rehearse-") as scratch:
        directory = pathlib.Path(scratch)
        with Server(scratch) as server:
            make_world(options.program, server, directory)
            for number, (name, text) in enumerate(scenarios()):
                if options.part not in name or number % options.every != 0:
                    continue
                try:
                    locks, files = Scenario(options.program, server, number, text,
                                            directory / str(number)).check()
                    done += 1
                    print(f"ok: {name}: {locks} locks, {files} rewritten")
                except (AssertionError, Failed) as error:
                    failed += 1
                    print(f"FAILED: {name}: {error}")
    print(f"{done} agree, {failed} do not")
    return 0 if done and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
