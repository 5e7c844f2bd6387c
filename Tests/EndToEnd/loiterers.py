"""Connections that take up room and deliver nothing, thousands of them on one thread."""

import collections
import heapq
import itertools
import select
import socket
import threading
import time

HEAD = (b"POST /webhooks/github HTTP/1.1\r\nHost: observer\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n{")
# What is sent at once, and what every second after that.
KINDS = {
    "idle": (b"", b""),
    "slow head": (b"POST /webhooks/github HTTP/1.1\r\nHost: observer\r\nX-Slow: ", b"x"),
    "slow body": (HEAD % 1000, b"x"),
    "announced": (HEAD % (25 << 20), b""),
}


class Loiterers(threading.Thread):
    """Keeps `count` connections of a kind open; one that is closed comes back after a second."""

    def __init__(self, port: int, kind: str, count: int):
        super().__init__(daemon=True)
        self.port = port
        self.count = count
        self.first, self.next = KINDS[kind]
        self.stopping = threading.Event()
        self.answers = collections.Counter()
        self.opened = 0
        self.most_open = 0
        self.sockets = {}
        self.order = itertools.count()

    def run(self):
        self.poll = select.epoll()
        begin = time.monotonic()
        # Opened within two seconds, not in one moment: the system's own backlog is not what is tested.
        self.wakeups = [(begin + 2 * number / self.count, next(self.order), None) for number in range(self.count)]
        heapq.heapify(self.wakeups)
        while not self.stopping.is_set():
            now = time.monotonic()
            while self.wakeups and self.wakeups[0][0] <= now:
                _, _, descriptor = heapq.heappop(self.wakeups)
                self.open() if descriptor is None else self.trickle(*descriptor)
            for descriptor, events in self.poll.poll(0.05):
                self.ready(descriptor, events)
            self.most_open = max(self.most_open, len(self.sockets))
        for connection in self.sockets.values():
            connection.close()
        self.poll.close()

    def stop(self):
        self.stopping.set()
        self.join(30)

    def open(self):
        connection = socket.socket()
        connection.setblocking(False)
        connection.connect_ex(("127.0.0.1", self.port))
        self.sockets[connection.fileno()] = connection
        self.poll.register(connection, select.EPOLLIN | select.EPOLLOUT | select.EPOLLRDHUP)
        self.opened += 1

    def ready(self, descriptor: int, events: int):
        connection = self.sockets.get(descriptor)
        if connection is None:
            return
        try:
            if events & select.EPOLLOUT:
                self.poll.modify(connection, select.EPOLLIN | select.EPOLLRDHUP)
                if self.first:
                    connection.send(self.first)
                if self.next:
                    self.later(1, (descriptor, connection))
            if events & ~select.EPOLLOUT:
                received = connection.recv(4096)
                if received[:9] == b"HTTP/1.1 ":
                    self.answers[int(received[9:12])] += 1
                if not received or b"connection: close" in received.lower():
                    self.drop(connection)
        except BlockingIOError:
            pass
        except OSError:
            self.drop(connection)

    def trickle(self, descriptor: int, connection):
        if self.sockets.get(descriptor) is not connection:
            return
        try:
            connection.send(self.next)
            self.later(1, (descriptor, connection))
        except BlockingIOError:
            self.later(1, (descriptor, connection))
        except OSError:
            self.drop(connection)

    def later(self, wait: float, what):
        heapq.heappush(self.wakeups, (time.monotonic() + wait, next(self.order), what))

    def drop(self, connection):
        del self.sockets[connection.fileno()]
        connection.close()
        self.later(1, None)
