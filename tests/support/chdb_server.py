# SPDX-License-Identifier: MIT
"""Run by the Python that has chDB: makes a ClickHouse server of it.

    chdb_server.py DIRECTORY

chDB is a current ClickHouse as a module. It is the engine of clickhouse-local, which reads config.xml
of its working directory and opens ports when it is told to; what answers there is the server's own
code. DIRECTORY holds config.xml and is where the data go. Ends with its parent, or when it is killed.
"""
import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
# A query that lasts is what keeps the ports open.
SERVE = """
CREATE DATABASE IF NOT EXISTS db;
SYSTEM START LISTEN TCP;
SYSTEM START LISTEN HTTP;
SELECT sleepEachRow(1) FROM system.numbers
SETTINGS max_block_size = 1, max_execution_time = 0, log_queries = 0 FORMAT Null
"""


def main(directory):
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.chdir(directory)
    from chdb import _chdb
    _chdb.query(SERVE, "TSV", path=os.path.join(directory, "data"))


if __name__ == "__main__":
    main(sys.argv[1])
