"""Deliveries a second beside what else one could put there, and what a delivery costs."""

from loads import load, refused, wrk
from report import Row, Section, Table, median, ratio, spread
from servers import PEER_SERVERS, BareHummingbird, Flask, Nginx, PackitSLO, Webhook

WARM_UP_SECONDS = 1
# Small deliveries are many: with few connections, the disk's answer would be all that is measured.
SMALL_CONNECTIONS = 128


def receivers(run) -> Section:
    """All receivers in turns, each round on a fresh server: the same signed body, each time as another delivery."""
    contenders = [PackitSLO, *PEER_SERVERS]
    rounds = {contender: [] for contender in contenders}
    journals = []
    for number in range(run.rounds):
        # Each round in another order.
        for contender in contenders[number % len(contenders):] + contenders[:number % len(contenders)]:
            run.say(f"receivers, round {number + 1} of {run.rounds}: {contender.name}")
            with contender() as server:
                warm = wrk(server, run.bodies / "pull_request.json", WARM_UP_SECONDS, 2 * number)
                measured = wrk(server, run.bodies / "pull_request.json", run.seconds, 2 * number + 1)
                peak = server.memory_megabytes("VmHWM")
                rounds[contender].append((measured, peak))
                if contender is PackitSLO:
                    server.stop()
                    # Two loads end with a delivery under way on each connection, stored but not heard of.
                    journals.append((warm.answers + measured.answers, server.journalled(), server.database_bytes()))
    return receivers_section(rounds, journals, run)


def receivers_section(rounds: dict, journals: list, run) -> Section:
    section = Section("receivers")
    rates = {contender: [load.per_second for load, _ in loads] for contender, loads in rounds.items()}
    own = median(rates[PackitSLO])
    share = {contender: own / median(values) for contender, values in rates.items()}
    failures = {contender: sum(load.failures for load, _ in loads) for contender, loads in rounds.items()}
    lost = sum(max(0, acknowledged - held) for acknowledged, held, _ in journals)
    lines = [
        [contender.name, contender.does, spread(rates[contender]), ratio(1 / share[contender]),
         spread([load.cpu_microseconds for load, _ in loads], 1),
         spread([load.latency_ms["p50"] for load, _ in loads], 2),
         f"{median([peak for _, peak in loads]):,.0f}", failures[contender]]
        for contender, loads in rounds.items()
    ]
    section.tables.append(Table(
        "Receivers side by side",
        ["receiver", "does", "requests/s", "× packit-slo", "CPU each, µs", "p50, ms", "MB at most", "refused"], lines,
        f"A signed `pull_request` of 23,700 bytes, each time as another delivery, from wrk (1 thread, 32 connections) "
        f"on the same cores; medians of {len(journals)} rounds in turns of {run.seconds} s (least–most), each on a "
        "fresh server."))
    section.rows += [
        Row("durable deliveries a second, to nginx", f"{ratio(share[Nginx])} ({own:,.0f}/s)", "0.5",
            share[Nginx] >= 0.5),
        Row("… to a bare Hummingbird route", ratio(share[BareHummingbird]), "1", share[BareHummingbird] >= 1),
        Row("… to adnanh/webhook", ratio(share[Webhook]), "10", share[Webhook] >= 10),
        Row("… to Flask with gunicorn", ratio(share[Flask]), "7", share[Flask] >= 7),
        Row("acknowledged and not in the journal", f"{lost} of {sum(a for a, _, _ in journals):,}", "0", lost == 0),
        Row("other answers than 202", str(failures[PackitSLO]), "0", failures[PackitSLO] == 0),
        Row("memory at peak load", f"{median([peak for _, peak in rounds[PackitSLO]]):,.0f} MB", "120 MB",
            median([peak for _, peak in rounds[PackitSLO]]) <= 120),
        Row("bytes of database per delivery of 23.7 KB, all told",
            f"{median([size / held for _, held, size in journals]):,.0f}"),
        Row("… and bytes sent to the disk for it, log and database",
            f"{median([load.written_bytes / load.answers for load, _ in rounds[PackitSLO]]):,.0f}"),
    ]
    run.cpu_microseconds = median([load.cpu_microseconds for load, _ in rounds[PackitSLO]])
    section.figures = {
        "per_second": {contender.name: values for contender, values in rates.items()},
        "cpu_microseconds": {c.name: [load.cpu_microseconds for load, _ in loads] for c, loads in rounds.items()},
        "journals": journals,
    }
    return section


def changes(run) -> Section:
    """Every delivery a change of its own, which the receivers above need not be told apart by."""
    rates = {PackitSLO: [], Nginx: []}
    for number in range(run.rounds):
        for contender in (PackitSLO, Nginx):
            run.say(f"changes, round {number + 1} of {run.rounds}: {contender.name}")
            with contender() as server:
                measured = load(
                    server, run.bodies / "any_pull_request.json", number + 1, warmup=WARM_UP_SECONDS,
                    seconds=run.seconds)
                rates[contender].append(measured)
    own = [load.per_second for load in rates[PackitSLO]]
    others = [load.per_second for load in rates[Nginx]]
    run.peak = median(own)
    section = Section("changes", figures={"packit-slo": own, "nginx": others})
    section.rows.append(Row(
        "… when every delivery is a change of its own, to nginx",
        f"{ratio(median(own) / median(others))} ({spread(own)}/s, "
        f"{each(rates[PackitSLO])})" + refused(rates[PackitSLO])))
    return section


def each(loads: list) -> str:
    """What one delivery costs the server."""
    return (f"{median([load.cpu_microseconds for load in loads]):.0f} µs of CPU and "
            f"{median([load.written_kilobytes for load in loads]):.0f} KB written each")


def small(run) -> Section:
    """Copr's messages, each of another build."""
    loads = []
    for number in range(run.rounds):
        run.say(f"small, round {number + 1} of {run.rounds}")
        with PackitSLO() as server:
            loads.append(load(
                server, run.bodies / "any_copr.json", number + 1, event="copr", warmup=WARM_UP_SECONDS,
                seconds=run.seconds, connections=SMALL_CONNECTIONS))
    rates = [load.per_second for load in loads]
    section = Section("small", figures={"per_second": rates})
    section.rows.append(Row(
        f"Copr messages of {(run.bodies / 'any_copr.json').stat().st_size} bytes a second, each of another build and "
        f"project, {SMALL_CONNECTIONS} connections",
        f"{spread(rates)}; {each(loads)}" + refused(loads),
        "30,000", median(rates) >= 30_000))
    return section
