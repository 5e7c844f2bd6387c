"""Nodes of a cluster on the cores that they share with their database, beside a single node on SQLite."""

import os
import threading
import time

from cluster_servers import Cluster, Database
from loads import Load, load, refused
from million import lateness_buckets, quantile
from report import Row, Section, Table, median, ratio, spread

COUNTS = (1, 2, 3)
SINGLE = "one node on SQLite"
WARM_UP_SECONDS = 2
SETTINGS = {"PACKIT_SLO_HTTP_DRAIN": "1s"}
# So short that each delivery's deadline comes due amid the load: then as many deadlines are decided as deliveries.
DEADLINE_SECONDS = 2
WITH_DEADLINES = {**SETTINGS, "PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_DEADLINE": f"{DEADLINE_SECONDS}s"}
LEASE_SECONDS = 4

# The moment of a commit is that at which the database wrote it, before the standby has confirmed it.
DECIDED_AFTER = """
    SELECT coalesce(percentile_cont(ARRAY[0.5, 0.99, 1]) WITHIN GROUP (ORDER BY 1000 * extract(epoch FROM
        pg_xact_commit_timestamp(j.xmin) - pg_xact_commit_timestamp(i.xmin))), ARRAY[0, 0, 0])
    FROM packit_slo.journal j JOIN packit_slo.inbox i USING (stream, pos)
    WHERE j.kind = 'delivery' AND i.received_at >= {since}"""
LATENESS = """
    SELECT coalesce(percentile_cont(ARRAY[0.5, 0.99, 1]) WITHIN GROUP (ORDER BY 1000 * extract(epoch FROM
        pg_xact_commit_timestamp(xmin)) - received_at), ARRAY[0, 0, 0]), count(*)
    FROM packit_slo.journal WHERE kind = 'deadline' AND received_at >= {since}"""
# How long nothing was decided, at most: until another node decides what was received before.
LONGEST_PAUSE = """
    WITH commits AS (
        SELECT DISTINCT pg_xact_commit_timestamp(xmin) AS at FROM packit_slo.journal WHERE received_at >= {since})
    SELECT 1000 * max(extract(epoch FROM at - before))
    FROM (SELECT at, lag(at) OVER (ORDER BY at) AS before FROM commits) pauses"""


def name(nodes: int) -> str:
    return f"{nodes} node{'s' if nodes > 1 else ''} on PostgreSQL"


def cluster(run) -> Section:
    section = Section("cluster")
    with Database() as database:
        peaks = measure_peaks(run, database)
        rate = median([peak.per_second for peak, _, _ in peaks[name(1)]]) / 2
        calm = measure_latency(run, database, "latency", rate, SETTINGS)
        due = measure_latency(run, database, "deadlines", rate / 2, WITH_DEADLINES)
        handovers = measure_handovers(run, database, rate / 2)
    write_peaks(section, peaks, run)
    write_latency(section, calm, rate)
    write_lateness(section, due, rate / 2)
    write_handovers(section, handovers, rate / 2)
    section.figures = {
        "per_second": {who: [peak.per_second for peak, _, _ in all_peaks] for who, all_peaks in peaks.items()},
        "cpu_microseconds": {who: [parts for _, parts, _ in all_peaks] for who, all_peaks in peaks.items()},
        "rate": rate, "latency": {who: [figures for _, figures in all_figures] for who, all_figures in calm.items()},
        "deadlines": {who: [figures for _, figures in all_figures] for who, all_figures in due.items()},
        "handovers": {what: [figures for _, figures in all_figures] for what, all_figures in handovers.items()},
    }
    return section


def contenders(run, database: Database, what: str, settings: dict):
    """In turns, each round in another order and on a fresh database: the round, a name, and the servers."""
    makers = {SINGLE: lambda: Cluster(1, **settings)}
    makers |= {name(count): lambda count=count: Cluster(count, database, **settings) for count in COUNTS}
    names = list(makers)
    for number in range(run.rounds):
        for who in names[number % len(names):] + names[:number % len(names)]:
            run.say(f"cluster, {what}, round {number + 1} of {run.rounds}: {who}")
            # What the one before has written and removed is not to hold up the syncs of this one.
            os.sync()
            with makers[who]() as servers:
                yield number, who, servers


# What is acknowledged and decided at most

def measure_peaks(run, database: Database) -> dict:
    """Of each contender the loads, the processor's time in microseconds a delivery by part, and how many seconds after
    the load all was decided."""
    peaks = {}
    for number, who, servers in contenders(run, database, "peak", SETTINGS):
        before = servers.cpu_seconds_by_part()
        measured = load(
            servers, run.bodies / "any_pull_request.json", number + 1, warmup=WARM_UP_SECONDS, seconds=run.seconds)
        behind = servers.wait("all is decided", lambda: servers.undecided() == 0) if servers.database else 0
        after = servers.cpu_seconds_by_part()
        answers = measured.answers * (1 + WARM_UP_SECONDS / measured.seconds)
        parts = {part: 1e6 * (after[part] - before[part]) / answers for part in after}
        peaks.setdefault(who, []).append((measured, parts, behind))
    return peaks


def write_peaks(section: Section, peaks: dict, run) -> None:
    rates = {who: median([peak.per_second for peak, _, _ in all_peaks]) for who, all_peaks in peaks.items()}
    one = rates[name(1)]
    for count in COUNTS:
        who = name(count)
        all_peaks = peaks[who]
        target = 3000 if count == 1 else 0.9 * one
        to_single = rates[who] / rates[SINGLE]
        section.rows.append(Row(
            f"deliveries a second, {who}, synchronous standby, to {SINGLE}",
            f"{ratio(to_single)} ({spread([peak.per_second for peak, _, _ in all_peaks])}/s"
            + (f", {ratio(rates[who] / one)} of one node's" if count > 1 else "")
            + f"); all decided {median([behind for _, _, behind in all_peaks]):.1f} s after the load"
            + refused([peak for peak, _, _ in all_peaks]),
            "3,000/s" if count == 1 else "0.9 of one node's", rates[who] >= target))
    section.tables.append(Table(
        "A cluster on shared cores",
        ["", "deliveries/s", "to one on SQLite", "nodes, µs", "database and standby, µs", "nginx, µs",
         "decided after the load, s"],
        [[who, spread([peak.per_second for peak, _, _ in all_peaks]), ratio(rates[who] / rates[SINGLE]),
          *(f"{median([parts[part] for _, parts, _ in all_peaks]):.0f}" for part in ("nodes", "database", "front")),
          f"{median([behind for _, _, behind in all_peaks]):.1f}"]
         for who, all_peaks in peaks.items()],
        "Every delivery a change of its own, a `pull_request` of 23,700 bytes, by 32 connections through nginx. Nodes, "
        f"both servers of PostgreSQL, nginx and the load generator share the cores. Medians of {run.rounds} rounds of "
        f"{run.seconds} s (least–most); µs are the processor's time a delivery."))


# How long senders and decisions wait

def measure_latency(run, database: Database, what: str, rate: float, settings: dict) -> dict:
    latencies = {}
    for number, who, servers in contenders(run, database, what, settings):
        since = int(1000 * (time.time() + WARM_UP_SECONDS))
        seconds = max(run.seconds, DEADLINE_SECONDS + 4)
        measured = load(
            servers, run.bodies / "any_pull_request.json", number + 1, warmup=WARM_UP_SECONDS, seconds=seconds,
            rate=f"{rate:.0f}")
        latencies.setdefault(who, []).append((measured, decision_figures(servers, since)))
    return latencies


def decision_figures(servers: Cluster, since: int) -> dict:
    """In milliseconds: p50, p99 and the most."""
    if not servers.database:
        buckets = lateness_buckets(servers.nodes[0].metrics())
        return {"decided": [0, 0, 0], "lateness": [1000 * quantile(share, buckets) for share in (0.5, 0.99, 1)],
                "deadlines": buckets[float("inf")]}
    servers.wait("all is decided", lambda: servers.undecided() == 0)
    decided = servers.sql(DECIDED_AFTER.format(since=since))[0][0]
    lateness, count = servers.sql(LATENESS.format(since=since))[0]
    return {"decided": numbers(decided), "lateness": numbers(lateness), "deadlines": int(count)}


def numbers(array: str) -> list:
    return [float(value) for value in array.strip("{}").split(",")]


def write_latency(section: Section, latencies: dict, rate: float) -> None:
    for share, place, limit in (("p50", 0, 4), ("p99", 1, 25)):
        values = {who: [measured.latency_ms[share] for measured, _ in all_figures]
                  for who, all_figures in latencies.items()}
        worst = max(median(values[name(count)]) for count in COUNTS)
        section.rows.append(Row(
            f"acknowledged after, {share}, at half of one node's peak ({rate:,.0f}/s); to {SINGLE} at the same rate",
            ", ".join(f"{spread(values[name(count)], 1)} ms with {count}"
                      f" ({ratio(median(values[name(count)]) / median(values[SINGLE]))})" for count in COUNTS)
            + refused([measured for all_figures in latencies.values() for measured, _ in all_figures]),
            f"{limit} ms", worst <= limit))
    write_most(section, f"decided after its delivery was stored, p99, at {rate:,.0f}/s", latencies, "decided", 150)
    section.tables.append(Table(
        "Waiting at half of the peak",
        ["", "acknowledged, p50, ms", "p99, ms", "most, ms", "decided, p50, ms", "p99, ms"],
        [[who, *(f"{median([measured.latency_ms[share] for measured, _ in all_figures]):.1f}"
                 for share in ("p50", "p99", "max")), *middle(all_figures, "decided")]
         for who, all_figures in latencies.items()],
        f"{rate:,.0f} deliveries a second to each, by the constant rate of the generator. *decided* is from the commit "
        "of the delivery to the commit of its decision, by the database's times; a single node decides before it "
        "acknowledges."))


def write_lateness(section: Section, latencies: dict, rate: float) -> None:
    write_most(
        section, f"deadlines' lateness, p99, at {rate:,.0f} deliveries and as many deadlines a second", latencies,
        "lateness", 500)
    section.tables.append(Table(
        "Deadlines",
        ["", "lateness, p50, ms", "p99, ms", "decided, p50, ms", "p99, ms", "deadlines"],
        [[who, *middle(all_figures, "lateness"), *middle(all_figures, "decided"),
          f"{median([figures['deadlines'] for _, figures in all_figures]):,.0f}"]
         for who, all_figures in latencies.items()],
        f"{rate:,.0f} deliveries a second to each, with a deadline {DEADLINE_SECONDS} s after each change. *lateness* "
        "is from when a deadline is due to the commit of what is decided on it; a single node's is from its "
        "histogram."))


def write_most(section: Section, what: str, latencies: dict, key: str, limit: int) -> None:
    values = {count: [figures[key][1] for _, figures in latencies[name(count)]] for count in COUNTS}
    section.rows.append(Row(
        what, ", ".join(f"{spread(values[count])} ms with {count}" for count in COUNTS), f"{limit} ms",
        max(median(values[count]) for count in COUNTS) <= limit))


def middle(all_figures: list, key: str) -> list:
    """p50 and p99 of the rounds' median."""
    return [f"{median([figures[key][place] for _, figures in all_figures]):.0f}" for place in (0, 1)]


# While another node takes over

def measure_handovers(run, database: Database, rate: float) -> dict:
    ends = {"a clean stop": lambda node: node.stop(), "kill -9": kill}
    handovers = {}
    for number in range(run.rounds):
        for what, end in ends.items():
            run.say(f"cluster, hand-over, round {number + 1} of {run.rounds}: {what}")
            with Cluster(3, database, **WITH_DEADLINES) as servers:
                measured, since = load_while(servers, run, number, rate, lambda: end(servers.decider()))
                pause = float(servers.sql(LONGEST_PAUSE.format(since=since))[0][0])
                figures = {**decision_figures(servers, since), "pause": pause}
                handovers.setdefault(what, []).append((measured, figures))
    return handovers


def kill(node) -> None:
    node.process.kill()
    node.process.wait()
    node.process = None


def load_while(servers: Cluster, run, number: int, rate: float, disturb) -> tuple:
    """Disturbs a load amid it. The measured load, and since when decisions are looked at."""
    results = []
    seconds = 3 * LEASE_SECONDS
    thread = threading.Thread(target=lambda: results.append(load(
        servers, run.bodies / "any_pull_request.json", number + 1, warmup=WARM_UP_SECONDS, seconds=seconds,
        rate=f"{rate:.0f}")))
    since = int(1000 * (time.time() + WARM_UP_SECONDS))
    thread.start()
    time.sleep(WARM_UP_SECONDS + LEASE_SECONDS)
    disturb()
    thread.join()
    if not results:
        raise RuntimeError("the load failed")
    return results[0], since


def write_handovers(section: Section, handovers: dict, rate: float) -> None:
    for what, limit in (("a clean stop", 500), ("kill -9", 5000)):
        pauses = [figures["pause"] for _, figures in handovers[what]]
        longest = [figures["decided"][2] for _, figures in handovers[what]]
        section.rows.append(Row(
            f"another node decides after {what} of the deciding one of three, at {rate:,.0f}/s",
            f"{spread(pauses)} ms; a delivery waits for its decision up to {spread(longest)} ms"
            + refused([measured for measured, _ in handovers[what]]),
            f"{limit:,} ms", median(pauses) <= limit))
    lateness = [figures["lateness"][2] for all_figures in handovers.values() for _, figures in all_figures]
    section.rows.append(Row(
        "deadlines' lateness in a hand-over, most", f"{spread(lateness)} ms", "6,000 ms", max(lateness) <= 6000))
    section.rows.append(Row(
        "acknowledged after, p99, with a hand-over amid it", ", ".join(
            f"{spread([measured.latency_ms['p99'] for measured, _ in all_figures], 1)} ms with {what}"
            for what, all_figures in handovers.items())))
