# SPDX-License-Identifier: MIT
"""Runs what the documents show: README.md and docs/guide/*.md, each in a directory of its own.

    readme_test.py --source DIR --build DIR [--update] DOCUMENT...

Of a document's fenced blocks, from top to bottom:

- one after `<!-- file: NAME -->` is written to the file NAME;
- a `console` block is run: each line that begins with "$ " is a command (a backslash at its end
  continues it), the lines up to the next one are what it must print. A command that fails must be
  followed by `$ echo $?`;
- after `<!-- make -->`, each line is `make TARGET`, and the project's Makefile must have it;
- one after `<!-- not run: REASON -->` is only shown;
- `text` is never run. Any other block is an error: a document must not show what nobody checks.

Durations, times, random names and user names may differ from what is printed, and so may the width
of white space. --update writes what the commands really print into the document instead.
"""
import argparse
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

FENCE = re.compile(r"^```(\w*)$")
DIRECTIVE = re.compile(r"^<!-- (file|not run|make)(?:: (.*?))? -->$")
# What may change from one run to the next.
MASKS = [(re.compile(r"\d+(\.\d+)? (ns|µs|ms|s|min)\b"), "DURATION"),
         (re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?"), "TIME"),
         (re.compile(r"\bpid \d+"), "pid N"),
         (re.compile(r"\d{8}T\d{6}Z"), "STAMP"),
         (re.compile(r"\b20\d{12}\b"), "STAMP"),
         (re.compile(r'("(?:duration_ms|duration)": )[\d.]+'), r"\1DURATION"),
         (re.compile(r"[ \t]+"), " ")]


class Block:
    def __init__(self, number, language, directive, argument, lines):
        self.number = number  # of the line after the fence, from 1
        self.language = language
        self.directive = directive
        self.argument = argument
        self.lines = lines


def blocks_of(text):
    """The fenced blocks of a document, each with the directive on the line before it."""
    lines = text.splitlines()
    found = []
    at = 0
    while at < len(lines):
        fence = FENCE.match(lines[at])
        if not fence:
            at += 1
            continue
        before = DIRECTIVE.match(lines[at - 1]) if at > 0 else None
        end = lines.index("```", at + 1)
        found.append(Block(at + 2, fence.group(1), before and before.group(1),
                           before and before.group(2), lines[at + 1:end]))
        at = end + 1
    return found


def commands_of(lines):
    """Pairs of a command's lines and the lines it prints."""
    pairs = []
    for line in lines:
        if line.startswith("$ "):
            pairs.append(([line], []))
        elif pairs and not pairs[-1][1] and pairs[-1][0][-1].endswith("\\"):
            pairs[-1][0].append(line)
        elif pairs:
            pairs[-1][1].append(line)
        else:
            sys.exit(f"a console block begins with output: {line}")
    return pairs


def masked(lines):
    text = "\n".join(line.rstrip() for line in lines).strip("\n")
    for pattern, replacement in MASKS:
        text = pattern.sub(replacement, text)
    return text


class Shell:
    """One command after another, as typed into one shell."""

    def __init__(self, directory, environment):
        self.directory = directory
        self.environment = environment
        self.state = directory.parent / "shell-state"
        self.state.write_text(f"cd {shlex.quote(str(directory))}\n")
        self.code = 0

    def run(self, command):
        script = (f". {shlex.quote(str(self.state))}\n(exit {self.code})\n{command}\ncode=$?\n"
                  f"{{ export -p; printf 'cd %q\\n' \"$PWD\"; }} > {shlex.quote(str(self.state))}\n"
                  "exit $code\n")
        done = subprocess.run(["bash", "-c", script], env=self.environment, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        self.code = done.returncode
        return done.stdout.splitlines()


class Document:
    def __init__(self, path, options, environment):
        self.path = path
        self.options = options
        self.environment = environment
        self.problems = []

    def run(self):
        text = self.path.read_text()
        output = text.splitlines()
        shift = 0
        with tempfile.TemporaryDirectory(prefix="gander-docs-") as work:
            directory = pathlib.Path(work) / "project"
            directory.mkdir()
            shell = Shell(directory, self.environment)
            for block in blocks_of(text):
                printed = self.run_block(block, directory, shell)
                if printed is None:
                    continue
                start = block.number - 1 + shift
                output[start:start + len(block.lines)] = printed
                shift += len(printed) - len(block.lines)
        if self.options.update:
            self.path.write_text("\n".join(output) + "\n")

    def run_block(self, block, directory, shell):
        """Returns the block's lines as they should be, or None when they are not output."""
        if block.directive == "not run" or block.language == "text":
            return None
        if block.directive == "file":
            path = directory / block.argument
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join(block.lines) + "\n")
        elif block.directive == "make":
            self.check_targets(block)
        elif block.language == "console":
            return self.run_commands(block, shell)
        else:
            self.fail(block, f"nobody checks this {block.language} block")
        return None

    def check_targets(self, block):
        for line in block.lines:
            command = line.split("#")[0].removeprefix("$ ").split()
            if not command or command[0] != "make":
                self.fail(block, f"not a make command: {line}")
                continue
            done = subprocess.run([*command, "-n"], cwd=self.options.source, check=False,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            if done.returncode != 0:
                self.fail(block, f"{line}: {done.stderr}")

    def run_commands(self, block, shell):
        lines = []
        pairs = commands_of(block.lines)
        for i, (command, expected) in enumerate(pairs):
            text = "\n".join(command).removeprefix("$ ")
            printed = shell.run(text)
            told = i + 1 < len(pairs) and pairs[i + 1][0] == ["$ echo $?"]
            failed = shell.code != 0 and not told
            if failed:
                self.fail(block, f"$ {text}\nexit code {shell.code}\n" + "\n".join(printed))
            same = failed or masked(printed) == masked(expected)
            if not same and not self.options.update:
                self.fail(block, f"$ {text}\nprinted:\n" + "\n".join(printed)
                          + "\nthe document says:\n" + "\n".join(expected))
            blank = 0  # between two commands, for the eye
            while expected and not expected[-1 - blank]:
                blank += 1
                if blank == len(expected):
                    break
            body = expected if same else printed + [""] * blank
            lines += command + body
        return lines

    def fail(self, block, why):
        self.problems.append(f"{self.path}:{block.number}: {why}")


def environment_of(options, work):
    """What a user has who has installed Gander: program, headers, library; no settings."""
    prefix = work / "prefix"
    subprocess.run(["cmake", "--install", options.build, "--prefix", prefix], check=True,
                   stdout=subprocess.DEVNULL)
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(("GANDER_", "GOOSE_", "CMAKE_", "MAKE", "MFLAGS"))
                   and name not in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS")}
    libraries = next(prefix.rglob("gander.pc")).parent
    environment |= {
        "PATH": f"{prefix / 'bin'}:{environment['PATH']}",
        "PKG_CONFIG_PATH": str(libraries),
        "CMAKE_PREFIX_PATH": str(prefix),
        "LD_LIBRARY_PATH": str(libraries.parent),
        "LC_ALL": "C.UTF-8",
        "HOME": str(work),
        "GANDER_ACTOR": "ada@example",
    }
    # The examples that documents name by their path in this project.
    shutil.copytree(options.source / "examples", work / "examples")
    return environment


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", required=True, type=pathlib.Path)
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("documents", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    problems = []
    with tempfile.TemporaryDirectory(prefix="gander-docs-") as work:
        environment = environment_of(options, pathlib.Path(work))
        for path in options.documents:
            document = Document(path, options, environment)
            document.run()
            problems += document.problems
    print("\n\n".join(problems))
    print(f"{len(options.documents)} documents, {len(problems)} problems")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
