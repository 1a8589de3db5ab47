# SPDX-License-Identifier: MIT
"""Runs commands and measures them: wall clock, processor time, peak memory, calls of fsync.
(Round trips to a server are counted by floor/proxy.c.)

Runs of different tools alternate, so that what else the machine does falls on all of them alike,
and ratios are medians of the ratios within one round.
"""
import dataclasses
import os
import re
import shutil
import statistics
import subprocess
import time


class Failed(Exception):
    pass


@dataclasses.dataclass
class Sample:
    wall_ms: float
    cpu_ms: float
    peak_mib: float


def execute(launcher, call, limit_s=None):
    """One run of `call`; raises Failed unless it exits with 0 within the limit."""
    try:
        # The launcher's child dies with it.
        done = subprocess.run([launcher, *call.command], cwd=call.cwd, env=call.environment,
                              stdout=subprocess.PIPE, text=True, check=True, timeout=limit_s)
    except subprocess.TimeoutExpired as error:
        raise Failed(f"stopped after {limit_s:g} s") from error
    code, wall_ns, cpu_us, peak_kib = map(int, done.stdout.split())
    if code != 0:
        raise Failed(f"exit code {code} of: {' '.join(call.command)}")
    return Sample(wall_ns / 1e6, cpu_us / 1e3, peak_kib / 1024)


def count_syncs(call, log):
    """How often `call` syncs a file; None without strace."""
    if shutil.which("strace") is None:
        return None
    subprocess.run(["strace", "-f", "-qq", "-o", log, "-e", "trace=fsync,fdatasync,msync,sync",
                    *call.command],
                   cwd=call.cwd, env=call.environment, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    with open(log, encoding="utf-8", errors="replace") as lines:
        # A call that another thread interrupts in the log is written in two parts.
        return sum(1 for line in lines
                   if re.search(r"\b(f|fdata|m)?sync\(", line) and "resumed" not in line)


@dataclasses.dataclass
class Cell:
    """The samples of one tool at one piece of work, by round."""
    samples: dict = dataclasses.field(default_factory=dict)
    syncs: int | None = None
    round_trips: int | None = None
    failure: str = ""

    def median(self, field):
        return statistics.median(getattr(sample, field) for sample in self.samples.values())

    def spread(self, field="wall_ms"):
        """The median of the distances from the median, in percent of it."""
        middle = self.median(field)
        distances = [abs(getattr(s, field) - middle) for s in self.samples.values()]
        return 100 * statistics.median(distances) / middle if middle else 0.0

    def ratio(self, other, field="wall_ms"):
        """Median over the common rounds of this cell's time divided by the other's."""
        common = [r for r in self.samples if r in other.samples]
        if not common:
            return None
        quotients = [getattr(self.samples[r], field) / max(getattr(other.samples[r], field), 1e-6)
                     for r in common]
        return statistics.median(quotients)


def alternate(tools, rounds, budget_s, run_one, at_least_twice=()):
    """Calls run_one(tool) for all tools, `rounds` times, each round beginning with another tool.

    A tool that has used `budget_s` seconds takes no further part; those of `at_least_twice` take
    part in the first two rounds in any case. Returns {tool: Cell}."""
    cells = {tool: Cell() for tool in tools}
    spent = dict.fromkeys(tools, 0.0)
    for number in range(rounds):
        for i in range(len(tools)):
            tool = tools[(number + i) % len(tools)]
            cell = cells[tool]
            free = 2 if tool in at_least_twice else 1
            if cell.failure or (number >= free and spent[tool] > budget_s):
                continue
            start = time.monotonic()
            try:
                cell.samples[number] = run_one(tool)
            except Failed as failure:
                cell.failure = str(failure)
            spent[tool] += time.monotonic() - start
    return cells


def remove_database(path):
    for suffix in ("", "-journal", "-wal", "-shm"):
        if os.path.exists(path + suffix):
            os.remove(path + suffix)
