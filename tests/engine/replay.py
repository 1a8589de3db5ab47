# SPDX-License-Identifier: MIT
"""Replays one case on one database and compares what comes with what is expected."""
import difflib
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

from masks import mask  # noqa: E402

SECONDS = 60  # for one step
ANY_LINES = "..."
ANY_TEXT = "[..]"


class Different(Exception):
    """What came, instead of what was expected."""

    def __init__(self, step, actual):
        super().__init__(f"line {step.line}")
        self.step = step
        self.actual = actual

    def report(self, path):
        yield f"{path}:{self.step.line}: {self.step.kind} {self.step.name}{self.step.text[:70]}\n"
        for line in difflib.unified_diff(self.step.expected, self.actual, "expected", "came",
                                         lineterm="", n=100):
            yield "  " + line + "\n"


class Stuck(Exception):
    """Something that was waited for did not come."""


def line_matches(expected, actual):
    parts = [re.escape(part) for part in expected.split(ANY_TEXT)]
    return re.fullmatch(".*".join(parts), actual) is not None


def matches(expected, actual):
    """Do these lines match, `...` being any number of lines and `[..]` any part of one?"""
    if not expected:
        return not actual
    if expected[0] == ANY_LINES:
        return any(matches(expected[1:], actual[skipped:]) for skipped in range(len(actual) + 1))
    return bool(actual) and line_matches(expected[0], actual[0]) and matches(expected[1:],
                                                                             actual[1:])


def cell(value):
    if value is None:
        return "NULL"
    return str(value) if value != "" else "(empty)"


class Replay:
    """A directory, a database, the sessions and the programs of one case."""

    def __init__(self, case, database, directory, program):
        self.case = case
        self.database = database
        self.directory = pathlib.Path(directory)
        self.work = self.directory / "work"
        self.sessions = {}
        self.programs = {}
        self.environment = self.clean_environment(program)

    def clean_environment(self, program):
        links = self.directory / "bin"
        links.mkdir()
        self.work.mkdir()
        for name in ("gander", "goose"):
            (links / name).symlink_to(program)
        environment = {"PATH": f"{links}:/usr/bin:/bin", "HOME": str(self.directory),
                       "LC_ALL": "C.UTF-8", "TERM": "dumb", "GANDER_DB": self.database.url,
                       "CLIENT": self.database.client,
                       "GOOSE_DRIVER": self.database.driver,
                       "GOOSE_DBSTRING": self.database.dbstring,
                       "GOOSE_MIGRATION_DIR": "migrations",
                       # What cases do to show how files run is not what lint would pass; those
                       # about lint take it out.
                       "GANDER_LINT": "off"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LLVM_PROFILE_FILE"):
            if name in os.environ:
                environment[name] = os.environ[name]
        return environment

    def run(self):
        """Raises Different, Stuck, or what the adapter throws."""
        try:
            for step in self.case.steps:
                getattr(self, "do_" + step.kind)(step)
        finally:
            self.close()

    def close(self):
        for program in self.programs.values():
            if program.poll() is None:
                os.killpg(program.pid, signal.SIGKILL)
            program.wait()
        for session in self.sessions.values():
            session.close()

    def compare(self, step, actual):
        if not matches(step.expected, actual):
            raise Different(step, actual)

    def masked(self, data):
        text = data.decode(errors="replace")
        for what, name in self.database.masks:
            text = text.replace(what, name)
        text = mask(text.replace(str(self.directory), "<dir>"))
        # Columns are as wide as what is in them, which depends on the engine.
        return re.sub(r"(?<=\S)  +", "  ", text)

    # --- steps ---------------------------------------------------------------------------------

    def do_file(self, step):
        path = self.work / step.text
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(step.expected), encoding="utf-8")

    def popen(self, command):
        return subprocess.Popen(["sh", "-c", command], cwd=self.work, env=self.environment,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, start_new_session=True)

    def do_call(self, step):
        program = self.popen(step.text)
        try:
            out, err = program.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired as error:
            os.killpg(program.pid, signal.SIGKILL)
            program.communicate()
            raise Stuck(f"line {step.line}: {step.text} does not end") from error
        self.compare(step, self.shown(out, err, program.returncode))

    def shown(self, out, err, code):
        out, err = self.masked(out), self.masked(err)
        lines = out.splitlines() + [("! " + line).rstrip() for line in err.splitlines()]
        for text in (out, err):
            if text and not text.endswith("\n"):
                lines.append("(no line end)")
        return lines + ["[%d]" % (code if code >= 0 else 128 - code)]

    # Its output goes to files, so that it can be read while it runs.
    def do_start(self, step):
        logs = [open(self.log(step, kind), "wb") for kind in ("out", "err")]
        self.programs[step.name] = subprocess.Popen(
            ["sh", "-c", "exec " + step.text], cwd=self.work, env=self.environment,
            stdin=subprocess.DEVNULL, stdout=logs[0], stderr=logs[1], start_new_session=True)
        for log in logs:
            log.close()

    def log(self, step, kind):
        return self.directory / f"{step.name}.{kind}"

    def do_prints(self, step):
        def printed():
            text = self.log(step, "out").read_bytes() + self.log(step, "err").read_bytes()
            return step.text in text.decode(errors="replace")
        limit = time.monotonic() + SECONDS
        while not printed():
            ended = self.programs[step.name].poll() is not None
            if (ended and not printed()) or time.monotonic() > limit:
                raise Stuck(f"line {step.line}: {step.name} never printed {step.text}")
            time.sleep(0.01)

    def do_signal(self, step):
        os.killpg(self.programs[step.name].pid, getattr(signal, "SIG" + step.text))

    def do_finish(self, step):
        program = self.programs[step.name]
        try:
            program.wait(timeout=SECONDS)
        except subprocess.TimeoutExpired as error:
            raise Stuck(f"line {step.line}: {step.name} does not end") from error
        self.compare(step, self.shown(self.log(step, "out").read_bytes(),
                                      self.log(step, "err").read_bytes(), program.returncode))

    def rows(self, step):
        session = self.database.connect()
        try:
            return ["|".join(map(cell, row)) for row in session.query(step.text)]
        finally:
            session.close()

    def do_query(self, step):
        self.compare(step, self.rows(step))

    def do_until(self, step):
        limit = time.monotonic() + SECONDS
        while True:
            try:
                rows = self.rows(step)
            except self.database.error:
                rows = ["(error)"]  # the table may not be there yet
            if matches(step.expected, rows):
                return
            if time.monotonic() > limit or any(p.poll() is not None
                                               for p in self.programs.values()):
                self.compare(step, rows)
            time.sleep(0.02)

    def do_sql(self, step):
        session = self.database.connect()
        try:
            session.execute(step.text)
        finally:
            session.close()

    def do_session(self, step):
        if step.name not in self.sessions:
            self.sessions[step.name] = self.database.connect()
        self.sessions[step.name].execute(step.text)

    def do_close(self, step):
        self.sessions.pop(step.name).close()
