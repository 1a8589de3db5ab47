#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The migrations that the project shows and makes run in goose as well as in Gander.

  shown_test.py GANDER [--update]

Taken are the examples, the files in README.md and docs/guide, and what `create` and `init` make of
either face. Gander applies them and rolls them back. So does goose v3.30.1, where there is one (GOOSE,
the one that tests/goose/install has put beside the program, or the one in PATH); shown.txt keeps the
checksum of each text that goose has taken (--update), and where there is no goose, that is what the
texts must be.
"""
import argparse
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RECORD = HERE / "shown.txt"
VERSION = "goose version: v3.30.1\n"
BLOCK = re.compile(r"^<!-- file: (migrations/\S+\.sql) -->\n```sql\n(.*?)^```$", re.M | re.S)
# Mistakes on purpose, which the document mends later, and files that only end a story.
MISTAKES = {"README.md": {"migrations/00002_spotted.sql": ("nme", "name")},
            "embedding.md": {"migrations/2_plays.sql": ("ON plays", "ON play")},
            "files.md": {"migrations/00003_compact.sql": ("STRICTLY", "STRICT")}}
WRONG = {("files.md", "migrations/1_geese.sql"), ("files.md", "00002_nests.sql #1"),
         ("files.md", "00003_compact.sql #1"), ("troubleshooting.md", "migrations/00003_eggs.sql"),
         ("troubleshooting.md", "migrations/00004_no_birds.sql"),
         ("troubleshooting.md", "migrations/00004_compact.sql")}


def find_goose(program):
    candidates = [os.environ.get("GOOSE"),
                  str(pathlib.Path(program).parent / "goose-reference/v3.30.1/goose"),
                  shutil.which("goose"), os.path.expanduser("~/go/bin/goose")]
    for path in candidates:
        if path and os.access(path, os.X_OK):
            told = subprocess.run([path, "-version"], capture_output=True, text=True, check=False)
            # A link to Gander says the same; goose alone is built by Go.
            if told.stdout == VERSION and b"go.buildinfo" in pathlib.Path(path).read_bytes():
                return path
    return None


def sets(program, scratch):
    """(title, {name: text}) of each set of migrations that belong together."""
    for directory in sorted((ROOT / "examples").glob("*/migrations")):
        yield f"examples/{directory.parent.name}", texts_of(directory)
    for document in [ROOT / "README.md", *sorted((ROOT / "docs/guide").glob("*.md"))]:
        files, seen = {}, {}
        for name, text in BLOCK.findall(document.read_text()):
            seen[name] = seen.get(name, 0) + 1
            base = name.split("/")[1]
            if {(document.name, name), (document.name, f"{base} #{seen[name]}")} & WRONG:
                continue
            files[base] = text.replace(*MISTAKES.get(document.name, {}).get(name, ("", "")))
        if files:
            yield document.name, files
    for title, link, command in (("create", "gander", ["create", "add users", "--dir", "m", "--seq"]),
                                 ("goose create", "goose", ["-dir", "m", "-s", "create", "x", "sql"]),
                                 ("goose init", "goose", ["-dir", "m", "-s", "init"])):
        root = scratch / title.replace(" ", "-")
        (root / "m").mkdir(parents=True)
        (root / link).symlink_to(program)
        if "init" in title:
            (root / "m").rmdir()
        subprocess.run([root / link, *command], cwd=root, check=True, capture_output=True)
        yield title, texts_of(root / "m")


def texts_of(directory):
    return {path.name: path.read_text() for path in sorted(directory.glob("*.sql"))}


def run(program, files, scratch):
    """None, or what goes wrong when the set is applied and rolled back."""
    root = pathlib.Path(tempfile.mkdtemp(dir=scratch))
    for name, text in files.items():
        (root / name).write_text(text)
    for command in (["up"], ["down-to", "0"]):
        done = subprocess.run([program, "-dir", root, "sqlite3", root / "app.db", *command],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return f"{' '.join(command)}: {done.stderr}"
    return None


def digest(files):
    text = "".join(f"{name}\n{body}\n" for name, body in sorted(files.items()))
    return hashlib.sha256(text.encode()).hexdigest()


def main():
    parse = argparse.ArgumentParser()
    parse.add_argument("program")
    parse.add_argument("--update", action="store_true")
    arguments = parse.parse_args()
    program = os.path.abspath(arguments.program)
    goose = find_goose(program)
    record = dict(line.split("  ")[::-1] for line in RECORD.read_text().splitlines()) \
        if RECORD.exists() else {}
    problems, taken = [], {}
    with tempfile.TemporaryDirectory(prefix="gander-shown-") as work:
        scratch = pathlib.Path(work)
        (scratch / "goose").symlink_to(program)
        for title, files in sets(program, scratch):
            found = {"gander": run(scratch / "goose", files, scratch)}
            if goose:
                found["goose"] = run(goose, files, scratch)
            problems += [f"{title} in {name}: {text}" for name, text in found.items() if text]
            taken[title] = digest(files)
            if not goose and record.get(title) != taken[title]:
                problems.append(f"{title}: not the text that goose has taken; run this where goose is, "
                                "with --update")
    if goose and record != taken and not arguments.update:
        problems.append("shown.txt is not up to date: run this with --update")
    if goose and arguments.update and not problems:
        RECORD.write_text("".join(f"{sum_}  {title}\n" for title, sum_ in sorted(taken.items())))
    print("\n".join(problems) or f"{len(taken)} sets run in Gander and "
          + (f"in {goose}" if goose else "are those that goose v3.30.1 has taken"))
    return 1 if problems or len(taken) < 8 else 0


if __name__ == "__main__":
    sys.exit(main())
