# SPDX-License-Identifier: MIT
"""Where Gander's goose face answers otherwise than goose v3.30.1, and why.

Entry points: DIFFERENCES, the whole list (docs/compatibility.md shows the same); translate(), which
turns goose's answer into the one that Gander must give, for the differences that random sequences
meet; demonstrations.py holds one example of each. OLDER lists what goose v3.27.3 did otherwise.
Nothing here runs a program.
"""

import re
from dataclasses import dataclass, replace

import sql


@dataclass(frozen=True)
class Difference:
    name: str
    title: str
    issue: str = ""  # goose's issue or pull request, where one is known


DIFFERENCES = [
    # Files that goose refuses, splits wrongly or loses a line of.
    Difference("bom", "a file may begin with a UTF-8 byte order mark"),
    Difference("prose", "a comment that only mentions +goose is a comment"),
    Difference("licence", "a /* */ comment may stand before the Up annotation", "#784, #890"),
    Difference("glued_comment", "`;--comment` ends a statement", "#87"),
    Difference("block_comment", "`; /* comment */` ends a statement", "#784, #890"),
    Difference("trailing_block_comment", "a /* */ comment may end a section", "#784, #890"),
    Difference("blank_then_comment", "a line of blanks before the last comment is harmless"),
    Difference("literal", "a `;` or ` -- ` inside a string literal never ends or hides a statement"),
    Difference("comment_semicolon", "a `;` in a comment that stands directly behind a word ends nothing"),
    Difference("trigger_without_marks", "CREATE TRIGGER needs no StatementBegin and StatementEnd"),
    Difference("empty_block", "an empty StatementBegin block does not swallow the next line"),
    Difference("other_direction", "substitution errors in the section that does not run stop nothing"),
    # Runs.
    Difference("go_first", "a Go migration in the way is found before the first migration runs"),
    Difference("static_check", "an unclosed literal, or VACUUM in a transaction, is found when its "
                               "file is read"),
    Difference("parse_wording", "a malformed file is named with line and column, not a state number",
               "#115"),
    Difference("resume", "a NO TRANSACTION file that failed resumes after its last done statement"),
    Difference("several", "MySQL: of several statements on a line or in a block each is run by itself, "
                          "without multiStatements=true", "#190, #586"),
    Difference("half_file", "MySQL: a file that failed behind a change of the schema, which commits, "
                            "resumes behind its last done statement; its rows since then are gone"),
    Difference("missing_first", "`down-to` finds a missing file before it rolls anything back"),
    Difference("lost_transaction", "a NO TRANSACTION file runs on one connection, and a BEGIN without "
                                   "COMMIT is refused; goose may lose the file's work"),
    Difference("own_transaction", "BEGIN, or COMMIT and no BEGIN after it, in a transactional file is "
                                  "refused early on SQLite"),
    Difference("rollback", "a file that rolls back what it has done is refused before it runs"),
    Difference("lookalike", "a comment that looks like an annotation and is none is warned of"),
    Difference("empty_table", "a version table without any row stands for version 0", "#822"),
    Difference("busy", "a database in use is waited for instead of SQLITE_BUSY at once",
               "#258, #335, #1015"),
    Difference("duplicate", "a duplicate version is an error with exit code 1, not a panic"),
    # Command line.
    Difference("usage", "usage is printed to one channel, and its examples are our own"),
    Difference("password", "no message and no `env` line shows a password"),
    Difference("trace", "-v prints statements and transactions, not the states of a parser; on "
                        "PostgreSQL statements are shown when they are sent, a few ahead; on MySQL "
                        "no transaction is shown, because files do not run in one"),
    Difference("no_table", "MySQL: `reset` without a version table says so in the words of PostgreSQL"),
    Difference("one_error", "a database that cannot be opened is named, once", "#800"),
    Difference("table_name", "the version table may have any name: it is quoted where it must be"),
    Difference("no_color", "NO_COLOR set to anything means no colour"),
    Difference("dotenv", "a `.env` that is malformed, or that others may write, is warned of"),
    Difference("create_twice", "`create` twice in a second gives the second file the next second"),
    Difference("substituted", "messages and -v show a statement as the file has it, without the values "
                              "of ENVSUB"),
    Difference("init_text", "`init` explains itself in our own words"),
    Difference("fix_path", "`fix` renames by base name, to five digits, wherever else the digits are"),
    Difference("fix_overwrites", "`fix` refuses to rename a file onto another one"),
    Difference("create_name", "`create` needs a name with a letter or a digit in it"),
    Difference("dbstring", "a DBSTRING of SQLite that names no file, or a pragma that no URL may set, is "
                           "refused"),
    Difference("journal_mode", "SQLite: a changed journal_mode within a transaction is refused, also where SQLite "
                               "ignores it in silence"),
    Difference("directory_name", "a directory may have [ ] * ? in its name"),
    Difference("driver", "drivers other than those of SQLite, PostgreSQL and MySQL are not in this build"),
]

# What v3.30.1 and Gander do, and goose before it did not; `issue` is the first version that does.
OLDER = [
    Difference("envsub_forms", "`${V:?}` `${V:+}` `${V+}` `${#V}` `\\}`, names with `_` first", "v3.30.1"),
    Difference("envsub_dollar", "a `$` that begins no variable is text", "v3.30.1"),
    Difference("envsub_characters", "offsets and lengths count characters, and bytes that are not UTF-8 "
                                    "stay", "v3.30.1"),
    Difference("create_exists", "`create` onto an existing file says so, not `%!w(<nil>)`", "v3.30.1"),
    Difference("env_listed", "the usage names the command `env`", "v3.30.1"),
]
older = False  # is the goose at hand such a one?

PARSE = re.compile(r'(failed to parse SQL migration file: |failed to parse file "[^"\n]*": |'
                   r'failed to run Go migration: )(.*)\Z', re.S)
# What scripts look for in goose's text, and the words of ours that may stand for it.
PARSE_WORDS = {"missing semicolon": ["missing semicolon"],
               "missing '-- +goose StatementEnd'": ["missing '-- +goose StatementEnd'"],
               "must start with '-- +goose Up'": ["must start with '-- +goose Up'",
                                                  "duplicate '-- +goose Down'"],
               "duplicate '-- +goose Up'": ["duplicate '-- +goose Up'"],
               "variable substitution failed": ["variable substitution failed"]}
# The statements that sql.py makes with variables in them.
SUBSTITUTED = re.compile(r"(VALUES \('env\w*:).*?('\))")
OUTCOME = re.compile(r"^<t> (?:OK   |EMPTY ).*\n", re.M)
MISSING = re.compile(r"^<t> goose: migration file not found for current version", re.M)
RENAMED = re.compile(r"^<t> RENAMED (\S+) => (\S+)$", re.M)
SECOND_ERROR = re.compile(r"; SQL logic error: table \S+ already exists \(1\)$", re.M)
SENT = re.compile(r"^<t> (?:\x1b\[90m)?Executing statement: .*\n(?:(?!<t> ).*\n)*", re.M)
TRANSACTION = re.compile(r"^<t> (?:\x1b\[90m)?(?:Begin|Commit|Rollback) transaction.*\n", re.M)
NO_TABLE = re.compile(r"(failed to get status of migrations: ).*doesn't exist$|"
                      r"(failed to get status of migrations: ).*\(SQLSTATE 42P01\)$", re.M)
USAGE = "Usage: goose DRIVER DBSTRING [OPTIONS] COMMAND"
FLAGS = "  -allow-missing\n"
DUPLICATE = re.compile(r"\Apanic: goose: duplicate version (\d+|<now>) detected:\n\t(.*)\n\t(.*)\n?")
KEPT_WITH_V = re.compile(
    r"<t> (?:\x1b\[90m)?(?:Begin transaction|Executing statement: |Commit transaction|"
    r"Rollback transaction|OK   |EMPTY |goose: |goose run: |goose validate: |failed to load |-dbstring|"
    r"    (?:Applied At|====|Pending  |<applied at>|no versioning))")
TEMPLATE = (b"-- +goose Up\nSELECT 'up SQL query';\n\n-- +goose Down\nSELECT 'down SQL query';\n")


@dataclass
class Context:
    step: object
    before: tuple  # Gander's database before the command
    files: dict    # name -> files.File
    engine: object = sql.SQLITE

    @property
    def pipelined(self):
        """Are statements sent before the ones ahead of them have been answered?"""
        return self.engine is sql.POSTGRES

    def substituting(self):
        return any(b"envsub" in file.text.lower() for file in self.files.values())


def file_shape(name, text):
    """What is compared of a file's text."""
    if name.endswith("_initial.sql") and text.endswith(TEMPLATE):
        return b"initial"
    return text


def translate(goose, gander, context):
    """Returns (goose, gander, names of the differences met, copy goose's database over?)."""
    used, resync = [], False
    goose = replace(goose, err=goose.err.split("\ngoroutine ")[0])
    gander = replace(gander, err=gander.err.split("\ngoroutine ")[0])
    if (goose.code, goose.out, goose.err) == (gander.code, gander.out, gander.err):
        return goose, gander, used, resync
    if is_verbose(context.step.arguments):
        goose = replace(goose, err=without_trace(goose.err))
        if context.engine is sql.MYSQL:
            # Within a transaction goose ends the line of a statement before it ends its colour.
            goose = replace(goose, err=TRANSACTION.sub("", goose.err).replace("\n\x1b[00m", "\x1b[00m"))
            gander = replace(gander, err=TRANSACTION.sub("", gander.err))
        if goose.code == 1 and context.pipelined:
            goose, gander = (replace(each, err=SENT.sub("", each.err)) for each in (goose, gander))
    if USAGE in goose.out:
        goose, gander = usage(goose, gander)
        used.append("usage")
    panic = DUPLICATE.match(goose.err)
    if panic and goose.code == 2 and reports_duplicate(gander, context):
        goose = replace(goose, code=1, err="duplicate")
        gander = replace(gander, err="duplicate")
        used.append("duplicate")
    if (not panic and "up-to" in context.step.arguments and reports_duplicate(gander, context)
            and same_data(gander.database, context.before)):
        # goose does not look at files above the bound.
        return gander, gander, used + ["duplicate"], True
    # The comments that only Gander takes for what they are stand in its statements.
    gander = replace(gander, err=gander.err.replace(";--done", "; --done")
                     .replace("; /* done */", ";"))
    if SUBSTITUTED.search(goose.err) and context.substituting():
        hidden = [replace(each, err=SUBSTITUTED.sub(r"\1<value>\2", each.err)) for each in (goose, gander)]
        used += ["substituted"] if (goose, gander) != tuple(hidden) else []
        goose, gander = hidden
    if substitution_elsewhere(goose, gander, context):
        return gander, gander, used + ["other_direction"], True
    # goose comes to the missing file later, or to a failing one before it.
    if (MISSING.search(gander.err) and goose.code == 1
            and (goose.err.endswith(gander.err) or "failed to run SQL migration" in goose.err)
            and same_data(gander.database, context.before)):
        return gander, gander, used + ["missing_first"], True
    if overwrites(goose) and gander.code == 1 and "the file exists already" in gander.err:
        return gander, gander, used + ["fix_overwrites"], True
    if older and "%!w(<nil>)" in goose.err and ": file exists" in gander.err:
        used.append("create_exists")
        goose, gander = replace(goose, err="exists"), replace(gander, err="exists")
    if older and goose.out == "goose version: v3.27.3\n":
        goose = replace(goose, out="goose version: v3.30.1\n")
    if gander.code == 1 and SECOND_ERROR.sub("", goose.err) == gander.err:
        used.append("one_error")
        goose = replace(goose, err=gander.err)
    driver = re.search(r'sql: unknown driver "(\w+)"', goose.err)
    # goose connects to it only when it comes to the database.
    if goose.code == 1 and "no driver for 'azuresql' in this build" in gander.err and not driver:
        return gander, gander, used + ["driver"], False
    if driver and f"no driver for '{driver[1]}' in this build" in gander.err:
        used.append("driver")
        goose, gander = replace(goose, err="driver"), replace(gander, err="driver")
    if context.engine is sql.MYSQL and NO_TABLE.search(goose.err) and NO_TABLE.search(gander.err):
        used.append("no_table")
        goose, gander = (replace(each, err=NO_TABLE.sub("no table", each.err))
                         for each in (goose, gander))
    if committed_in_part(goose, context):
        used.append("half_file")
        goose = replace(goose, database=gander.database)
    theirs, ours = PARSE.search(goose.err), PARSE.search(gander.err)
    if ours and stopped_at_go_file(goose, gander, context):
        return gander, gander, used + ["go_first"], True
    if theirs and ours and all(any(word in ours[2] for word in words)
                               for wanted, words in PARSE_WORDS.items() if wanted in theirs[2]):
        used.append("parse_wording")
        goose = replace(goose, err=PARSE.sub(r"\1<defect>", goose.err))
        gander = replace(gander, err=PARSE.sub(r"\1<defect>", gander.err))
    return goose, gander, used, resync


FAILED = re.compile(r"ERROR [^\s_]+(_\S*): failed to run SQL migration: failed to execute")
CHANGES_SCHEMA = re.compile(rb"\b(?:CREATE|ALTER|DROP)\b", re.I)


def failed_files(goose, context):
    """Those that may be the one in which goose has failed: `fix` may have given it another number."""
    match = FAILED.search(goose.err)
    return [file for name, file in context.files.items() if match and name.endswith(match[1])]


def committed_in_part(goose, context):
    """What goose leaves of a failed file on MySQL: rows behind a change of the schema as well."""
    return context.engine is sql.MYSQL and any(
        CHANGES_SCHEMA.search(file.text) or file.no_transaction
        for file in failed_files(goose, context))


def substitution_elsewhere(goose, gander, context):
    """Gander rolls back a file whose Up section cannot be substituted."""
    backwards = {"down", "down-to", "reset", "redo"} & set(context.step.arguments)
    return (bool(backwards) and "variable substitution failed" in goose.err
            and "variable substitution failed" not in gander.err)


def stopped_at_go_file(goose, gander, context):
    """Gander has refused a Go file before anything ran; goose has come to some other end before that
    file, or has run what comes before it."""
    refused = re.search(r"\A<t> goose run: (?:failed to db-down: )?ERROR \S+\.go: failed to run Go",
                        gander.err)
    if not refused or goose.code != 1 or gander.code != 1:
        return False
    return (not goose.err.startswith(gander.err[:refused.end()]) and
            same_data(gander.database, context.before))


def is_verbose(arguments):
    return any(word in ("-v", "--v", "-v=true") for word in arguments)


def without_trace(err):
    """Drops the lines of goose's parser trace; a line without time belongs to the one before."""
    kept, keep = [], True
    for line in err.splitlines(keepends=True):
        if line.startswith("<t> "):
            keep = bool(KEPT_WITH_V.match(line))
        if keep:
            kept.append(line)
    return "".join(kept)


def usage(goose, gander):
    """Both texts are cut where the usage begins; ours must be whole on the right channel."""
    goose = replace(goose, out=goose.out.split(USAGE)[0],
                    err=goose.err.split(FLAGS)[0] + "<usage>")
    right = gander.out if gander.code == 0 else gander.err
    if USAGE in right and FLAGS in right and "Commands:" in right:
        text = right.split(USAGE)[0] + "<usage>"
        other = gander.err if gander.code == 0 else gander.out
        gander = replace(gander, out=other, err=text)
    return goose, gander


def reports_duplicate(gander, context):
    """Gander names a version that two files have, and both files."""
    match = re.search(r"\A<t> goose [a-z]+: (.*duplicate version (\d+|<now>) detected.*)\Z",
                      gander.err, re.S)
    if not match or gander.code != 1:
        return False
    named = set(re.findall(r"[^\s/,:]+\.(?:sql|go)\b", match[1]))
    versions = {name.split("_")[0] for name in named}
    return len(named) == 2 and all(version == match[2] or int(version) == int(match[2])
                                   for version in versions)


def same_data(database, before):
    """Nothing has changed but that a version table may have been created, as goose has done as well."""
    if not before:
        return not database or all(len(rows) <= 1 for _, rows in database[1])
    kept = [{row for row in part if row[0] != "sqlite_sequence"} for part in before[:2]]
    return all(old <= set(new) for old, new in zip(kept, database[:2]))


def overwrites(goose):
    """`fix` has renamed a file onto one whose turn was still to come, which is lost."""
    renamed = RENAMED.findall(goose.err)
    return goose.code == 0 and any(to == later for at, (_, to) in enumerate(renamed)
                                   for later, _ in renamed[at + 1:])


def stops(goose, context):
    """After a NO TRANSACTION file has failed the two go on differently, on purpose (`resume`); after
    `fix_overwrites` the directories differ."""
    if overwrites(goose):
        return True
    return committed_in_part(goose, context) or any(
        file.no_transaction for file in failed_files(goose, context))
