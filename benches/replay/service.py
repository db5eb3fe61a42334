"""The service in a process of its own, and a client that asks again until it has an answer."""
import http.client
import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE_S = 120
"""How long a service may take to start, and a client asks again; the machine may be very busy."""
TIMEOUT_S = 60
"""Longest wait for one answer."""


class Service:
    """`paidan serve` on a port and a store of its own. It may be killed and started anew on the same store."""

    def __init__(self, paidan: Path, directory: Path, pace: int) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._command = [str(paidan), "serve", "--listen", f"127.0.0.1:{self.port}",
                         "--store", str(directory / "paidan.db"), "--pace", str(pace)]
        self.log = directory / "service.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it and waits until it is ready."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log,
                                             env=os.environ | {"RUST_LOG": "warn"})
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            if self._process.poll() is not None:
                raise RuntimeError(f"the service ended with {self._process.returncode}: {self.log.read_text()}")
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.02)
        raise RuntimeError(f"the service is not ready after {PATIENCE_S} s: {self.log.read_text()}")

    def end(self, how: signal.Signals) -> None:
        """Sends it a signal, and waits until it is gone."""
        if self._process:
            self._process.send_signal(how)
            self._process.wait()


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    version: int | None
    """What its `etag` says."""

    @property
    def is_fine(self) -> bool:
        return self.status < 400

    @property
    def code(self) -> str:
        """Of a refusal."""
        return "" if self.is_fine else self.body.get("code", "")


class Client:
    """Asks the service, from any thread. What got no answer is asked again under the same key."""

    def __init__(self, service: Service, seed: int) -> None:
        self._service, self._seed = service, seed
        self._own = threading.local()
        self._lock = threading.Lock()
        self._keys = 0
        self.answers: Counter[str] = Counter()
        """Answers by status and code."""
        self.broken: list[str] = []
        """Answers that no service should give."""
        self.asked_again = 0

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None, {})

    def post(self, path: str, body: Any) -> Answer:
        return self._ask("POST", path, body, {"idempotency-key": self._key()})

    def put(self, path: str, body: Any) -> Answer:
        return self._ask("PUT", path, body, {"idempotency-key": self._key()})

    def pages(self, path: str, most: int = 500) -> list[Any]:
        """All of a list."""
        items: list[Any] = []
        after = ""
        while True:
            page = self.get(f"{path}?limit={most}{after}").body
            items += page["items"]
            if not page.get("next"):
                return items
            after = f"&after={page['next']}"

    def _key(self) -> str:
        with self._lock:
            self._keys += 1
            return f"replay-{self._seed}-{self._keys}"

    def _ask(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
        text = None if body is None else json.dumps(body).encode()
        headers = headers | ({"content-type": "application/json"} if text else {})
        until = time.monotonic() + PATIENCE_S
        while True:
            answer, comes_again = self._ask_once(method, path, text, headers)
            if answer and not comes_again:
                return answer
            if time.monotonic() > until:
                raise RuntimeError(f"{method} {path} got no answer in {PATIENCE_S} s; the last one: {answer}")
            with self._lock:
                self.asked_again += 1
            time.sleep(0.05)

    def _ask_once(self, method: str, path: str, text: bytes | None,
                  headers: dict[str, str]) -> tuple[Answer | None, bool]:
        """An answer, and whether it says to come again later."""
        connection = getattr(self._own, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection("127.0.0.1", self._service.port, timeout=TIMEOUT_S)
            self._own.connection = connection
        try:
            connection.request(method, path, text, headers)
            reply = connection.getresponse()
            body = json.loads(reply.read() or b"null")
        except (OSError, http.client.HTTPException):
            # Killed, or not there yet.
            connection.close()
            self._own.connection = None
            return None, True
        etag = (reply.getheader("etag") or "").removeprefix("W/").strip('"')
        answer = Answer(reply.status, body, int(etag) if etag.isdigit() else None)
        comes_again = reply.status in (429, 503) and reply.getheader("retry-after") is not None
        with self._lock:
            self.answers[f"{reply.status} {answer.code}".strip()] += 1
            if reply.status >= 500 and not comes_again:
                self.broken.append(f"{method} {path}: {reply.status} {body}")
        return answer, comes_again
