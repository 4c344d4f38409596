"""A real PostgreSQL server in a temporary folder, on a free port of this machine alone, as long as a test needs it."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# where a package puts the programs when it does not put them on PATH: Debian, Fedora, Homebrew
PLACES = ["usr/lib/postgresql/*/bin", "usr/pgsql-*/bin"]
PLACES += ["opt/homebrew/opt/postgresql*/bin", "usr/local/opt/postgresql*/bin"]
OWNER, PASSWORD = "teacher", "pass word/with@signs%"
SECONDS = 60  # for a start or an end on a very busy machine


def programs() -> Path | None:
    """Return the folder that holds initdb and postgres, or None."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else []
    found += [folder for place in PLACES for folder in sorted(Path("/").glob(place), reverse=True)]
    return next((folder for folder in found if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


def _unprivileged() -> dict[str, int]:
    """Return whom the server runs as: it refuses root."""
    if os.geteuid() != 0:
        return {}
    names = {user.pw_name: user for user in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@dataclass
class Server:
    """A running server.

    Attributes:
        folder: holds its Unix socket, where everybody is who he says, and its data.
        port: on 127.0.0.1, where a password is asked.
        pid: its process.
    """

    folder: Path
    port: int
    pid: int

    def url(self, database: str = "postgres") -> str:
        """Return an address through the socket."""
        return f"postgresql://{OWNER}@/{database}?host={self.folder}&port={self.port}"

    def tcp(self, database: str = "postgres", user: str = OWNER, password: str = "") -> str:
        """Return an address through 127.0.0.1."""
        return f"postgresql://{user}{':' if password else ''}{password}@127.0.0.1:{self.port}/{database}"

    def run(self, statement: str, database: str = "postgres") -> list[tuple]:
        """Run one statement outside of a transaction; return its rows."""
        import psycopg

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """Yield a server with an empty database `postgres`, and end it; see programs()."""
    # short, for the path of a socket has room for 107 characters; and not inside of a folder that is root's alone
    folder, bin_, who = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp")), programs(), _unprivileged()
    if who:
        os.chown(folder, who["user"], who["group"])
    folder.chmod(0o755)
    env = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
    try:
        _make(bin_, folder / "data", who, env)
        port = _free_port()
        settings = {"fsync": "off", "listen_addresses": "127.0.0.1", "unix_socket_directories": folder, "port": port}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as words:
            pipes = {"stdin": subprocess.DEVNULL, "stdout": words, "stderr": words}
            command = [bin_ / "postgres", "-D", folder / "data", *options]
            process = subprocess.Popen(command, env=env, cwd=folder, **pipes, **who)
        try:
            running = Server(folder, port, process.pid)
            _wait_for(running, process, folder / "log")
            yield running
        finally:
            process.send_signal(signal.SIGINT)  # it breaks off what clients do, and ends
            try:
                process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)  # its own children end with it, which they do not on SIGKILL
                process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make(bin_: Path, data: Path, who: dict, env: dict[str, str]) -> None:
    """Make the server's data; whoever comes by the socket is believed, whoever comes by TCP gives a password."""
    secret = data.with_name("password")
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    command = [bin_ / "initdb", "-D", data, "-U", OWNER, f"--pwfile={secret}", "--encoding=UTF8", "--no-sync"]
    command += ["--auth-local=trust", "--auth-host=scram-sha-256"]
    made = subprocess.run(command, env=env, cwd=data.parent, capture_output=True, text=True, **who)
    assert made.returncode == 0, made.stderr


def _wait_for(running: Server, process: subprocess.Popen, log: Path) -> None:
    import psycopg

    deadline = time.monotonic() + SECONDS
    while True:
        try:
            running.run("select 1")
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                print(log.read_text(errors="replace"), file=sys.stderr)
                raise
            time.sleep(0.05)
