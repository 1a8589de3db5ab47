# SPDX-License-Identifier: MIT
"""A private MariaDB on a socket of its own, for tests in Python.

Nothing listens on TCP. Its files are in memory where the machine has room: there a change of a schema
takes a tenth of the time. GANDER_MYSQLD names a mysqld of MySQL 8 or newer to be used instead.
"""
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time

START_SECONDS = 60
ENOUGH = 512 << 20  # bytes of memory for files


def find_server():
    given = os.environ.get("GANDER_MYSQLD")
    return given or shutil.which("mariadbd", path=os.environ.get("PATH", "") + ":/usr/sbin")


def is_oracle():
    return "GANDER_MYSQLD" in os.environ


def missing():
    """What the machine lacks, or None."""
    if find_server() is None:
        return "no MariaDB server programs (apt-get install mariadb-server)"
    return None if shutil.which("mariadb") else "no mariadb, its client"


def place_for_files():
    memory = "/dev/shm"
    if not os.access(memory, os.W_OK):
        return None
    state = os.statvfs(memory)
    return memory if state.f_bavail * state.f_frsize >= ENOUGH else None


class MysqlServer:
    """Runs as the user `mysql` when the tests run as root: the server refuses root."""

    settings = ()  # beside those that every test wants: "--sync-binlog=1"
    durable = False  # waits for the disk, and lies there
    scratch = None  # where its files are, rather than in memory

    def __init__(self, scratch=None):
        self.scratch = scratch or self.scratch
        self.directory = None
        self.process = None

    def start(self, program, *arguments):
        # A server that starts empties the directory of temporary files, whosever they are.
        options = {"env": {**os.environ, "TMPDIR": self.directory}}
        if os.geteuid() == 0:
            user = pwd.getpwnam("mysql")
            options.update(user=user.pw_uid, group=user.pw_gid, extra_groups=[])
        with open(os.path.join(self.directory, "log"), "ab") as log:
            return subprocess.Popen([program, *arguments], cwd="/", stdin=subprocess.DEVNULL,
                                    stdout=log, stderr=log, **options)

    @property
    def socket(self):
        return os.path.join(self.directory, "s")

    @property
    def data(self):
        return "--datadir=" + os.path.join(self.directory, "data")

    def __enter__(self):
        place = self.scratch if self.durable else place_for_files() or self.scratch
        self.directory = tempfile.mkdtemp(prefix="gander-mysql-", dir=place)
        self.open_way()
        if os.geteuid() == 0:
            shutil.chown(self.directory, "mysql", "mysql")
        if is_oracle():
            made = self.start(find_server(), "--no-defaults", "--initialize-insecure", self.data)
        else:
            made = self.start(shutil.which("mariadb-install-db"), "--no-defaults", self.data,
                              "--auth-root-authentication-method=normal", "--skip-test-db",
                              "--skip-name-resolve", *(() if self.durable else
                                                       ("--innodb-log-file-size=8M",)))
        if made.wait() != 0:
            raise RuntimeError("the server's files cannot be made: " + self.log())
        self.run()
        return self

    def run(self):
        settings = ["--no-defaults", self.data, "--socket=" + self.socket, "--skip-networking",
                    "--tmpdir=" + self.directory, f"--pid-file={self.directory}/pid", "--max-connections=200"]
        settings += ["--mysqlx=OFF", "--secure-file-priv=NULL"] if is_oracle() else []
        if not self.durable:
            settings += ["--skip-log-bin", "--innodb-buffer-pool-size=32M",
                         "--innodb-flush-log-at-trx-commit=0"]
            settings += [] if is_oracle() else ["--innodb-log-file-size=8M", "--debug-no-sync=1"]
        self.process = self.start(find_server(), *settings, *self.settings)
        self.wait_until_ready()

    def open_way(self):
        """The user mysql has to come to the directory."""
        path = self.directory
        while path != "/":
            mode = os.stat(path).st_mode
            if not mode & 0o001:
                os.chmod(path, mode & 0o7777 | 0o055)
            path = os.path.dirname(path)

    def wait_until_ready(self):
        limit = time.monotonic() + START_SECONDS
        while subprocess.run(self.client("mysql") + ["-e", "DO 0"], capture_output=True,
                             check=False).returncode != 0:
            if time.monotonic() > limit or self.process.poll() is not None:
                raise RuntimeError("the server does not start: " + self.log())
            time.sleep(0.05)

    def log(self):
        with open(os.path.join(self.directory, "log"), encoding="utf-8", errors="replace") as log:
            return log.read()

    def kill(self):
        """As a crash does; run() starts it again."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def __exit__(self, *_):
        if self.process is not None and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.directory, ignore_errors=True)

    def client(self, database):
        return ["mariadb", "--no-defaults", "-uroot", "-S", self.socket, "-N", "-B", "-n",
                "--default-character-set=utf8mb4", database]

    def ask(self, database, sql):
        """The rows as lines, cells with tabs between."""
        done = subprocess.run(self.client(database), input=sql, capture_output=True, text=True,
                              encoding="utf-8", check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return done.stdout.splitlines()

    def url(self, database):
        return f"mysql://root@/{database}?socket={self.socket}"

    def dbstring(self, database):
        return f"root@unix({self.socket})/{database}?parseTime=true"
