"""Somebody who listens to `/v1/events` all day, and goes on behind the last event whenever the service is gone."""
import http.client
import json
import threading
import time
from typing import Any

from service import TIMEOUT_S, Service


class Listener:
    def __init__(self, service: Service) -> None:
        self._service = service
        self.heard: list[Any] = []
        """Events in the order in which they came."""
        self.at_us: dict[int, int] = {}
        """When each came first, by its number."""
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def wait_for(self, seq: int, patience_s: float) -> None:
        """Waits until an event was heard, or for so long."""
        until = time.monotonic() + patience_s
        while seq not in self.at_us and time.monotonic() < until:
            time.sleep(0.02)
        self._is_over.set()

    def _listen(self) -> None:
        while not self._is_over.is_set():
            try:
                self._hear()
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.02)

    def _hear(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._service.port, timeout=TIMEOUT_S)
        last = self.heard[-1]["seq"] if self.heard else 0
        connection.request("GET", "/v1/events", headers={"accept": "text/event-stream", "last-event-id": str(last)})
        reply = connection.getresponse()
        data = ""
        while line := reply.readline().decode():
            if line.startswith("data:"):
                data += line[5:].strip()
            elif not line.strip() and data:
                event = json.loads(data)
                self.at_us.setdefault(event["seq"], time.time_ns() // 1000)
                self.heard.append(event)
                data = ""
