"""A million armed deadlines, a start with as many open changes, and what a scrape costs after as many deliveries."""

import http.client
import time

from latency import peak_rate
from loads import load, refused
from report import Row, Section, median, spread
from servers import PackitSLO

FIRES_A_SECOND = 100
FILLING_STEPS = 10
# As many as the server takes at once in one commit.
CONNECTIONS = 256


def million(run) -> Section:
    """Fills a server with open changes and runs through its front door, then loads, restarts and asks it."""
    section = Section("million")
    with PackitSLO(
        # A deadline far off, so that all of them are armed at once, and a grace that outlasts the measurement.
        PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_DEADLINE="1h", PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_GRACE="1d",
    ) as server:
        idle = server.memory_megabytes()
        samples = fill(run, server)
        section.figures |= {"idle_mb": idle, "armed_and_mb": samples}
        # A change arms more than one.
        armed, memory = next((sample for sample in samples if sample[0] >= 1_000_000), samples[-1])
        section.rows += [
            Row(f"memory with {armed:,.0f} armed deadlines, all told", f"{memory:,.0f} MB", "150 MB", memory <= 150),
            Row(f"… with {run.open_changes:,} open changes and {run.open_runs:,} open runs",
                f"{samples[-1][1]:,.0f} MB, {samples[-1][0]:,.0f} armed deadlines"),
        ]
        lateness(run, server, section)
        start(run, server, section)
    return section


def fill(run, server) -> list:
    """The armed deadlines and the memory in megabytes on the way and at the end."""
    fired = FIRES_A_SECOND * run.fire_seconds
    loads, samples = [], []

    def sample():
        samples.append((server.metrics()["packit_slo_deadlines_armed"], server.memory_megabytes()))

    for step in range(FILLING_STEPS):
        run.say(f"million: {run.open_changes * (step + 1) // FILLING_STEPS:,} open changes")
        loads.append(load(
            server, run.bodies / "any_small_pull_request.json", 5 + step, connections=CONNECTIONS,
            count=(run.open_changes - fired) // FILLING_STEPS))
        sample()
    run.say(f"million: {run.open_runs:,} open runs")
    loads.append(load(
        server, run.bodies / "any_check_run.json", 2, event="check_run", count=run.open_runs, connections=CONNECTIONS))
    # These come due while the server is loaded: a deadline of one hour after times that are nearly that old.
    soon = int(time.time()) - 3600 + 15
    loads.append(load(
        server, run.bodies / "any_small_pull_request.json", 3, count=fired, time=soon, spread=run.fire_seconds))
    if refused(loads):
        raise RuntimeError("the server was to be filled" + refused(loads))
    sample()
    return samples


def lateness(run, server, section: Section) -> None:
    rate = peak_rate(run) / 2
    run.say(f"million: deadlines fire at {rate:,.0f} deliveries a second")
    before = lateness_buckets(server.metrics())
    loaded = load(
        server, run.bodies / "any_pull_request.json", 4, seconds=run.fire_seconds + 20, rate=f"{rate:.0f}")
    after = lateness_buckets(server.metrics())
    fired = {bound: after[bound] - before[bound] for bound in after}
    p99 = quantile(0.99, fired) * 1000
    section.figures |= {"lateness_buckets": {str(bound): value for bound, value in fired.items()},
                        "latency_ms": loaded.latency_ms}
    section.rows.append(Row(
        f"deadlines' lateness, p99, {fired[float('inf')]:,.0f} of them at half of the peak",
        f"{p99:.1f} ms (from buckets); deliveries acknowledged after {loaded.latency_ms['p50']:.1f} ms (p50), "
        f"{loaded.latency_ms['p99']:.1f} ms (p99)" + refused([loaded]), "20 ms", p99 <= 20))


def lateness_buckets(metrics: dict) -> dict:
    name = 'packit_slo_deadline_lateness_seconds_bucket{le="'
    return {float(series[len(name):-2].replace("+Inf", "inf")): value
            for series, value in metrics.items() if series.startswith(name)}


def quantile(share: float, buckets: dict) -> float:
    """Linear within a bucket, as Prometheus does it."""
    wanted = share * buckets[float("inf")]
    below, lower = 0.0, 0.0
    for bound, count in sorted(buckets.items()):
        if count >= wanted:
            return lower if bound == float("inf") else \
                lower + (bound - lower) * (wanted - below) / max(1, count - below)
        below, lower = count, bound
    return lower


def start(run, server, section: Section) -> None:
    times, peaks = [], []
    for number in range(run.rounds):
        run.say(f"million: start {number + 1} of {run.rounds}")
        server.stop()
        began = time.monotonic()
        server.start(patience=300)
        times.append(time.monotonic() - began)
        peaks.append(server.memory_megabytes())
    section.figures |= {"start_seconds": times, "memory_after_start_mb": peaks}
    section.rows.append(Row(
        f"start with {run.open_changes:,} open changes and {run.open_runs:,} open runs, until ready",
        f"{spread(times, 1)} s, {median(peaks):,.0f} MB", "3 s", median(times) <= 3))


def scrape(run) -> Section:
    """`/metrics` with an empty journal and with a large one, in turns with deliveries that nothing is kept of."""
    section = Section("scrape")
    with PackitSLO() as server:
        times = {0: scrape_milliseconds(server, run.rounds)}
        held, number = 0, 0
        while held < run.journal_entries:
            step = min(run.journal_entries - held, max(run.journal_entries // 10, 1))
            number += 1
            held += step
            run.say(f"scrape: {held:,} entries in the journal")
            load(server, run.bodies / "any_foreign_copr.json", number, event="copr", count=step,
                 connections=CONNECTIONS)
        time.sleep(2)
        times[held] = scrape_milliseconds(server, run.rounds)
    empty, full = median(times[0]), median(times[held])
    section.figures = {"milliseconds": {str(entries): values for entries, values in times.items()}}
    section.rows += [
        Row(f"`/metrics` with {held:,} journal entries", f"{spread(times[held], 2)} ms", "2 ms", full <= 2),
        Row("… to an empty journal", f"{full / empty:.2f}", "within 10 %", full / empty <= 1.1),
    ]
    return section


def scrape_milliseconds(server, rounds: int) -> list:
    """The median of a hundred scrapes on one connection, so often."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    medians = []
    for _ in range(rounds):
        times = []
        for _ in range(100):
            before = time.perf_counter()
            connection.request("GET", "/metrics")
            connection.getresponse().read()
            times.append((time.perf_counter() - before) * 1000)
        medians.append(median(times))
    connection.close()
    return medians
