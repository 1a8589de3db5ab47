# SPDX-License-Identifier: MIT
"""Every relative link in the project's documents leads to a file, and to a heading where it names one.

    links_test.py DIRECTORY      the project
"""
import pathlib
import re
import sys

LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def anchors_of(text):
    """The anchors of a document's headings, made as GitHub makes them."""
    for line in CODE.sub("", text).splitlines():
        if line.startswith("#"):
            heading = line.lstrip("#").strip().lower()
            yield re.sub(r"[^\w\- ]", "", heading).replace(" ", "-")


def problems_of(document):
    for link in LINK.findall(CODE.sub("", document.read_text())):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = document.parent / name if name else document
        if not target.exists():
            yield f"{document}: {link}: there is no such file"
        elif anchor and anchor not in anchors_of(target.read_text()):
            yield f"{document}: {link}: there is no such heading"


def main():
    root = pathlib.Path(sys.argv[1])
    documents = [*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("examples/**/*.md")]
    problems = [problem for document in documents for problem in problems_of(document)]
    print("\n".join(problems))
    print(f"{len(documents)} documents, {len(problems)} problems")
    sys.exit(1 if problems or not documents else 0)


if __name__ == "__main__":
    main()
