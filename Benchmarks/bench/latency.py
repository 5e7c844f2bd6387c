"""How long a sender waits, at half of what the server can take."""

from loads import load, refused
from report import Row, Section, Table, median, spread
from servers import PackitSLO


def peak_rate(run) -> float:
    """Changes a second, as fast as they are answered: what half of the peak is half of."""
    if run.peak is None:
        run.say("peak rate")
        rates = []
        for number in range(3):
            with PackitSLO() as server:
                rates.append(load(
                    server, run.bodies / "any_pull_request.json", number + 1, warmup=1, seconds=run.seconds).per_second)
        run.peak = median(rates)
    return run.peak


def latency(run) -> Section:
    rate = peak_rate(run) / 2
    loads = []
    for number in range(run.rounds):
        run.say(f"latency, round {number + 1} of {run.rounds}")
        with PackitSLO() as server:
            loads.append(load(
                server, run.bodies / "any_pull_request.json", number + 1, warmup=2, seconds=run.seconds,
                rate=f"{rate:.0f}"))
    section = Section("latency", figures={"rate": rate, "latency_ms": [load.latency_ms for load in loads]})
    for name, limit in (("p50", 2), ("p99", 10), ("p99.9", 50)):
        values = [load.latency_ms[name] for load in loads]
        section.rows.append(Row(
            f"acknowledged after, {name}, at half of the peak ({rate:,.0f}/s)", f"{spread(values, 2)} ms",
            f"{limit} ms", median(values) <= limit))
    section.rows.append(Row(
        "… and at most", f"{spread([load.latency_ms['max'] for load in loads], 1)} ms; a delivery waited for a free "
        f"connection or for the generator up to {max(load.sent_late_ms for load in loads):.1f} ms" + refused(loads)))
    return section


def pruning(run) -> Section:
    """The same while bodies are thrown away as fast as they come."""
    rate = peak_rate(run) / 2
    settings = {"kept": {}, "pruned": {"PACKIT_SLO_JOURNAL_MAX_BYTES": "1MiB"}}
    figures = {name: [] for name in settings}
    loads = []
    for number in range(run.rounds):
        for name in settings:
            run.say(f"pruning, round {number + 1} of {run.rounds}: bodies are {name}")
            with PackitSLO(**settings[name]) as server:
                # Pruning follows a heartbeat, which comes every ten seconds.
                measured = load(
                    server, run.bodies / "any_pull_request.json", number + 1, warmup=1, seconds=max(12, run.seconds),
                    rate=f"{rate:.0f}")
                metrics = server.metrics()
            loads.append(measured)
            figures[name].append({
                **measured.latency_ms, "longest_commit_ms": longest_commit(metrics),
                "megabytes": metrics["packit_slo_database_bytes"] / 1e6})
    lines = [
        [name, *(spread([figure[key] for figure in all_figures], 1)
                 for key in ("p99", "p99.9", "max", "longest_commit_ms", "megabytes"))]
        for name, all_figures in figures.items()]
    longest = median([figure["longest_commit_ms"] for figure in figures["pruned"]])
    section = Section("pruning", figures=figures)
    section.tables.append(Table(
        "While bodies are pruned", ["bodies", "p99, ms", "p99.9, ms", "max, ms", "longest commit below, ms", "MB"],
        lines, "The longest commit is the upper bound of the bucket it fell in. Throwing away is no commit of "
        "deliveries; what it holds up shows in how long they wait."))
    section.rows.append(Row(
        "longest commit while bodies are pruned at half of the peak", f"below {longest:.0f} ms" + refused(loads),
        "50 ms", longest <= 50))
    return section


def longest_commit(metrics: dict) -> float:
    """The upper bound of the highest bucket that holds a commit, in milliseconds."""
    name = "packit_slo_journal_commit_duration_seconds_bucket"
    buckets = sorted(
        (float(series.split('le="')[1].split('"')[0].replace("+Inf", "inf")), value)
        for series, value in metrics.items() if series.startswith(name))
    total = buckets[-1][1]
    return next(bound for bound, value in buckets if value == total) * 1000
