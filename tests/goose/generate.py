# SPDX-License-Identifier: MIT
"""Random sequences: a directory of migrations and what is done with it, all from a seed.

Entry point: make_sequence(). Nothing here runs a program.
"""

import random
from dataclasses import dataclass

import sql
from commands import make_steps
from files import Names, broken_file, make_file

NOISE = ["README.md", "notes.txt", ".keep", "Makefile", "00001_upper.SQL", "00002_x.sql.bak"]


@dataclass
class Sequence:
    files: list  # files.File
    noise: list
    steps: list  # commands.Step
    dotenv: bytes = None  # text of `.env` and of `other.env`


def make_sequence(seed, odd=True, engine=sql.SQLITE):
    rng = random.Random(seed)
    names = Names(rng)
    schema = sql.Schema(rng, engine)
    verbose = rng.random() < 0.12  # traces print the text as it stands: no oddities then
    odd = odd and not verbose

    def new_file(version):
        name = names.name(version)
        if rng.random() < 0.025:
            return broken_file(rng, name)
        return make_file(rng, name, schema.content(), odd)

    files = [new_file(names.next()) for _ in range(rng.choice([0, 1, 2, 2, 3, 3, 4, 4, 5, 6]))]
    noise = rng.sample(NOISE, rng.choice([0, 0, 0, 1, 2]))
    steps, dotenv = make_steps(rng, names, schema, list(files), new_file, verbose, odd)
    return Sequence(files, noise, steps, dotenv)
