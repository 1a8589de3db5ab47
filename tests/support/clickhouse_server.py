# SPDX-License-Identifier: MIT
"""A private ClickHouse on free ports of 127.0.0.1, for tests in Python.

Two can be had: Debian's 18.16, and a current one out of chDB, a Python package of ClickHouse, Inc.,
which tools/install-chdb puts into a folder that GANDER_CHDB names. Where both are there, the current
one is taken; GANDER_CLICKHOUSE=debian or chdb says which. Its sessions are those of the HTTP interface.
"""
import itertools
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

START_SECONDS = 60
ASK_SECONDS = 60
CHDB = pathlib.Path(__file__).with_name("chdb_server.py")


class Failed(Exception):
    """What the server said; `code` is ClickHouse's."""

    def __init__(self, text):
        super().__init__(text)
        head = text.partition("Code: ")[2]
        digits = "".join(itertools.takewhile(str.isdigit, head))
        self.code = int(digits) if digits else None


def find_chdb():
    """The Python that has chDB, or None."""
    place = os.environ.get("GANDER_CHDB")
    python = place and os.path.join(place, "bin", "python")
    return python if python and os.access(python, os.X_OK) else None


def find_debian():
    return shutil.which("clickhouse-server", path=os.environ.get("PATH", "") + ":/usr/sbin")


def kinds():
    """Of the servers that can be started, the current one first."""
    found = {"chdb": find_chdb(), "debian": find_debian()}
    wanted = os.environ.get("GANDER_CLICKHOUSE")
    if wanted and wanted not in found:
        raise SystemExit(f"GANDER_CLICKHOUSE is {wanted}: debian or chdb")
    return [kind for kind, program in found.items() if program and wanted in (None, "", kind)]


def missing():
    """What the machine lacks, or None."""
    if kinds():
        return None
    return ("no ClickHouse server (tools/install-chdb FOLDER and GANDER_CHDB=FOLDER, or apt-get "
            "install clickhouse-server)")


def free_ports(count):
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


CONFIGURATION = """<{root}>
<logger><level>warning</level><log>{directory}/log</log><errorlog>{directory}/errors</errorlog></logger>
<listen_host>127.0.0.1</listen_host>
<http_port>{http}</http_port>
<tcp_port>{tcp}</tcp_port>
<path>{directory}/data/</path>
<tmp_path>{directory}/tmp/</tmp_path>
<users_config>{directory}/users.xml</users_config>
<default_profile>default</default_profile>
<default_database>default</default_database>
<mark_cache_size>8388608</mark_cache_size>
<query_log><database>system</database><table>query_log</table>
<flush_interval_milliseconds>200</flush_interval_milliseconds></query_log>
<part_log><database>system</database><table>part_log</table>
<flush_interval_milliseconds>200</flush_interval_milliseconds></part_log>
{extra}</{root}>
"""
USERS = """<{root}>
<profiles><default>{profile}</default></profiles>
<users><default><password></password><networks><ip>127.0.0.1</ip></networks>
<profile>default</profile><quota>default</quota>{rights}</default></users>
<quotas><default></default></quotas>
</{root}>
"""
# mutations_sync: clickhouse-local's own default is not that of a server.
PROFILES = {"chdb": "<mutations_sync>0</mutations_sync>", "debian": "<log_queries>1</log_queries>"}


class ClickhouseServer:
    extra = ""  # XML of the server's configuration

    def __init__(self, scratch=None, kind=None):
        self.kind = kind or kinds()[0]
        self.scratch = scratch
        self.directory = None
        self.process = None
        self.http = self.tcp = None

    def configure(self):
        debian = self.kind == "debian"
        root = "yandex" if debian else "clickhouse"
        rights = "" if debian else "<access_management>1</access_management>"
        (self.directory / "tmp").mkdir()
        (self.directory / "data").mkdir()
        (self.directory / "config.xml").write_text(
            CONFIGURATION.format(root=root, directory=self.directory, http=self.http,
                                 tcp=self.tcp, extra=self.extra), encoding="utf-8")
        (self.directory / "users.xml").write_text(
            USERS.format(root=root, rights=rights, profile=PROFILES[self.kind]),
            encoding="utf-8")

    def __enter__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="gander-clickhouse-",
                                                       dir=self.scratch))
        self.http, self.tcp = free_ports(2)
        self.configure()
        self.run()
        return self

    def run(self):
        options = {}
        if self.kind == "debian":
            command = [find_debian(), f"--config-file={self.directory}/config.xml"]
            if os.geteuid() == 0:
                options = self.as_nobody()
        else:
            command = [find_chdb(), CHDB, self.directory]
        with open(self.directory / "output", "ab") as output:
            self.process = subprocess.Popen(command, cwd=self.directory, stdin=subprocess.DEVNULL,
                                            stdout=output, stderr=output, **options)
        self.wait_until_ready()

    def as_nobody(self):
        """A test that runs as root gives the server no more rights than it needs."""
        nobody = pwd.getpwnam("nobody")
        for path in [self.directory, *self.directory.rglob("*")]:
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
        for folder in self.directory.parents:
            if self.scratch and folder == pathlib.Path(self.scratch).resolve():
                os.chmod(folder, os.stat(folder).st_mode & 0o7777 | 0o011)
            elif not os.stat(folder).st_mode & 0o001:
                raise RuntimeError(f"{folder} is closed to the user nobody, as whom the server runs: "
                                   "set TMPDIR to a folder that is not")
        return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def wait_until_ready(self):
        limit = time.monotonic() + START_SECONDS
        while True:
            try:
                self.ask("default", "SELECT 1")
                break
            except (OSError, Failed) as error:
                if time.monotonic() > limit or self.process.poll() is not None:
                    raise RuntimeError("the server does not start: " + self.log()) from error
                time.sleep(0.03)
        self.ask("default", "CREATE DATABASE IF NOT EXISTS db")

    def log(self):
        texts = [self.directory / name for name in ("output", "errors")]
        return "".join(text.read_text(encoding="utf-8", errors="replace")[-4000:]
                       for text in texts if text.exists())

    def kill(self):
        """As a crash does; run() starts it again on what it has left."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def __exit__(self, *_):
        if self.process is not None and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.directory, ignore_errors=True)

    def ask(self, database, sql, seconds=ASK_SECONDS, **parameters):
        """The answer's text. Parameters are those of the HTTP interface: session_id, settings."""
        parameters = {"database": database, "wait_end_of_query": 1, **parameters}
        address = f"http://127.0.0.1:{self.http}/?" + urllib.parse.urlencode(parameters)
        try:
            with urllib.request.urlopen(address, data=sql.encode(), timeout=seconds) as answer:
                text = answer.read().decode(errors="replace")
                if answer.headers.get("X-ClickHouse-Exception-Code"):
                    raise Failed(text)
                return text
        except urllib.error.HTTPError as error:
            raise Failed(error.read().decode(errors="replace")) from error

    def client(self, database):
        """ClickHouse's own client, over the native protocol."""
        return ["clickhouse-client", "--host=127.0.0.1", f"--port={self.tcp}",
                f"--database={database}", "--multiline", "--multiquery"]

    def url(self, database):
        return f"clickhouse://default@127.0.0.1:{self.http}/{database}"

    def dbstring(self, database):
        """Of goose, which speaks the native protocol."""
        return f"tcp://127.0.0.1:{self.tcp}/{database}"
