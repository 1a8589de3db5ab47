#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""import and adopt on what the real tools make.

Usage: real_tools_test.py GANDER [DIRECTORY]. The programs `migrate`, `dbmate`, `sql-migrate`, `flyway`
and `refinery` are looked for in DIRECTORY (see install) and on the PATH; one that is absent is
skipped, loudly. Each tool applies its files but one to an SQLite database, which Gander then takes
over and completes; the result must be what the tool makes of all of its files, and so must be what
the imported files make of an empty database.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

from tools import TOOLS

OWN = {"goose_db_version", "goose_db_version_history", "goose_db_version_journal", "sqlite_sequence"}


class Failed(Exception):
    pass


def call(arguments):
    done = subprocess.run(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"{' '.join(arguments)}: exit {done.returncode}\n{done.stdout}")
    return done.stdout


def expect(what, found, wanted):
    if found != wanted:
        raise Failed(f"{what}: {found!r} instead of {wanted!r}")


def contents(path, tool):
    """Schema and rows, without what Gander and the tool keep for themselves."""
    hidden = OWN | {tool.table}
    connection = sqlite3.connect(path)
    try:
        schema = [row for row in connection.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name")
            if row[2] not in hidden]
        return schema, {row[1]: sorted(connection.execute(f'SELECT * FROM "{row[1]}"').fetchall())
                        for row in schema if row[0] == "table"}
    finally:
        connection.close()


def versions(path):
    connection = sqlite3.connect(path)
    try:
        return [row[0] for row in connection.execute(
            "SELECT version_id FROM goose_db_version ORDER BY id")]
    finally:
        connection.close()


def write(directory, files):
    os.makedirs(directory, exist_ok=True)
    for name, text in files.items():
        with open(os.path.join(directory, name), "w", encoding="utf-8") as stream:
            stream.write(text)


def try_tool(gander, tool):
    """In an empty directory."""
    write(".", tool.settings)
    write("theirs", tool.files)
    open("app.db", "wb").close()  # Some tools do not make it.
    call(tool.command)
    os.rename("app.db", "complete.db")
    os.rename(os.path.join("theirs", tool.late), tool.late)
    open("app.db", "wb").close()
    call(tool.command)
    os.rename(tool.late, os.path.join("theirs", tool.late))

    adopted = list(tool.adopted)
    imported = json.loads(call([gander, "import", "theirs", "--from", tool.name, "--dir", "ours",
                                "--json"]))
    expect("imported", [each["version"] for each in imported["imported"]], adopted + [tool.last])
    database = [gander, "--db", "sqlite:app.db", "--dir", "ours"]
    found = json.loads(call(database + ["adopt", "--json"]))
    expect("adopt finds", (found["tool"], found["adopted"], found["done"]),
           (tool.name, adopted, False))
    call(database + ["adopt", "--yes"])
    expect("versions", versions("app.db"), [0] + adopted)
    call(database + ["up", "--strict"])
    expect("versions after up", versions("app.db"), [0] + adopted + [tool.last])
    expect("the completed database", contents("app.db", tool), contents("complete.db", tool))
    call([gander, "--db", "sqlite:new.db", "--dir", "ours", "up"])
    expect("a new database", contents("new.db", tool), contents("complete.db", tool))


def main():
    gander = os.path.abspath(sys.argv[1])
    if len(sys.argv) > 2:
        os.environ["PATH"] = os.path.abspath(sys.argv[2]) + os.pathsep + os.environ["PATH"]
    tried = failed = 0
    for tool in TOOLS:
        if shutil.which(tool.command[0]) is None:
            print(f"*** SKIPPED: there is no program {tool.command[0]} here; {tool.name} was NOT "
                  "tested ***")
            continue
        tried += 1
        before = os.getcwd()
        with tempfile.TemporaryDirectory() as scratch:
            os.chdir(scratch)
            try:
                try_tool(gander, tool)
                print(f"{tool.name}: taken over")
            except Failed as failure:
                failed += 1
                print(f"FAILED {tool.name}: {failure}")
            finally:
                os.chdir(before)
    print(f"{tried - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
