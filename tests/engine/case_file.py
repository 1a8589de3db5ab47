# SPDX-License-Identifier: MIT
"""Case files: what README.md says, as steps; a file that says anything else is an error."""
import dataclasses
import pathlib
import re

FOR_ENGINES = re.compile(r"@([a-z]+(?:,[a-z]+)*)(?: (.*))?")
PLACEHOLDER = re.compile(r"@([a-z_]+)@")
CODE = re.compile(r"\[\d+\]")
HEADER = re.compile(r"# *(engines) *: *(.*)")
NAME = r"(?P<name>[a-z][a-z0-9_]*)"
# Each kind of step by the line it begins with.
STEPS = {
    "file": re.compile(r"file (?P<text>\S+)"),
    "call": re.compile(r"\$ (?P<text>.+)"),
    "start": re.compile(NAME + r" \$ (?P<text>.+)"),
    "prints": re.compile(r"prints " + NAME + r" (?P<text>.+)"),
    "signal": re.compile(r"signal " + NAME + r" (?P<text>INT|TERM|KILL|STOP|CONT)"),
    "finish": re.compile(r"finish " + NAME),
    "query": re.compile(r"query(?: (?P<text>.+))?"),
    "until": re.compile(r"until(?: (?P<text>.+))?"),
    "sql": re.compile(r"sql(?: (?P<text>.+))?"),
    "session": re.compile(r"session " + NAME + r"(?: (?P<text>.+))?"),
    "close": re.compile(r"close " + NAME),
}
WITH_OUTPUT = {"call", "finish"}
WITH_ROWS = {"query", "until"}
WITH_BODY = {"file", "query", "until", "sql", "session"}


class CaseError(Exception):
    """The case itself is wrong: it proves nothing."""


@dataclasses.dataclass
class Step:
    kind: str
    line: int  # in the file, from 1
    name: str = ""
    text: str = ""
    expected: list = dataclasses.field(default_factory=list)
    begin: int = 0  # of the expectation, as lines of the file from 0; for --update
    end: int = 0
    shared: bool = True  # the same lines for every engine


@dataclasses.dataclass
class Case:
    path: pathlib.Path
    title: str
    engines: list  # empty: all
    steps: list


@dataclasses.dataclass
class Line:
    number: int
    text: str
    shared: bool


def lines_for(path, engine, words, engines):
    """The file as it reads for one engine."""
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        shared = True
        match = FOR_ENGINES.fullmatch(text)
        if match:
            wanted = match[1].split(",")
            for name in wanted:
                if name not in engines:
                    raise CaseError(f"{number}: there is no engine {name}")
            if engine not in wanted:
                continue
            shared, text = False, match[2] or ""
        yield Line(number, fill(text, number, words), shared)


def fill(text, number, words):
    def value(match):
        if match[1] not in words:
            raise CaseError(f"{number}: there is no word @{match[1]}@")
        return words[match[1]]
    return PLACEHOLDER.sub(value, text)


def read(path, engine="", words=None, engines=()):
    lines = list(lines_for(path, engine, words or {}, engines))
    if not lines or not lines[0].text.startswith("# "):
        raise CaseError("1: a case begins with `# ` and what it shows, as a sentence")
    case = Case(path, lines[0].text[2:], [], [])
    at = 1
    while at < len(lines):
        line = lines[at]
        if engine and case.engines and engine not in case.engines:
            return case  # what is left of its steps need make no sense
        if not line.text:
            at += 1
        elif line.text.startswith("#"):
            at += 1
            header = HEADER.fullmatch(line.text)
            if header:
                case.engines = header[2].split()
                for name in case.engines:
                    if name not in engines:
                        raise CaseError(f"{line.number}: there is no engine {name}")
        else:
            step, at = read_step(lines, at)
            case.steps.append(step)
    check(case)
    return case


def read_step(lines, at):
    line = lines[at]
    for kind, pattern in STEPS.items():
        match = pattern.fullmatch(line.text)
        if match:
            break
    else:
        raise CaseError(f"{line.number}: this begins no step: {line.text}")
    groups = match.groupdict()
    step = Step(kind, line.number, groups.get("name") or "", groups.get("text") or "")
    at += 1
    if kind in WITH_BODY:
        at = read_body(lines, at, step)
    if kind in WITH_OUTPUT:
        at = read_output(lines, at, step)
    if kind in WITH_ROWS:
        at = read_rows(lines, at, step)
    return step, at


def read_body(lines, at, step):
    body = []
    while at < len(lines) and lines[at].text.startswith("|"):
        body.append(lines[at].text[2:])
        at += 1
    if step.kind == "file":
        step.expected = [line + "\n" for line in body]
    else:
        step.text = "\n".join([step.text] * bool(step.text) + body)
        if not step.text:
            raise CaseError(f"{step.line}: {step.kind} without a statement")
    return at


def read_output(lines, at, step):
    step.begin = step.end = lines[at - 1].number
    while at < len(lines):
        line = lines[at]
        step.expected.append(line.text)
        step.shared = step.shared and line.shared
        step.end = line.number
        at += 1
        if CODE.fullmatch(line.text):
            return at
    raise CaseError(f"{step.line}: the exit code is missing: [N] on a line of its own")


def read_rows(lines, at, step):
    if at >= len(lines) or lines[at].text != "----":
        raise CaseError(f"{step.line}: ---- and the rows are missing")
    step.begin = step.end = lines[at].number
    at += 1
    while at < len(lines) and lines[at].text:
        text = lines[at].text
        if text.startswith("#") or any(p.fullmatch(text) for p in STEPS.values()):
            break
        step.expected.append(text)
        step.shared = step.shared and lines[at].shared
        step.end = lines[at].number
        at += 1
    return at


def check(case):
    kinds = {step.kind for step in case.steps}
    if not kinds & (WITH_OUTPUT | WITH_ROWS):
        raise CaseError("1: nothing is expected, so nothing is shown")
    started = set()
    for step in case.steps:
        if step.kind == "start":
            started.add(step.name)
        elif step.kind in ("prints", "signal", "finish"):
            if step.name not in started:
                raise CaseError(f"{step.line}: {step.name} was not started")
            if step.kind == "finish":
                started.discard(step.name)
    if started:
        raise CaseError(f"1: nobody waits for {', '.join(sorted(started))}")
