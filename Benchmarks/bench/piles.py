"""What a delivery costs as what it belongs to grows: facts of a lane, checks of a commit, and so on."""

import contextlib
import itertools
import json
import re
import socket
import time
import uuid

import bodies
from report import Row, Section, Table, median, ratio, spread
from servers import PackitSLO

SIZES = [10, 100, 1_000, 10_000]
#: Deliveries measured at each size.
MEASURED = 300
#: Connections, and the requests on their way at once on each: enough for commits of several deliveries.
CONNECTIONS = 16
PIPELINED = 8
#: How long the growing to a size, and the measuring there, may each take.
PATIENCE_SECONDS = 60
STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
STATES = [
    ("queued", None, "The task was accepted."), ("in_progress", None, "RPM build is in progress..."),
    ("completed", "failure", "RPMs failed to be built."),
]


class Subject:
    """One thing that deliveries pile up on, in a repository of its own. Numbers of one subject are in order."""

    identifiers = itertools.count(1)

    def __init__(self):
        self.identifier = next(Subject.identifiers)
        self.name = f"acme/rocket-{self.identifier}"
        self.sha = self.commit(0)
        # Long enough ago that no time is of the future, however many there are.
        self.began = int(time.time()) - 1200

    def commit(self, number: int) -> str:
        return f"{self.identifier:08x}{number:032x}"

    def at(self, number: int) -> str:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.began + number // 10))

    def check(self, number, name="rpm-build:fedora-rawhide-x86_64", sha=None, external=None, state=STATES[0]):
        status, conclusion, title = state
        return github("check_run", {
            "action": "completed" if conclusion else "created",
            "check_run": {
                "id": self.identifier * 1_000_000 + number + 1, "name": name, "head_sha": sha or self.sha,
                "external_id": external or str(self.identifier), "status": status, "conclusion": conclusion,
                "started_at": self.at(number), "completed_at": self.at(number) if conclusion else None,
                "details_url": None, "output": {"title": title, "summary": ""}, "pull_requests": [],
                "app": {"id": 1, "slug": "packit-as-a-service"}},
            "repository": self.repository, "sender": {"login": "packit-as-a-service[bot]", "type": "Bot"}})

    def pull_request(self, number, of=1, sha=None, action="opened"):
        at = self.at(number)
        return github("pull_request", {
            "action": action, "number": of,
            "pull_request": {
                "number": of, "created_at": at, "updated_at": at, "closed_at": None,
                "head": {"sha": sha or self.sha, "ref": "topic", "repo": {"full_name": "someone/rocket"}},
                "base": {"ref": "main"}},
            "repository": self.repository, "sender": {"login": "someone", "type": "User"}})

    def status(self, number):
        return github("status", {
            "id": self.identifier * 1_000_000 + number + 1, "sha": self.sha, "context": f"packit/check-{number}",
            "state": "pending", "description": "The task was accepted.", "target_url": None,
            "created_at": self.at(number), "updated_at": self.at(number), "repository": self.repository,
            "sender": {"login": "packit-as-a-service[bot]", "type": "Bot"}})

    def build(self, number):
        """Each start is of another build of the project, and every other message the end of the one before."""
        build, ended = number - number % 2, number % 2
        return copr({
            "topic": f"org.fedoraproject.prod.copr.build.{'end' if ended else 'start'}", "id": str(uuid.uuid4()),
            "headers": {"sent-at": self.at(number)},
            "body": {
                "build": self.identifier * 1_000_000 + build + 1, "chroot": "fedora-rawhide-x86_64",
                "owner": "packit", "copr": f"acme-rocket-{self.identifier}-1", "user": "packit",
                "status": 1 if ended else 3, "pkg": "rocket", "version": "1", "what": "", "who": "", "ip": "",
                "pid": 1}})

    @property
    def repository(self) -> dict:
        return {"id": self.identifier, "full_name": self.name, "private": False}


def request(path: str, payload: dict, *headers: str) -> bytes:
    body = json.dumps(payload, separators=(",", ":")).encode()
    lines = [
        f"POST /webhooks/{path} HTTP/1.1", "Host: piles", "Content-Type: application/json",
        f"Content-Length: {len(body)}", f"X-Hub-Signature-256: {bodies.sign(body)}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def github(event: str, payload: dict) -> bytes:
    return request("github", payload, f"X-GitHub-Event: {event}", f"X-GitHub-Delivery: {uuid.uuid1()}")


def copr(payload: dict) -> bytes:
    return request("copr", payload)


#: What piles up, with the delivery that is the nth of it. The first of a subject opens its pull request.
PILES = {
    "facts of a lane, all of one run": lambda subject, n: subject.check(n, state=STATES[1]),
    "facts of a lane, three to a run": lambda subject, n: subject.check(n, state=STATES[n % 3]),
    "checks of a commit": lambda subject, n: subject.check(n, name=f"rpm-build:fedora-rawhide-x86_64:p{n}"),
    "`external_id`s of a commit": lambda subject, n: subject.check(
        n, name=f"rpm-build:fedora-rawhide-x86_64:p{n}", external=f"{subject.identifier}-{n}"),
    "pull requests of a commit": lambda subject, n: subject.pull_request(n, of=n + 1),
    "pushes of a pull request": lambda subject, n: subject.pull_request(
        n, sha=subject.commit(n), action="synchronize"),
    "lanes of a repository": lambda subject, n: subject.check(n, sha=subject.commit(n)),
    "backend runs of a project": lambda subject, n: subject.build(n),
    "statuses of a commit": lambda subject, n: subject.status(n),
}
#: What is measured where it is not one more of the pile, but something that concerns all of it.
TOUCHING = {
    "pull requests of a commit, a check": ("pull requests of a commit", lambda subject, n: subject.check(n)),
    "pushes of a pull request, a check of the last": (
        "pushes of a pull request", lambda subject, n: subject.check(n, sha=subject.commit(n))),
    "backend runs of a project, a check": ("backend runs of a project", lambda subject, n: subject.check(
        n, state=STATES[n % 2])),
}


class TooSlow(Exception):
    pass


def post(server: PackitSLO, requests: list) -> None:
    """Sends them over several connections, a window at a time.
    - Raises: TooSlow after the patience that there is for them."""
    until = time.monotonic() + PATIENCE_SECONDS
    connections = [
        socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_SECONDS) for _ in range(CONNECTIONS)]
    try:
        for start in range(0, len(requests), CONNECTIONS * PIPELINED):
            if time.monotonic() > until:
                raise TooSlow
            window = requests[start:start + CONNECTIONS * PIPELINED]
            shares = [window[place::CONNECTIONS] for place in range(CONNECTIONS)]
            for connection, share in zip(connections, shares):
                connection.sendall(b"".join(share))
            for connection, share in zip(connections, shares):
                read_answers(server, connection, len(share))
    finally:
        for connection in connections:
            connection.close()


def read_answers(server: PackitSLO, connection: socket.socket, count: int) -> None:
    answers, statuses = b"", []
    while len(statuses) < count:
        part = connection.recv(1 << 16)
        if not part:
            raise RuntimeError("the server closed the connection: " + (server.folder / "log").read_text()[-2000:])
        answers += part
        statuses = STATUS.findall(answers)
    if set(statuses) - {b"202"}:
        raise RuntimeError(f"answers other than 202: {sorted(set(statuses))}")


def cpu_nanoseconds(server: PackitSLO) -> int:
    """Of all threads, finer than /proc's ticks: the clock of another process' CPU time (clock_getcpuclockid(3))."""
    return time.clock_gettime_ns((~server.process.pid << 3) | 2)


def cost(server: PackitSLO, requests: list) -> float:
    """Microseconds of CPU time for each."""
    before = cpu_nanoseconds(server)
    post(server, requests)
    return (cpu_nanoseconds(server) - before) / 1000 / len(requests)


def pile_of(server: PackitSLO, size: int, grow, measured) -> float:
    """What a delivery costs when there are about `size`. Small piles are measured on many subjects."""
    share = max(2, min(size // 5, MEASURED))
    subjects = [Subject() for _ in range(max(1, MEASURED // share))]
    for subject in subjects:
        post(server, [subject.pull_request(0)] + [grow(subject, n) for n in range(1, size - share + 1)])
    return cost(server, [
        measured(subject, n) for n in range(size - share + 1, size + 1) for subject in subjects])


@contextlib.contextmanager
def server_for_piles():
    """A server that has had its first deliveries, and on which nothing comes due while it is measured."""
    with PackitSLO(
        PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_DEADLINE="1h", PACKIT_SLO_JOBS_SETTLE="1h",
        PACKIT_SLO_HANDLED_POLICY="all", PACKIT_SLO_LOG_LEVEL="warning") as server:
        for _ in range(MEASURED):
            subject = Subject()
            post(server, [subject.pull_request(0), subject.check(1)])
        yield server


def measured_pile(run, grow, measured) -> list:
    """At each size; the last ones are missing if it takes too long to get there."""
    costs = []
    with server_for_piles() as server:
        try:
            for size in SIZES:
                costs.append(pile_of(server, size, grow, measured))
        except TooSlow:
            pass
    return costs


def repositories(run) -> list:
    """Half of what is measured is of a repository that is new, half of one of the pile."""
    costs, known = [], []
    with server_for_piles() as server:
        try:
            for size in SIZES:
                grown = [Subject() for _ in range(size - len(known))]
                post(server, [subject.pull_request(0) for subject in grown])
                known += grown
                new = [Subject() for _ in range(MEASURED // 2)]
                old = itertools.islice(itertools.cycle(known), len(new))
                pairs = [
                    (one.pull_request(0), other.pull_request(n + 1, sha=other.commit(n + 1), action="synchronize"))
                    for n, (one, other) in enumerate(zip(new, old))]
                costs.append(cost(server, list(itertools.chain(*pairs))))
                known += new
        except TooSlow:
            pass
    return costs


def piles(run) -> Section:
    kinds = {name: (grow, grow) for name, grow in PILES.items()}
    kinds |= {name: (PILES[pile], touch) for name, (pile, touch) in TOUCHING.items()}
    measures = {name: lambda run, pair=pair: measured_pile(run, *pair) for name, pair in kinds.items()}
    measures["repositories"] = repositories
    costs = {name: [] for name in measures}
    for number in range(run.rounds):
        for name, measure in measures.items():
            run.say(f"piles, round {number + 1} of {run.rounds}: {name}")
            costs[name].append(measure(run))
    section = Section("piles", figures={"microseconds": costs})
    lines, growths, most = [], [], []
    for name, rounds in costs.items():
        at = [[costs[place] for costs in rounds if len(costs) > place] for place in range(len(SIZES))]
        growth = [costs[-1] / costs[0] for costs in rounds if len(costs) == len(SIZES)]
        growths.append(median(growth) if growth else float("inf"))
        most.append(max(median(values) for values in at if values))
        lines.append(
            [name, *(spread(values) if values else f"over {PATIENCE_SECONDS} s to get there" for values in at),
             ratio(median(growth)) if growth else "–"])
    section.rows.append(Row(
        "CPU time of a delivery with 10,000 of its kind, to 10, at most",
        ratio(max(growths)) if max(growths) < float("inf") else "not measurable", "3", max(growths) <= 3))
    section.rows.append(Row(
        "… and itself, at most", f"{max(most):,.0f} µs", "1,000 µs",
        max(most) <= 1000 and max(growths) < float("inf")))
    section.tables.append(Table(
        "Piles", ["of which there are many", *(f"{size:,}, µs" for size in SIZES), "10,000 to 10"], lines,
        f"The server's CPU time for each of {MEASURED} deliveries when there are so many, over {CONNECTIONS} "
        f"connections with {PIPELINED} on their way on each; medians of {run.rounds} rounds (least–most)."))
    return section
