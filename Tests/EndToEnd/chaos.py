#!/usr/bin/env python3
"""A cluster under faults of its machines and network, by hand: it takes some minutes a fault, and needs root.

    apt-get install --no-install-recommends postgresql patroni etcd-server python3-etcd nginx-light iproute2
    Tests/EndToEnd/chaos.py PROGRAM [--old PROGRAM] [FAULT …]

Each machine is a network namespace: two servers of PostgreSQL under Patroni, a witness with etcd, three nodes and an
nginx. Each fault gets a database of its own and a load that it happens amid. Afterwards every acknowledged delivery is
decided exactly once, each deadline is decided once, the numbers are those of one calm node on SQLite, no counter of
/metrics/cluster has ever gone back, and there is no blind interval. `--old` is a program of the last release, for the
fault `versions`.
"""

import argparse
import contextlib
import http.client
import json
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

import machines
from crowd import Crowd, percentile
from deliveries import Stories
from machines import Machine, cut, heal
from nodes import Front, Node, Scraper
from observer import Observer, wait_for
from patroni import Patroni
from shim import Shim
from trial import Trial, decided, differing

SENDERS = 16
# Slower than the machine's most, so that what is measured is the fault.
PACE = 0.02
# Longer than any fault keeps a node's deliveries in its spool: what is decided earlier comes out as if they were late.
WAITING = {"PACKIT_SLO_JOBS_SETTLE": "40s", "PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_GRACE": "40s"}
# A node that is cut off alone brings its deliveries after others that were received later, as a sender that was late
# would: a success is counted at once with the times that are known then, and a first status is late.
BY_ORDER = ("packit_build_duration", "packit_test_run_duration", "packit_initial_status_")
# The data of a server whose disk is to be full.
DISK_MEGABYTES = 600


class World:
    """The machines, and what runs on them all the time."""

    def __init__(self, folder: Path, program: str, old: str):
        self.folder, self.program, self.old = folder, program, old
        folder.chmod(0o755)
        names = ["db1", "db2", "witness", "node1", "node2", "node3", "front"]
        self.machines = {name: Machine(name, 11 + number) for number, name in enumerate(names)}
        for name in ("db1", "db2"):
            # Gone with this process: `ip netns exec` gave it a view of the mounts of its own.
            (folder / name).mkdir()
            subprocess.run(
                ["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "tmpfs", folder / name], check=True)
        self.patroni = Patroni(folder, [(self.machines[name], folder / name) for name in ("db1", "db2")],
                               self.machines["witness"])

    def close(self):
        self.patroni.close()
        for name in ("db1", "db2"):
            subprocess.run(["umount", "--lazy", self.folder / name], check=True)
        for machine in self.machines.values():
            machine.close()


class Case:
    """One fault: a cluster on a new database under a load."""

    def __init__(self, world: World, name: str, settings: dict = None):
        self.world, self.name = world, name
        self.folder = world.folder / name
        self.folder.mkdir()
        self.address = world.patroni.database(name)
        self.nodes = [self.node(number, (settings or {}).get(number, {})) for number in (1, 2, 3)]
        self.told, self.notes = [], []
        # Whether all nodes are without their database at the same times.
        self.keeps_order = name not in ("cuts", "clock_off", "disk_full")
        self.stories = Stories(name, body_bytes=6000)

    def node(self, number: int, settings: dict) -> Node:
        name = f"node{number}"
        place = self.folder / name
        place.mkdir(exist_ok=True)
        machine = self.world.machines[name]
        kind = type("NodeOnMachine", (Node,), {
            "host": machine.host, "before": machine.before, "program": self.world.program})
        return kind(place, **{
            **Trial.SETTINGS, **WAITING, "PACKIT_SLO_CLUSTER_DATABASE": self.address, "PACKIT_SLO_CLUSTER_NODE": name,
            "PACKIT_SLO_CLUSTER_SPOOL_PATH": str(place / "spool"), "PACKIT_SLO_HTTP_DRAIN": "2s", **settings})

    def start(self):
        for node in self.nodes:
            node.start()
        front = self.world.machines["front"]
        self.front = Front(self.folder / "front", self.nodes, front.host, front.before)
        self.scraper = Scraper(self.nodes)
        self.scraper.start()
        self.crowd = Crowd(self.front.port, SENDERS, self.paced(), host=self.front.host)
        self.crowd.start()
        time.sleep(5)

    def paced(self):
        for story in self.stories.endless(self.told):
            time.sleep(PACE)
            yield story

    @property
    def decider(self) -> Node:
        for node in self.nodes:
            if node.decides:
                return node
        raise OSError("no node decides")

    def decided_count(self) -> float:
        """By the metrics of whichever node answers."""
        for node in self.nodes:
            with contextlib.suppress(OSError, http.client.HTTPException):
                return sum(
                    value for (name, labels), value in node.metrics().items()
                    if name == "packit_slo_deliveries_total" and dict(labels)["result"] in ("accepted", "ignored"))
        raise OSError("no node tells")

    def wait_until_decided_again(self, patience: float = 90) -> float:
        """How long from now until more is decided than by now."""
        begun = time.monotonic()
        before = self.last_count()
        wait_for(lambda: self.decided_count() > before + SENDERS, patience, "more is decided", pace=0.1)
        return time.monotonic() - begun

    def last_count(self) -> float:
        """0 while no node tells."""
        with contextlib.suppress(OSError):
            return self.decided_count()
        return 0

    def note(self, text: str):
        self.notes.append(text)

    def finish(self):
        """Ends the load, and compares."""
        self.crowd.stop(120)
        acknowledged = len(self.crowd.acknowledged)
        wait_for(lambda: self.decided_count() >= acknowledged, 120, "all is decided", pace=0.2)
        calm = Observer(self.calm_folder(), **{**Trial.SETTINGS, **WAITING})
        calm.program = self.world.program
        with contextlib.closing(calm.start()):
            undisturbed = Crowd(calm.port, SENDERS, (self.stories.story(number) for number in self.told))
            undisturbed.start()
            undisturbed.finish()
            self.settle(calm, self.nodes[0])
            self.scraper.stop()
            self.compare(calm, undisturbed)
        slowest = max(latency for latency, _ in self.crowd.latencies)
        p99 = percentile([latency for latency, _ in self.crowd.latencies], 0.99)
        self.note(f"{acknowledged} acknowledged, {self.crowd.statuses[503]} refused, {self.crowd.lost} lost on their "
                  f"way and sent again, acknowledged after {p99 * 1000:.0f} ms (p99), {slowest:.1f} s (most); "
                  f"{self.scraper.scrapes} scrapes")

    def calm_folder(self) -> Path:
        folder = self.folder / "calm"
        folder.mkdir()
        return folder

    @staticmethod
    def settle(*observers: Observer):
        for observer in observers:
            wait_for(lambda: not any(value for key, value in observer.metrics().items()
                                     if key[0] == "packit_runs_settling"), 90, "runs are settled", pace=0.2)
        grace = float(WAITING["PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_GRACE"].removesuffix("s"))
        time.sleep(max(observer.initial_status_deadline for observer in observers) + grace + 1.2)

    def compare(self, calm: Observer, undisturbed: Crowd):
        faults = []

        def expect(what: str, found, wanted):
            if found != wanted:
                faults.append(f"{what}: {found}, not {wanted}")

        expect("answers that nobody expects", self.crowd.unexpected[:3], [])
        expect("acknowledged here and not there", len(set(self.crowd.acknowledged) ^ set(undisturbed.acknowledged)), 0)
        for node in self.nodes:
            different = differing(self.compared(calm), self.compared(node))
            expect(f"numbers of {node.folder.name}", dict(list(different.items())[:4]), {})
        expect("counters that went back", (self.scraper.failure, self.scraper.back[:3]), (None, []))
        expect("blind seconds", self.nodes[0].metric("packit_slo_blind_seconds_total"), 0)
        journal = {identity for identity in self.sql(
            "SELECT encode(uuid_send(identity), 'hex') FROM packit_slo.journal WHERE kind = 'delivery'")}
        expect("acknowledged and not in the journal", len(
            {identity.hex() for identity in self.crowd.acknowledged} - journal), 0)
        expect("deliveries in the journal twice", self.sql(
            "SELECT count(*) - count(DISTINCT identity) FROM packit_slo.journal WHERE kind = 'delivery'"), ["0"])
        expect("deadlines decided twice", self.sql(
            "SELECT count(*) - count(DISTINCT (received_at, observation)) FROM packit_slo.journal "
            "WHERE kind = 'deadline'"), ["0"])
        if faults:
            raise AssertionError("\n  ".join(faults))

    def compared(self, observer: Observer) -> dict:
        return {key: value for key, value in decided(observer.metrics()).items()
                if self.keeps_order or not key[0].startswith(BY_ORDER)}

    def sql(self, text: str) -> list:
        return self.world.patroni.sql(text, self.name)

    def close(self):
        for name in ("crowd", "scraper"):
            with contextlib.suppress(AttributeError, AssertionError):
                getattr(self, name).stop()
        with contextlib.suppress(AttributeError):
            self.front.close()
        for node in self.nodes:
            node.close()


# The faults

def primary_dies(case: Case):
    """The machine of the primary loses its power, under Patroni."""
    primary = case.world.patroni.primary
    primary.die()
    took = case.wait_until_decided_again()
    case.note(f"decided again after {took:.1f} s")
    primary.come_back()
    case.world.patroni.wait_until_synchronous()


def postgres_dies(case: Case):
    """PostgreSQL dies, and Patroni starts it again."""
    case.world.patroni.primary.kill_postgres()
    case.note(f"decided again after {case.wait_until_decided_again():.1f} s")
    case.world.patroni.wait_until_synchronous()


def both_die(case: Case):
    """The machine of the primary loses its power, and at the same time the deciding node is killed."""
    primary, decider = case.world.patroni.primary, case.decider
    decider.kill()
    primary.die()
    took = case.wait_until_decided_again()
    case.note(f"decided again after {took:.1f} s")
    decider.start()
    primary.come_back()
    case.world.patroni.wait_until_synchronous()


def cuts(case: Case):
    """The network between any two, fifteen seconds each."""
    world = case.world
    patroni = world.patroni
    for what, pair in (
            ("the deciding node and the primary",
             lambda: (world.machines[case.decider.folder.name], patroni.primary.machine)),
            ("another node and the primary",
             lambda: (next(world.machines[node.folder.name] for node in case.nodes if not node.decides),
                      patroni.primary.machine)),
            ("primary and standby", lambda: (patroni.primary.machine, patroni.standby.machine)),
            ("primary and etcd", lambda: (patroni.primary.machine, world.machines["witness"])),
            ("nginx and a node", lambda: (world.machines["front"], world.machines["node2"]))):
        one, other = pair()
        cut(one, other)
        try:
            took = case.wait_until_decided_again()
            time.sleep(max(0, 15 - took))
        finally:
            heal(one, other)
        case.note(f"{what} cut: decided again after {took:.1f} s")
        wait_for(lambda: patroni.primary is not None, 60, "there is a primary", pace=0.5)
        patroni.wait_until_synchronous()
        case.wait_until_decided_again()


def clock_off(case: Case):
    """The clock of one node is a minute ahead, then a minute behind."""
    for seconds in (60, -60):
        case.shim.set_clock(seconds)
        time.sleep(10)
        case.note(f"a clock {seconds:+} s off: decided after {case.wait_until_decided_again():.1f} s")
        case.shim.set_clock(0)
        time.sleep(5)


def disk_full(case: Case):
    """Nothing more can be written on the disk of the primary, for twenty seconds."""
    primary = case.world.patroni.primary
    ballast = primary.folder / "ballast"
    with open(ballast, "wb") as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(1 << 20))
            file.flush()
    time.sleep(20)
    ballast.unlink(missing_ok=True)
    case.note(f"decided again after {case.wait_until_decided_again():.1f} s")
    case.world.patroni.wait_until_synchronous()


def versions(case: Case):
    """Nodes of the last version and of this one side by side, upgraded one by one and back."""
    for program in (case.world.old, case.world.program):
        for node in case.nodes:
            if node.stop() != 0:
                raise AssertionError(f"{node.folder.name} does not stop cleanly")
            type(node).program = program
            node.start()
            time.sleep(2)
            case.wait_until_decided_again()
    case.note("each node was brought to the old version and back")


def settings(case: Case):
    """One node has another setting, in which no number differs."""
    wait_for(lambda: len(nodes_of(case)["differing_settings"]) == 1, 30, "the difference is named", pace=0.5)
    found = nodes_of(case)["differing_settings"]
    if [difference["setting"] for difference in found] != ["alerts.minimum_events"]:
        raise AssertionError(f"it is named as {found}")
    digests = {dict(labels)["digest"] for node in case.nodes for name, labels in node.own_metrics()
               if name == "packit_slo_settings_info"}
    if len(digests) != 2:
        raise AssertionError(f"digests: {digests}")
    case.note("the difference is named on every node")


def nodes_of(case: Case) -> dict:
    return json.loads(case.nodes[0].get("/api/v1/nodes")[1])


FAULTS = {fault.__name__.replace("_", "-"): fault for fault in (
    primary_dies, both_die, postgres_dies, cuts, clock_off, disk_full, versions, settings)}


def run(world: World, name: str) -> bool:
    begun = time.monotonic()
    others = {2: {"PACKIT_SLO_ALERTS_MINIMUM_EVENTS": "77"}} if name == "settings" else {}
    case = Case(world, name.replace("-", "_"), others)
    try:
        if name == "clock-off":
            case.shim = Shim(case.folder, case.folder / "none")
            case.nodes[1].environment.update(case.shim.environment)
        case.start()
        FAULTS[name](case)
        time.sleep(5)
        case.finish()
        print(f"{name}: held in {time.monotonic() - begun:.0f} s: {'; '.join(case.notes)}", flush=True)
        return True
    except Exception:  # noqa: BLE001 - the other faults are tried, too.
        traceback.print_exc()
        print(f"{name}: NOT HELD: {'; '.join(case.notes)}", flush=True)
        return False
    finally:
        case.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=Path)
    parser.add_argument("--old", type=Path, help="a program of the last version")
    parser.add_argument("--keep", action="store_true", help="keep the folder")
    parser.add_argument("faults", nargs="*", metavar="FAULT", help=", ".join(FAULTS))
    options = parser.parse_intermixed_args()
    for name in options.faults:
        if name not in FAULTS:
            parser.error(f"{name} is none of {', '.join(FAULTS)}")
    machines.enter()
    wanted = options.faults or [name for name in FAULTS if name != "versions" or options.old]
    folder = Path(tempfile.mkdtemp(prefix="packit-slo-chaos-", dir="/tmp"))
    world = World(folder, str(options.program.resolve()), str(options.old and options.old.resolve()))
    try:
        held = [run(world, name) for name in wanted]
    finally:
        world.close()
        if options.keep:
            print(f"logs and data are in {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder)
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
