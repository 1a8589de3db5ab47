# SPDX-License-Identifier: MIT
"""The table of a benchmark run, as Markdown and as JSON, and how it stands to the project's goals."""
import dataclasses
import json
import os
import platform
import sqlite3
import subprocess

REFERENCE = "floor"


@dataclasses.dataclass
class Result:
    database: str
    work: str
    size: int
    medium: str
    reference: str  # the name of the tool in the columns "÷ floor"
    cells: dict


@dataclasses.dataclass
class Head:
    date: str
    machine: dict
    versions: dict


@dataclasses.dataclass
class Goal:
    """The ratio other / ours must be `least` or more, or ours / other `most` or less, or ours must
    stay within `peak_mib` of memory or within `trips` round trips a migration. The other
    REFERENCE is the floor of the result."""
    database: str
    work: str
    sizes: tuple
    media: tuple
    other: str = REFERENCE
    least: float | None = None
    most: float | None = None
    peak_mib: float | None = None
    trips: float | None = None
    ours: str = "gander"


MANY = (1000, 10000)
ALL = (1, 1000, 10000)
EACH = {"ours": "gander --commit each", "other": "floor (a commit each)"}
GOALS = (
    Goal("SQLite", "up", MANY, ("disk",), "goose", least=15),
    Goal("SQLite", "up", MANY, ("disk",), most=1.3),
    Goal("SQLite", "up", (1,), ("disk", "memory"), "goose", least=2.5),
    Goal("SQLite", "up", (1,), ("disk", "memory"), most=1.2),
    Goal("SQLite", "noop", (1000,), ("disk", "memory"), "goose", least=2),
    Goal("SQLite", "noop", ALL, ("disk", "memory"), most=1.2),
    Goal("SQLite", "status", (1000,), ("disk", "memory"), "goose", least=10),
    Goal("SQLite", "status", ALL, ("disk", "memory"), most=1.2),
    Goal("SQLite", "seed", (), ("disk", "memory"), "goose", least=2),
    Goal("SQLite", "seed", (), ("disk", "memory"), most=1.15),
    Goal("SQLite", "seed", (), ("disk", "memory"), peak_mib=64),
    Goal("PostgreSQL", "up", (1000,), ("socket",), "goose", least=1.2),
    Goal("PostgreSQL", "up", (1000,), ("socket",), most=1.1),
    Goal("PostgreSQL", "up", (1000,), ("socket",), most=1.1, **EACH),
    Goal("PostgreSQL", "up", (1000,), ("5 ms away",), "goose", least=6),
    Goal("PostgreSQL", "up", (1000,), ("socket",), trips=1),
    Goal("PostgreSQL", "up", (1000,), ("socket",), trips=1.02, ours=EACH["ours"]),
    Goal("PostgreSQL", "noop", (1000,), ("socket",), "goose", least=1),
    Goal("PostgreSQL", "status", (1000,), ("socket",), "goose", least=8),
    Goal("PostgreSQL", "noop", (1000,), ("socket",), most=1.1),
    Goal("PostgreSQL", "status", (1000,), ("socket",), most=1.1),
    Goal("PostgreSQL", "seed", (), ("socket",), most=1.1),
    Goal("MySQL", "up", (1000,), ("socket",), "goose", least=1.3),
    Goal("MySQL", "up", (1000,), ("socket",), "dbmate", least=1.3),
    Goal("MySQL", "up", (1000,), ("socket",), most=1.2),
    Goal("MySQL", "tables", (1000,), ("socket",), "goose", least=1.3),
    Goal("MySQL", "tables", (1000,), ("socket",), most=1.2),
    Goal("MySQL", "noop", (1000,), ("socket",), "goose", least=1),
    Goal("MySQL", "status", (1000,), ("socket",), "goose", least=5),
)


def machine(directory):
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}, {distribution()}",
        "disk": file_system(directory),
        "SQLite": sqlite3.sqlite_version,
        "load at the start": f"{os.getloadavg()[0]:.1f}",
    }


def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
        return names[0]
    except (OSError, IndexError):
        return platform.machine()


def distribution():
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return "?"


def file_system(directory):
    done = subprocess.run(["df", "--output=fstype", directory], stdout=subprocess.PIPE, text=True,
                          check=False)
    lines = done.stdout.split()
    return lines[-1] if lines else "?"


def markdown(head, results):
    lines = [f"# Benchmark of {head.date}", ""]
    lines += [f"- {name}: {value}" for name, value in head.machine.items()]
    lines += [f"- {name}: {value}" for name, value in head.versions.items()]
    lines += ["", *goal_lines(results)]
    lines += ["## All figures", "",
              "Medians. `± %` is the median distance from the median; the columns with `÷` are "
              "medians of the ratios within a round. `syncs` are calls of fsync and the like: of the "
              "tool itself with SQLite, of the server's log with PostgreSQL and MySQL; `round trips` include "
              "those of the connection's start.", ""]
    for result in results:
        lines += ["### " + title(result), "", *table(result), ""]
    return "\n".join(lines)


def title(result):
    size = (f"{result.size / 1e6:,.0f} MB" if result.work.startswith("seed")
            else f"{result.size:,} migration" + "s" * (result.size != 1))
    return f"{result.database}, {result.medium}: {result.work}, {size}"


COLUMNS = ("tool", "runs", "wall ms", "± %", "CPU ms", "peak MiB", "syncs", "round trips",
           "wall ÷ gander", "wall ÷ floor", "CPU ÷ floor")


def table(result):
    rows = [row(name, cell, result) for name, cell in result.cells.items()]
    used = [i for i in range(len(COLUMNS)) if i == 0 or any(line[i] for line in rows)]
    lines = [[line[i] for i in used] for line in [COLUMNS, *rows]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(used))]

    def join(cells):
        first = cells[0].ljust(widths[0])
        return "| " + " | ".join([first, *(c.rjust(w) for c, w in
                                           zip(cells[1:], widths[1:]))]) + " |"

    rule = "|" + "|".join("-" * (w + 1) + (":" if i else "-") for i, w in enumerate(widths)) + "|"
    return [join(lines[0]), rule, *map(join, lines[1:])]


def row(name, cell, result):
    if not cell.samples:
        return [name, "failed", *[""] * (len(COLUMNS) - 2)]
    cells = result.cells
    reference = cells.get(result.reference)
    return [name, str(len(cell.samples)), number(cell.median("wall_ms")),
            f"{cell.spread():.0f}", number(cell.median("cpu_ms")),
            number(cell.median("peak_mib")), count(cell.syncs), count(cell.round_trips),
            quotient(cell, cells.get("gander")), quotient(cell, reference),
            quotient(cell, reference, "cpu_ms")]


def count(value):
    return "" if value is None else str(value)


def quotient(cell, other, field="wall_ms"):
    value = None if other is None else cell.ratio(other, field)
    return "" if value is None else f"{value:.2f}"


def number(value):
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def goal_lines(results):
    lines = ["## Goals", "", "| work | compared with | goal | found | CPU time | |",
             "|---|---|---|---:|---:|---|"]
    for goal in GOALS:
        for result in results:
            if (result.database, result.work.split(",")[0]) != (goal.database, goal.work) or \
               result.medium not in goal.media or (goal.sizes and result.size not in goal.sizes):
                continue
            line = goal_line(goal, result)
            if line is not None:
                lines.append(line)
    return [*lines, ""] if len(lines) > 4 else []


def goal_line(goal, result):
    """None where the result has no such comparison."""
    other = result.reference if goal.other == REFERENCE else goal.other
    ours, theirs = result.cells.get(goal.ours), result.cells.get(other)
    if ours is None or not ours.samples:
        return None
    cpu = ""
    if goal.peak_mib is not None:
        found = ours.median("peak_mib")
        met, words, other = found < goal.peak_mib, f"under {goal.peak_mib:g} MiB", "memory"
    elif goal.trips is not None:
        if ours.round_trips is None:
            return None
        found = ours.round_trips / result.size
        met, words = found <= goal.trips, f"at most {goal.trips:g} a migration"
        other = "round trips"
    elif theirs is None or not theirs.samples:
        return None
    elif goal.least is not None:
        found, cpu = theirs.ratio(ours), f"{theirs.ratio(ours, 'cpu_ms'):.2f}"
        met, words = found >= goal.least, f"at least {goal.least:g} × faster"
    else:
        found, cpu = ours.ratio(theirs), f"{ours.ratio(theirs, 'cpu_ms'):.2f}"
        met, words = found <= goal.most, f"at most {goal.most:g} ×"
    name = title(result) + (f" ({goal.ours})" if goal.ours != "gander" else "")
    return f"| {name} | {other} | {words} | {found:.2f} | {cpu} | {'met' if met else 'missed'} |"


def save(path, head, results, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".md", "w", encoding="utf-8") as file:
        file.write(text.rstrip() + "\n")
    data = {"head": dataclasses.asdict(head), "results": [
        {"database": r.database, "work": r.work, "size": r.size, "medium": r.medium,
         "reference": r.reference,
         "tools": {name: {"syncs": c.syncs, "round_trips": c.round_trips, "failure": c.failure,
                          "samples": [sample_values(s) for s in c.samples.values()]}
                   for name, c in r.cells.items()}} for r in results]}
    with open(path + ".json", "w", encoding="utf-8") as file:
        json.dump(data, file, separators=(",", ":"))
        file.write("\n")


def sample_values(sample):
    """Wall and processor milliseconds, peak MiB."""
    return [round(value, 3) for value in dataclasses.astuple(sample)]
