# SPDX-License-Identifier: MIT
"""Runs one sequence with two programs in twin directories and compares all that can be seen.

Entry points: Twin.run(sequence), which returns None or a text that explains the first difference.
Compared after every command: exit code, standard output and error with times masked, the files of
the directory, and the database: schema, rows of all tables, version rows. What goose gets wrong and
Gander does not is translated by differences.translate() before the comparison.
"""

import os
import re
import shutil
import signal
import sqlite3
import time
from dataclasses import dataclass

import differences
import sql

SHOWN = 1500  # characters of a program's output in a failure
LIMIT_SECONDS = 60  # for one command; a hang is a failure of its own
STAMP = re.compile(r"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d ", re.M)
DURATION = re.compile(r"^((?:<t> )?(?:OK   |EMPTY )\S.*) \(((?:\d+h)?(?:\d+m)?\d+(?:\.\d+)?(?:ns|µs|ms|s))\)$",
                      re.M)
APPLIED = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4} -- ")
YEARS = {str(time.gmtime().tm_year), str(time.gmtime(time.time() + 86400).tm_year)}
SETTLED = "01010000"  # month, day, hour, minute of a file whose version has been made stable
NOW = re.compile(r"(?<!\d)(?:%s)\d{10}(?!\d)" % "|".join(sorted(YEARS)))


@dataclass
class Result:
    code: int
    out: str
    err: str
    database: tuple = ()
    files: tuple = ()

    def masked(self):
        err = STAMP.sub("<t> ", self.err)
        err = APPLIED.sub("<applied at> -- ", DURATION.sub(r"\1 (<d>)", err))
        return Result(self.code, NOW.sub("<now>", self.out), NOW.sub("<now>", err), self.database,
                      self.files)


def spawn(argv, environment, scratch, name="goose"):
    out, err = os.path.join(scratch, "out"), os.path.join(scratch, "err")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
               (os.POSIX_SPAWN_OPEN, 1, out, flags, 0o600),
               (os.POSIX_SPAWN_OPEN, 2, err, flags, 0o600)]
    child = os.posix_spawn(argv[0], [name] + argv[1:], environment, file_actions=actions)

    def expire(_signal, _frame):
        os.kill(child, signal.SIGKILL)

    signal.signal(signal.SIGALRM, expire)
    signal.alarm(LIMIT_SECONDS)
    _, status = os.waitpid(child, 0)
    signal.alarm(0)
    texts = []
    for path in (out, err):
        with open(path, "rb") as stream:
            texts.append(stream.read().decode("utf-8", "backslashreplace"))
    return Result(os.waitstatus_to_exitcode(status), *texts)


def own_tables(tables):
    """The side tables that Gander keeps beside a version table."""
    return {f"{table}_{kind}" for table in tables for kind in ("history", "journal")}


def database(path):
    """Schema and contents as comparable values; an empty file is as good as none."""
    if not os.path.exists(path) or os.path.getsize(path) == 0:
        return ()
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    connection.text_factory = bytes
    try:
        names = [row[0].decode() for row in
                 connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        hidden = own_tables(names)
        schema = [row for row in connection.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name")
            if row[2].decode() not in hidden]
        contents = []
        for name in sorted(set(names) - hidden):
            rows = connection.execute(f'SELECT * FROM "{name}"').fetchall()
            if name == "sqlite_sequence":
                rows = sorted(row for row in rows if row[0].decode() not in hidden)
            columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{name}")')]
            if columns == [b"id", b"version_id", b"is_applied", b"tstamp"]:
                rows = [row[:3] + (stamp_shape(row[3]),) for row in rows]
                rows = [row[:1] + (mask_now(row[1]),) + row[2:] for row in rows]
            contents.append((name, tuple(rows)))
        version = connection.execute("PRAGMA user_version").fetchone()
        if not schema and not contents and version == (0,):
            return ()
        return (tuple(schema), tuple(contents), version)
    finally:
        connection.close()


def stamp_shape(value):
    text = value if isinstance(value, bytes) else b"not text: %r" % (value,)
    return b"time" if re.fullmatch(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", text) else text


def mask_now(version):
    return "now" if len(str(version)) == 14 and str(version)[:4] in YEARS else version


def listing(root, odd_texts):
    """Names and contents below a root, without the database. A file that differs on purpose between
    the two counts as its name."""
    found = []
    for base, _, names in os.walk(root):
        for name in names:
            path = os.path.join(base, name)
            relative = os.path.relpath(path, root)
            if relative.startswith("app.db"):
                continue
            with open(path, "rb") as stream:
                text = stream.read()
            shape = b"odd" if text in odd_texts else differences.file_shape(name, text)
            found.append((NOW.sub("<now>", relative), shape))
    return tuple(sorted(found))


class Twin:
    """A pair of directories under `scratch`, each with an SQLite database; `programs` are the (goose,
    gander) executables."""

    engine = sql.SQLITE

    def __init__(self, programs, scratch):
        self.programs = programs
        self.scratch = scratch
        self.roots = [os.path.join(scratch, "goose"), os.path.join(scratch, "gander")]
        self.commands = 0
        self.created = 0
        self.finished = False
        self.translated = {}

    def reset(self):
        self.created = 0
        self.finished = False
        for root in self.roots:
            shutil.rmtree(root, ignore_errors=True)
            os.makedirs(os.path.join(root, "migrations"))

    def write(self, file):
        for root, text in zip(self.roots, (file.plain, file.text)):
            with open(os.path.join(root, "migrations", file.name), "wb") as stream:
                stream.write(text)

    def remove(self, name):
        for root in self.roots:
            try:
                os.remove(os.path.join(root, "migrations", name))
            except FileNotFoundError:
                pass

    def call(self, which, step):
        os.chdir(self.roots[which])
        self.commands += 1
        return spawn([self.programs[which]] + self.arguments(which, step),
                     self.environment(which, step), self.scratch)

    def arguments(self, _which, step):
        return step.arguments

    def environment(self, _which, step):
        return step.environment

    def database(self, which):
        return database(os.path.join(self.roots[which], "app.db"))

    def observe(self, which, result, odd_texts):
        result.database = self.database(which)
        result.files = listing(self.roots[which], odd_texts)
        return result

    def run(self, sequence):
        self.reset()
        odd_texts, files = set(), {}
        for name in sequence.noise:
            for root in self.roots:
                with open(os.path.join(root, "migrations", name), "wb") as stream:
                    stream.write(b"noise\n")
        if sequence.dotenv is not None:
            for root in self.roots:
                for name in (".env", "other.env"):
                    with open(os.path.join(root, name), "wb") as stream:
                        stream.write(sequence.dotenv)
        for file in sequence.files:
            self.add(file, odd_texts, files)
        before = ()
        for number, step in enumerate(sequence.steps):
            for name in step.remove:
                self.remove(name)
            for file in step.write:
                self.add(file, odd_texts, files)
            if step.arguments is None:
                continue
            results = [self.observe(which, self.call(which, step), odd_texts) for which in (0, 1)]
            goose, gander = (result.masked() for result in results)
            context = differences.Context(step, before, files, self.engine)
            stop = differences.stops(goose, context)
            goose, gander, used, resync = differences.translate(goose, gander, context)
            for name in used:
                self.translated[name] = self.translated.get(name, 0) + 1
            explanation = compare(goose, gander)
            if explanation:
                return (f"step {number + 1}: {step.describe()}\n{explanation}\n"
                        f"--- goose: exit {results[0].code}\n{shown(results[0])}"
                        f"--- gander: exit {results[1].code}\n{shown(results[1])}")
            self.settle_created()
            if resync:
                self.copy_database()
            if self.finished or stop:
                return None
            before = results[0].database if resync else results[1].database
        return None

    def add(self, file, odd_texts, files):
        self.write(file)
        files[file.name] = file
        if file.text != file.plain:
            odd_texts.update((file.text, file.plain))

    def settle_created(self):
        """A file named by the clock gets the same name on both sides, the next one of this run, so
        that what follows does not depend on when a second began."""
        created = self.created
        for root in self.roots:
            for folder in (root, os.path.join(root, "migrations")):
                names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
                for name in names:
                    if NOW.match(name) and name[4:12] != SETTLED:
                        version = f"{name[:4]}{SETTLED}{self.created + 1:02d}"
                        os.rename(os.path.join(folder, name),
                                  os.path.join(folder, version + name[14:]))
                        created = self.created + 1
        self.created = created

    def copy_database(self):
        for suffix in ("", "-journal", "-wal", "-shm"):
            source, target = (os.path.join(root, "app.db" + suffix) for root in self.roots)
            if os.path.exists(target):
                os.remove(target)
            if os.path.exists(source):
                shutil.copyfile(source, target)


def shown(result):
    text = result.out + result.err.split("\ngoroutine ")[0]
    return text if len(text) < SHOWN else text[:SHOWN] + " ...\n"


def compare(goose, gander):
    """None, or what differs between two masked results."""
    lines = []
    if goose.code != gander.code:
        lines.append(f"exit code: goose {goose.code}, gander {gander.code}")
    for name in ("out", "err"):
        theirs, ours = getattr(goose, name), getattr(gander, name)
        if theirs != ours:
            lines.append(f"{name}:\n  goose  {theirs!r}\n  gander {ours!r}")
    if goose.files != gander.files:
        theirs, ours = dict(goose.files), dict(gander.files)
        for name in sorted(set(theirs) | set(ours)):
            if theirs.get(name) != ours.get(name):
                lines.append(f"file {name}:\n  goose  {theirs.get(name)!r}\n"
                             f"  gander {ours.get(name)!r}")
    if goose.database != gander.database:
        lines.append("database: " + database_difference(goose.database, gander.database))
    return "\n".join(lines)


def database_difference(theirs, ours):
    if not theirs or not ours:
        return f"goose {'has' if theirs else 'has no'} tables, gander {'has' if ours else 'has no'}"
    text = ""
    for kind, index in (("schema", 0), ("rows", 1), ("user_version", 2)):
        left, right = set(theirs[index]), set(ours[index])
        if left != right:
            text += (f"\n  {kind}, only goose:  {sorted(left - right, key=repr)}"
                     f"\n  {kind}, only gander: {sorted(right - left, key=repr)}")
    return text or "\n  order of rows"
