"""A load generator of its own process: keep-alive connections that ask again as soon as they are answered.

`python load.py PORT PATH CONNECTIONS SECONDS` prints JSON: answers a second, milliseconds at the 50th and 99th percentile and at
most, statuses, and the size of an answer. Each request comes from another address (X-Forwarded-For), as from many readers.
"""

import json
import selectors
import socket
import sys
import time


class Connection:
    """One connection: a request is out, and its answer comes in."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.began = 0.0
        self.received = b""
        self.expected = -1

    def ask(self, path: str, number: int) -> None:
        address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        self.began, self.received, self.expected = time.perf_counter(), b"", -1
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\nAccept-Language: en\r\n"
            f"X-Forwarded-For: {address}\r\n\r\n".encode()
        )

    def answered(self) -> bool:
        self.received += self.socket.recv(1 << 18)
        if self.expected < 0 and b"\r\n\r\n" in self.received:
            head, _, _ = self.received.partition(b"\r\n\r\n")
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            self.expected = len(head) + 4 + int(length.split(b":")[1])
        return 0 <= self.expected <= len(self.received)


def load(port: int, path: str, connections: int, seconds: float) -> dict[str, object]:
    chosen = selectors.DefaultSelector()
    number, times, statuses, size = 0, [], {}, 0
    for _ in range(connections):
        one = Connection(port)
        chosen.register(one.socket, selectors.EVENT_READ, one)
        number += 1
        one.ask(path, number)
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        for key, _ in chosen.select(1):
            one = key.data
            if not one.answered():
                continue
            times.append(time.perf_counter() - one.began)
            status = one.received[9:12].decode()
            statuses[status] = statuses.get(status, 0) + 1
            size = len(one.received)
            number += 1
            one.ask(path, number)
    taken = time.perf_counter() - began
    times.sort()
    return {
        "rate": len(times) / taken,
        "p50": 1000 * times[len(times) // 2],
        "p99": 1000 * times[int(0.99 * len(times))],
        "most": 1000 * times[-1],
        "statuses": statuses,
        "bytes": size,
    }


if __name__ == "__main__":
    print(json.dumps(load(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))))
