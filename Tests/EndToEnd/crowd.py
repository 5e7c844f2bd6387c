"""Senders by the hundred on one thread: raw sockets behind one epoll, so that the server is what limits.

A sender plays stories, one delivery after the other, and repeats each until it is acknowledged.
"""

import collections
import heapq
import itertools
import select
import socket
import threading
import time

READING = select.EPOLLIN | select.EPOLLRDHUP
RETRY_AFTER_REFUSAL = 0.05
RETRY_AFTER_LOSS = 0.02


class Sender:
    def __init__(self, crowd: "Crowd"):
        self.crowd = crowd
        self.socket = None
        self.story = iter(())
        self.delivery = None
        self.unsent = b""
        self.received = b""
        self.began = 0.0
        self.wanted = 0.0
        self.wakeup = None

    def next_delivery(self) -> bool:
        self.wanted = time.monotonic()
        self.delivery = next(self.story, None)
        while self.delivery is None:
            if self.crowd.stopping.is_set():
                return False
            story = self.crowd.next_story()
            if story is None:
                return False
            self.story = iter(story)
            self.delivery = next(self.story, None)
        return True


class Crowd(threading.Thread):
    """`stories` yields lists of deliveries. Runs until they are used up, or until `stop`."""

    def __init__(self, port: int, senders: int, stories, patience: float = 20, host: str = "127.0.0.1"):
        super().__init__(daemon=True)
        self.host = host
        self.port = port
        self.patience = patience
        self.stories = iter(stories)
        self.stopping = threading.Event()
        self.statuses = collections.Counter()
        self.acknowledged = {}
        # Of each acknowledged delivery: from its last attempt, and from its first.
        self.latencies = []
        self.refusals_without_retry_after = 0
        self.lost = 0
        self.unexpected = []
        self.poll = select.epoll()
        self.by_descriptor = {}
        self.wakeups = []
        self.order = itertools.count()
        self.senders = [Sender(self) for _ in range(senders)]

    def next_story(self):
        return next(self.stories, None)

    def stop(self, patience: float = 60):
        """Lets every sender finish its story."""
        self.stopping.set()
        self.finish(patience)

    def finish(self, patience: float = 600):
        self.join(patience)
        if self.is_alive():
            raise AssertionError("senders are not done: " + str(self.statuses))

    def run(self):
        active = 0
        for sender in self.senders:
            if sender.next_delivery():
                active += 1
                self.connect(sender)
        while active:
            now = time.monotonic()
            while self.wakeups and self.wakeups[0][0] <= now:
                _, number, sender = heapq.heappop(self.wakeups)
                # A later one may have taken its place: a request that goes out twice gets two answers.
                if number == sender.wakeup:
                    self.connect(sender)
            wait = min(0.2, max(0.0, self.wakeups[0][0] - now)) if self.wakeups else 0.2
            for descriptor, events in self.poll.poll(wait):
                sender = self.by_descriptor.get(descriptor)
                if sender is None:
                    continue
                if events & select.EPOLLOUT and sender.unsent:
                    self.write(sender)
                if sender.socket is not None and events & (READING | select.EPOLLHUP | select.EPOLLERR):
                    active -= self.read(sender)
            if now - getattr(self, "swept", 0) > 1:
                self.swept = now
                for sender in list(self.by_descriptor.values()):
                    if now - sender.began > self.patience:
                        self.lose(sender)
        self.poll.close()

    def connect(self, sender: Sender):
        if sender.socket is None:
            sender.socket = socket.socket()
            sender.socket.setblocking(False)
            sender.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sender.socket.connect_ex((self.host, self.port))
            self.by_descriptor[sender.socket.fileno()] = sender
            self.poll.register(sender.socket, READING | select.EPOLLOUT)
            sender.began = time.monotonic()
            sender.received = b""
            sender.unsent = memoryview(sender.delivery.request)
        else:
            self.begin(sender)

    def begin(self, sender: Sender):
        sender.began = time.monotonic()
        sender.received = b""
        sender.unsent = memoryview(sender.delivery.request)
        self.write(sender)
        if sender.socket is not None and sender.unsent:
            self.poll.modify(sender.socket, READING | select.EPOLLOUT)

    def write(self, sender: Sender):
        try:
            sent = sender.socket.send(sender.unsent)
            sender.unsent = sender.unsent[sent:]
        except BlockingIOError:
            return
        except OSError:
            return self.lose(sender)
        if not sender.unsent:
            self.poll.modify(sender.socket, READING)

    def read(self, sender: Sender) -> int:
        """Returns 1 once the sender has nothing more to do."""
        try:
            bytes_read = sender.socket.recv(65536)
        except BlockingIOError:
            return 0
        except OSError:
            bytes_read = b""
        if not bytes_read:
            self.lose(sender)
            return 0
        sender.received += bytes_read
        end = sender.received.find(b"\r\n\r\n")
        if end < 0:
            return 0
        head = sender.received[:end].lower()
        length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        if len(sender.received) < end + 4 + length:
            return 0
        return self.answered(sender, int(head[9:12]), head)

    def answered(self, sender: Sender, status: int, head: bytes) -> int:
        now = time.monotonic()
        self.statuses[status] += 1
        closes = b"connection: close" in head or bool(sender.unsent)
        if closes:
            self.close(sender)
        if status in (200, 202):
            self.acknowledged[sender.delivery.identity] = (now, status)
            self.latencies.append((now - sender.began, now - sender.wanted))
            if not sender.next_delivery():
                self.close(sender)
                return 1
            self.connect(sender)
        else:
            if status == 503 and b"retry-after:" not in head:
                self.refusals_without_retry_after += 1
            if status not in (503, 408):
                self.unexpected.append((status, sender.received[:500]))
            self.later(sender, RETRY_AFTER_REFUSAL)
        return 0

    def later(self, sender: Sender, wait: float):
        sender.wakeup = next(self.order)
        heapq.heappush(self.wakeups, (time.monotonic() + wait, sender.wakeup, sender))
        sender.began = float("inf")

    def lose(self, sender: Sender):
        self.lost += 1
        self.close(sender)
        self.later(sender, RETRY_AFTER_LOSS)

    def close(self, sender: Sender):
        if sender.socket is not None:
            self.by_descriptor.pop(sender.socket.fileno(), None)
            sender.socket.close()
            sender.socket = None


def percentile(values, share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
