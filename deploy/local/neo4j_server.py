"""A private Neo4j server on this machine: started from jars, asked until it answers, stopped by its process id.

For tests, benchmarks and trying; Linux and the like (it needs ``sh`` and signals). A server listens on the loopback address alone, has its own
password and folder, and does not outlive the process that started it, however that one ends.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from neo4j.exceptions import DriverError, Neo4jError
from neo4j_jars import Neo4jServerError, check_java, fetch_jars
from neo4j_login import Login, connected, database_of, empty

__all__ = [
    "SHORT_LIVED",
    "Login",
    "Neo4jServer",
    "Neo4jServerError",
    "connected",
    "database_of",
    "empty",
    "running_server",
]

USER = "neo4j"
DATABASE = "neo4j"
START_LIMIT_S = 300.0
STOP_LIMIT_S = 30.0

# Below the ports that the system gives to outgoing connections: one of those could take a stopped server's port, or, on the loopback
# address, connect to itself.
PORTS = range(20_000, 32_000)

# The packages that the server reflects on for its memory outside the heap, as its own start script opens them.
JAVA_OPTIONS = (
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-XX:+UseG1GC",
)

# Compiles little: a server that lives for seconds starts in two thirds of the time, and a busy one is slower.
SHORT_LIVED = ("-XX:TieredStopAtLevel=1",)

# Waits for a line before it becomes the server: whoever starts it may end before the guard stands.
GATE = 'read -r go && exec "$0" "$@" </dev/null'
# Waits until the process that started it has ended; then ends the server and removes its folder.
GUARD = 'read -r never; kill -KILL "$0"; rm -rf -- "$1"'


class Neo4jServer:
    """One server process with its folder, its port and its password; made by :meth:`start`.

    Attributes
    ----------
    url : str
        Address of the store, with the database: ``bolt://127.0.0.1:PORT/neo4j``.
    user, password : str
        What to log in with.
    home : Path
        The server's folder with ``data`` and ``logs``.
    """

    def __init__(self, home: Path | None, password: str, heap: str, java_options: Sequence[str]) -> None:
        self._scratch = Path(tempfile.mkdtemp(prefix="orgraph-neo4j-"))
        self.home = home.absolute() if home else self._scratch / "home"
        self.port = _free_port()
        self.user = USER
        self.password = password
        self._heap = heap
        self._java_options = (*JAVA_OPTIONS, *java_options)
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None

    @classmethod
    def start(
        cls,
        *,
        home: Path | None = None,
        password: str | None = None,
        heap: str = "1g",
        page_cache: str = "256m",
        settings: Mapping[str, str] | None = None,
        java_options: Sequence[str] = (),
        limit_s: float = START_LIMIT_S,
    ) -> Neo4jServer:
        """Start a server and return it when it answers.

        Parameters
        ----------
        home
            Folder of the data, kept when the server stops; by default a fresh one, removed when it stops. A folder that a server
            has used before needs that server's password.
        password
            By default a random one.
        heap, page_cache
            Memory, as Java and Neo4j write it.
        settings
            Further lines of ``neo4j.conf``; they win over the ones written here.
        java_options
            Further options of Java, such as :data:`SHORT_LIVED`.
        limit_s
            How long to wait for the first answer.

        Raises
        ------
        Neo4jServerError
            When Java or Maven is missing, the jars cannot be fetched, or the server does not answer in time; the message then shows
            the end of its log.
        """
        is_new = home is None or not (home / "data" / "databases" / "system").exists()
        if not is_new and password is None:
            raise Neo4jServerError(f"{home} holds the data of an earlier server: name its password.")
        server = cls(home, password or secrets.token_urlsafe(18), heap, java_options)
        server._configure(page_cache, settings or {})
        try:
            server._launch()
            server._await(server._set_first_password if is_new else server._ask, limit_s)
            server._await(server._ask, limit_s)
        except BaseException:
            server.stop()
            raise
        return server

    @property
    def url(self) -> str:
        """Address of the store."""
        return f"bolt://127.0.0.1:{self.port}/{DATABASE}"

    @property
    def login(self) -> Login:
        """Address, user and password."""
        return Login(self.url, self.user, self.password)

    @property
    def pid(self) -> int:
        """Process id of the server; the last one when it is not running."""
        if self._process is None:
            raise Neo4jServerError("The server was never started.")
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the process exists, paused or not."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """End the process at once (SIGKILL), as a power cut would end it; the folder stays."""
        self._signal(signal.SIGKILL)
        self._reap(STOP_LIMIT_S)

    def terminate(self) -> None:
        """End the process in order (SIGTERM, then SIGKILL after a limit); the folder stays."""
        self.resume()
        self._signal(signal.SIGTERM)
        try:
            self._reap(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def restart(self, limit_s: float = START_LIMIT_S) -> None:
        """End the process when it still runs, start it again with the same folder, port and password, and wait for it."""
        self.terminate()
        self._launch()
        self._await(self._ask, limit_s)

    def pause(self) -> None:
        """Stop the process where it stands (SIGSTOP): connections stay open and nothing answers. Returns when all of it stands still."""
        self._signal(signal.SIGSTOP)
        if self.is_running:
            os.waitid(os.P_PID, self.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def resume(self) -> None:
        """Let a paused process go on (SIGCONT)."""
        self._signal(signal.SIGCONT)

    def wait(self) -> None:
        """Return when the process has ended."""
        if self._process is not None:
            self._process.wait()

    def stop(self) -> None:
        """End the process and remove what this object made; a folder that was given stays. A second call does nothing."""
        if self.home.is_relative_to(self._scratch):
            # Nobody will read this data again: no need to let the server write it out.
            self.kill()
        else:
            self.terminate()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def log_tail(self, num_lines: int = 30) -> str:
        """Return the last lines of the server's log, and after them of what it printed."""
        return "\n".join(_tail(self.home / "logs" / "neo4j.log", num_lines) + _tail(self._console, num_lines))

    @property
    def _console(self) -> Path:
        return self._scratch / "console.log"

    @property
    def _conf(self) -> Path:
        return self._scratch / "conf"

    def _configure(self, page_cache: str, settings: Mapping[str, str]) -> None:
        lines = {
            "server.default_listen_address": "127.0.0.1",
            "server.bolt.listen_address": f"127.0.0.1:{self.port}",
            "server.bolt.advertised_address": f"127.0.0.1:{self.port}",
            "server.http.enabled": "false",
            "dbms.usage_report.enabled": "false",
            "server.memory.heap.initial_size": self._heap,
            "server.memory.heap.max_size": self._heap,
            "server.memory.pagecache.size": page_cache,
            **settings,
        }
        self.home.mkdir(parents=True, exist_ok=True)
        self._conf.mkdir()
        text = "".join(f"{name}={value}\n" for name, value in lines.items())
        (self._conf / "neo4j.conf").write_text(text, encoding="utf-8")

    def _launch(self) -> None:
        command = [
            check_java(),
            f"-Xms{self._heap}",
            f"-Xmx{self._heap}",
            *self._java_options,
            "-cp",
            f"{fetch_jars()}/*",
        ]
        command += [
            "org.neo4j.server.CommunityEntryPoint",
            f"--home-dir={self.home}",
            f"--config-dir={self._conf}",
        ]
        # Sessions of their own: Ctrl-C at the terminal goes to the process that holds this object, which then stops the server in order.
        with self._console.open("ab") as console:
            self._process = subprocess.Popen(
                ["sh", "-c", GATE, *command],
                stdin=subprocess.PIPE,
                stdout=console,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._guard = subprocess.Popen(
            ["sh", "-c", GUARD, str(self._process.pid), str(self._scratch)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        _say_go(self._process)

    def _signal(self, number: signal.Signals) -> None:
        # Only while it is our own unreaped child: its number cannot belong to another process then.
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)

    def _reap(self, limit_s: float) -> None:
        if self._process is not None:
            self._process.wait(limit_s)
        if self._guard is not None:
            # Before its pipe closes: a guard that sees the end would kill a number that is free again.
            self._guard.kill()
            self._guard.communicate()
            self._guard = None

    def _await(self, question: Callable[[], None], limit_s: float) -> None:
        until = time.monotonic() + limit_s
        while True:
            try:
                question()
                return
            except (DriverError, Neo4jError, OSError) as error:
                self._check_patience(until, error)
            time.sleep(0.1)

    def _check_patience(self, until: float, error: Exception) -> None:
        if not self.is_running:
            raise Neo4jServerError(
                f"The Neo4j server ended by itself. The end of its log:\n{self.log_tail()}"
            ) from error
        if time.monotonic() > until:
            raise Neo4jServerError(
                f"The Neo4j server did not answer in time ({error}). The end of its log:\n{self.log_tail()}"
            ) from error

    def _ask(self) -> None:
        self._knock()
        with connected(self.url, self.user, self.password) as driver:
            driver.execute_query("RETURN 1", database_=DATABASE)

    def _set_first_password(self) -> None:
        self._knock()
        with connected(self.url, USER, "neo4j") as driver:
            driver.execute_query(
                "ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $password",
                password=self.password,
                database_="system",
            )

    def _knock(self) -> None:
        # Much cheaper than a driver, while nobody listens yet.
        socket.create_connection(("127.0.0.1", self.port), timeout=5).close()


@contextlib.contextmanager
def running_server(
    *,
    home: Path | None = None,
    heap: str = "1g",
    page_cache: str = "256m",
    settings: Mapping[str, str] | None = None,
) -> Iterator[Neo4jServer]:
    """Start a server as :meth:`Neo4jServer.start` does, and stop it at the end of the block."""
    server = Neo4jServer.start(home=home, heap=heap, page_cache=page_cache, settings=settings)
    try:
        yield server
    finally:
        server.stop()


def _tail(file: Path, num_lines: int) -> list[str]:
    try:
        return file.read_text(encoding="utf-8", errors="replace").splitlines()[-num_lines:]
    except FileNotFoundError:
        return []


def _free_port() -> int:
    choice = secrets.SystemRandom()
    for _ in range(100):
        port = choice.choice(PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise Neo4jServerError(f"No free port was found between {PORTS.start} and {PORTS.stop - 1}.")


def _say_go(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is None:
        raise Neo4jServerError("The server's gate has no pipe.")
    with process.stdin as gate, contextlib.suppress(BrokenPipeError):
        gate.write(b"go\n")
