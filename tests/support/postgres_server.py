# SPDX-License-Identifier: MIT
"""A private PostgreSQL server on a socket of its own, for tests in Python.

Nothing listens on TCP; the data directory is the caller's to throw away.
"""
import glob
import os
import pwd
import shutil
import signal
import subprocess
import time

START_SECONDS = 30


def find_programs():
    """The directory of the newest installed server, or None."""
    given = os.environ.get("GANDER_POSTGRES_BIN")
    if given:
        return given
    found = [path for path in glob.glob("/usr/lib/postgresql/*/bin")
             if os.path.exists(os.path.join(path, "initdb"))]
    return max(found, key=lambda path: int(path.split("/")[4]), default=None)


def missing():
    """What the machine lacks, or None."""
    if find_programs() is None:
        return "no PostgreSQL server programs (GANDER_POSTGRES_BIN names their directory)"
    return None if shutil.which("psql") else "no psql"


class PostgresServer:
    """Runs as the user `postgres` when the tests run as root: the server refuses root."""

    settings = ()  # beside those that every test wants: "autovacuum=off"

    def __init__(self, scratch):
        self.directory = os.path.join(scratch, "postgres")
        self.process = None

    def start(self, program, *arguments):
        options = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            options.update(user=user.pw_uid, group=user.pw_gid, extra_groups=[])
        return subprocess.Popen([os.path.join(find_programs(), program), *arguments], cwd="/",
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL, **options)

    def __enter__(self):
        os.makedirs(self.directory)
        if os.geteuid() == 0:
            self.open_way()
            shutil.chown(self.directory, "postgres", "postgres")
        data = os.path.join(self.directory, "data")
        if self.start("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                      "--locale=C", "--no-sync").wait() != 0:
            raise RuntimeError("initdb has failed")
        settings = ("listen_addresses=", "fsync=off", f"unix_socket_directories={self.directory}",
                    *self.settings)
        self.process = self.start("postgres", "-D", data,
                                  *(word for setting in settings for word in ("-c", setting)))
        self.wait_until_ready()
        return self

    def open_way(self):
        """The user postgres has to come to the directory."""
        path = self.directory
        while path != "/":
            mode = os.stat(path).st_mode
            if not mode & 0o001:
                os.chmod(path, mode & 0o7777 | 0o055)
            path = os.path.dirname(path)

    def wait_until_ready(self):
        limit = time.monotonic() + START_SECONDS
        while subprocess.run(self.psql("postgres") + ["-c", "SELECT 1"], capture_output=True,
                             check=False).returncode != 0:
            if time.monotonic() > limit or self.process.poll() is not None:
                raise RuntimeError("the server does not start")
            time.sleep(0.05)

    def __exit__(self, *_):
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT)  # at once, whatever sessions there are
            self.process.wait()

    def psql(self, database):
        return ["psql", "-XqAt", "-h", self.directory, "-U", "postgres", "-d", database]
