# SPDX-License-Identifier: MIT
"""The table of a benchmark run, as Markdown and as JSON, and how it stands to the project's goals."""
import dataclasses
import json
import os
import platform
import sqlite3
import subprocess

FLOOR = "floor (one commit)"


@dataclasses.dataclass
class Result:
    work: str
    size: int
    medium: str
    cells: dict


@dataclasses.dataclass
class Head:
    date: str
    machine: dict
    versions: dict


@dataclasses.dataclass
class Goal:
    """The ratio other / gander must be `least` or more, or gander / other `most` or less."""
    work: str
    sizes: tuple
    other: str
    least: float | None = None
    most: float | None = None
    media: tuple = ("disk", "memory")


GOALS = (
    Goal("up", (1000, 10000), "goose", least=15, media=("disk",)),
    Goal("up", (1000, 10000), FLOOR, most=1.3, media=("disk",)),
    Goal("up", (1,), "goose", least=2.5),
    Goal("up", (1,), FLOOR, most=1.2),
    Goal("noop", (1, 1000, 10000), "goose", least=2),
    Goal("noop", (1, 1000, 10000), FLOOR, most=1.2),
    Goal("status", (1000,), "goose", least=10),
    Goal("status", (1, 1000, 10000), FLOOR, most=1.2),
    Goal("seed", (), "goose", least=2),
    Goal("seed", (), FLOOR, most=1.15),
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
    done = subprocess.run(["stat", "-f", "-c", "%T", directory], stdout=subprocess.PIPE, text=True,
                          check=False)
    return done.stdout.strip() or "?"


def markdown(head, results):
    lines = [f"# Benchmark of {head.date}", ""]
    lines += [f"- {name}: {value}" for name, value in head.machine.items()]
    lines += [f"- {name}: {value}" for name, value in head.versions.items()]
    lines += ["", "Medians. `± %` is the median distance from the median; the last three columns are "
              "medians of the ratios within a round.", ""]
    for result in results:
        lines += ["## " + title(result), "", *table(result), ""]
    return "\n".join(lines + goal_lines(results))


def title(result):
    size = (f"{result.size / 1e6:.0f} MB" if result.work.startswith("seed")
            else f"{result.size:,} migrations")
    return f"{result.work}, {size}, {result.medium}"


def table(result):
    head = ["tool", "runs", "wall ms", "± %", "CPU ms", "peak MiB", "syncs", "wall ÷ gander",
            "wall ÷ floor", "CPU ÷ floor"]
    rows = [row(name, cell, result.cells) for name, cell in result.cells.items()]
    widths = [max(len(line[i]) for line in [head, *rows]) for i in range(len(head))]

    def join(cells):
        first = cells[0].ljust(widths[0])
        return "| " + " | ".join([first, *(c.rjust(w) for c, w in
                                           zip(cells[1:], widths[1:]))]) + " |"

    rule = "|" + "|".join("-" * (w + 1) + (":" if i else "-") for i, w in enumerate(widths)) + "|"
    return [join(head), rule, *map(join, rows)]


def row(name, cell, cells):
    if not cell.samples:
        return [name, "failed", *[""] * 8]
    return [name, str(len(cell.samples)), number(cell.median("wall_ms")),
            f"{cell.spread():.0f}", number(cell.median("cpu_ms")),
            number(cell.median("peak_mib")), "" if cell.syncs is None else str(cell.syncs),
            quotient(cell, cells.get("gander")), quotient(cell, cells.get(FLOOR)),
            quotient(cell, cells.get(FLOOR), "cpu_ms")]


def quotient(cell, other, field="wall_ms"):
    value = None if other is None else cell.ratio(other, field)
    return "" if value is None else f"{value:.2f}"


def number(value):
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"


def goal_lines(results):
    lines = ["## Goals", "", "| work | other | goal | wall | CPU | |", "|---|---|---|---:|---:|---|"]
    for goal in GOALS:
        for result in results:
            if result.work.split(",")[0] != goal.work or result.medium not in goal.media or \
               (goal.sizes and result.size not in goal.sizes):
                continue
            ours, theirs = result.cells.get("gander"), result.cells.get(goal.other)
            if theirs is None or not theirs.samples:
                continue
            lines.append(goal_line(goal, result, ours, theirs))
    return [*lines, ""] if len(lines) > 4 else []


def goal_line(goal, result, ours, theirs):
    if goal.least is not None:
        wall, cpu = theirs.ratio(ours), theirs.ratio(ours, "cpu_ms")
        met, words = wall >= goal.least, f"at least {goal.least:g} × faster"
    else:
        wall, cpu = ours.ratio(theirs), ours.ratio(theirs, "cpu_ms")
        met, words = wall <= goal.most, f"at most {goal.most:g} ×"
    return (f"| {title(result)} | {goal.other} | {words} | {wall:.2f} | {cpu:.2f} | "
            f"{'met' if met else 'missed'} |")


def save(path, head, results, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".md", "w", encoding="utf-8") as file:
        file.write(text + "\n")
    data = {"head": dataclasses.asdict(head), "results": [
        {"work": r.work, "size": r.size, "medium": r.medium,
         "tools": {name: {"syncs": c.syncs, "failure": c.failure,
                          "samples": [dataclasses.astuple(s) for s in c.samples.values()]}
                   for name, c in r.cells.items()}} for r in results]}
    with open(path + ".json", "w", encoding="utf-8") as file:
        json.dump(data, file, indent=1)
        file.write("\n")
