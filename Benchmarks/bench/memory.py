"""Memory of a server that nobody talks to, and of one that everybody talks to for long."""

import time

from latency import peak_rate
from loads import load, refused
from report import Row, Section, Table, median, spread
from servers import PackitSLO


def idle(run) -> Section:
    values = []
    for number in range(run.rounds):
        run.say(f"idle, round {number + 1} of {run.rounds}")
        with PackitSLO() as server:
            time.sleep(2)
            values.append(server.memory_megabytes())
    section = Section("idle", figures={"megabytes": values})
    section.rows.append(Row("memory of an idle server", f"{spread(values, 1)} MB", "40 MB", median(values) <= 40))
    return section


def soak(run) -> Section:
    """Half of the peak for long. The same change over and over, so that nothing that is true grows."""
    section = Section("soak")
    if run.soak_minutes <= 0:
        return section
    rate = peak_rate(run) / 2
    samples, loads = [], []
    with PackitSLO(PACKIT_SLO_JOURNAL_MAX_BYTES="256MiB") as server:
        until = time.monotonic() + run.soak_minutes * 60
        number = 0
        while time.monotonic() < until:
            number += 1
            run.say(f"soak: {(until - time.monotonic()) / 60:.0f} minutes left")
            measured = load(
                server, run.bodies / "pull_request.json", number, seconds=min(30, run.soak_minutes * 6),
                rate=f"{rate:.0f}")
            loads.append(measured)
            samples.append({"megabytes": server.memory_megabytes(), **measured.latency_ms})
    third = max(1, len(samples) // 3)
    first, last = (median([sample["megabytes"] for sample in part]) for part in (samples[:third], samples[-third:]))
    section.figures = {"samples": samples}
    section.rows.append(Row(
        f"memory over {run.soak_minutes:g} minutes at half of the peak, last third to first",
        f"{last / first:.2f} ({first:,.0f} → {last:,.0f} MB)" + refused(loads), "flat", last / first <= 1.1))
    section.tables.append(Table(
        "Soak", ["figure", "over all samples"],
        [[name, spread([sample[name] for sample in samples], 1)]
         for name in ("megabytes", "p50", "p99", "p99.9", "max")]))
    return section
