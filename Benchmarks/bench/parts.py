"""The steps of a delivery one by one, deadlines by the million, and replay."""

import json
import math
import os
import subprocess
import time
from pathlib import Path

from report import Row, Section, Table, median, spread
from servers import BUILT, ROOT


DELIVERIES_A_DAY = 33_333


def printed(*command) -> list:
    return json.loads(subprocess.run(
        [str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True).stdout)


def steps(run) -> Section:
    run.say("steps")
    figures = printed(
        BUILT / "micro", "steps", "--bodies", run.bodies, "--rounds", run.rounds, "--milliseconds",
        run.step_milliseconds, "--observations", run.observations)
    section = Section("steps", figures={"steps": figures})
    by_name = {figure["name"]: figure for figure in figures}
    hmac = by_name["OpenSSL's HMAC-SHA256, 23.7 KB"]["nanoseconds"]
    section.tables.append(Table(
        "Steps, each alone",
        ["step", "µs", "× HMAC", "allocations", "bytes out"],
        [[figure["name"],
          f"{figure['nanoseconds'] / 1000:.2f} ({figure['least'] / 1000:.2f}–{figure['most'] / 1000:.2f})",
          f"{figure['nanoseconds'] / hmac:.2f}", f"{figure['allocations']:.1f}", figure.get("outputBytes", "")]
         for figure in figures],
        f"The processor's time on one thread; medians of {run.rounds} rounds in turns (least–most)."))
    decoding = by_name["decode pull_request, 23.7 KB"]["nanoseconds"] / hmac
    section.rows.append(Row(
        "decoding alone, to OpenSSL's HMAC of the same body", f"{decoding:.2f}", "0.5", decoding <= 0.5))
    if run.cpu_microseconds is not None:
        share = run.cpu_microseconds * 1000 / hmac
        section.rows.append(Row(
            "CPU time per durable delivery, to OpenSSL's HMAC of the same body",
            f"{share:.1f} ({run.cpu_microseconds:.0f} µs to {hmac / 1000:.1f} µs)", "5", share <= 5))
    section.tables.append(commits(run, section))
    if run.cpu_microseconds is not None: section.rows.append(many_objectives(run, section))
    return section


def many_objectives(run, section: Section) -> Row:
    """What a hundred objectives add to deciding and storing, in proportion to all that a delivery costs."""
    figures = section.figures["steps"] + section.figures["commits"]
    added = sum(
        figure["nanoseconds"] * (1 if figure["name"].endswith(", 100 objectives") else -1) for figure in figures
        if figure["name"].endswith((", 3 objectives", ", 100 objectives")))
    ratio = 1 + added / 1000 / run.cpu_microseconds
    return Row(
        "CPU time per durable delivery under 100 objectives, to 3", f"{ratio:.2f} ({added / 1000:.1f} µs more)", "1.1",
        ratio <= 1.1)


def commits(run, section: Section) -> Table:
    run.say("steps: commits")
    figures = printed(
        BUILT / "micro", "commits", "--bodies", run.bodies, "--rounds", run.rounds, "--deliveries",
        run.observations // 10)
    section.figures["commits"] = figures
    return Table(
        "To the disk", ["step", "µs each"],
        [[figure["name"], f"{figure['nanoseconds'] / 1000:.1f} "
          f"({figure['least'] / 1000:.1f}–{figure['most'] / 1000:.1f})"] for figure in figures],
        "The processor's time on one thread for each delivery: its journal entry, body, identity and changed rows of "
        "state in the database; and the same bytes in a log alone.")


def deadlines(run) -> Section:
    run.say("deadlines")
    figures = printed(BUILT / "micro", "deadlines", "--rounds", run.rounds, "--to", run.armed_deadlines)
    section = Section("deadlines", figures={"deadlines": figures})
    section.tables.append(Table(
        "Deadlines", ["armed", "arm, ns", "arm again, ns", "take when due, ns", "bytes each", "allocations each"],
        [[f"{figure['armed']:,}", *(f"{figure[key]:,.0f}" for key in (
            "nanosecondsToArm", "nanosecondsToArmAgain", "nanosecondsToTake", "bytesEach")),
          f"{figure['allocationsEach']:.3f}"] for figure in figures],
        "The queue alone, without the changes that the deadlines are of."))
    least, most = figures[0], figures[-1]
    logarithm = math.log(most["armed"]) / math.log(least["armed"])
    growth = (most["nanosecondsToArm"] + most["nanosecondsToTake"]) / (
        least["nanosecondsToArm"] + least["nanosecondsToTake"])
    section.rows.append(Row(
        f"arming and dropping a deadline among {most['armed']:,}, to {least['armed']:,}",
        f"{growth:.1f}; a logarithm alone would be {logarithm:.1f}, the rest is caches", "O(log n)"))
    return section


def replay(run) -> Section:
    section = Section("replay")
    recordings = {size: recording_of(run, size) for size in run.replays}
    per_second = {size: [] for size in run.replays}
    peaks = {size: [] for size in run.replays}
    counts = {}
    # In turns, so that whatever else the machine does meets each of them.
    for number in range(run.rounds):
        for size, recording in recordings.items():
            run.say(f"replay of {size:,}, round {number + 1} of {run.rounds}")
            seconds, megabytes, counts[size] = replayed(recording)
            per_second[size].append(counts[size] / seconds)
            peaks[size].append(megabytes)
    lines = [
        [f"{counts[size]:,}", f"{recordings[size].stat().st_size / 1e6:,.0f}", spread(times),
         f"{1e6 / median(times):.1f}", f"{median(peaks[size]):,.0f}"]
        for size, times in per_second.items()]
    section.figures = {"per_second": {str(size): values for size, values in per_second.items()}}
    section.tables.append(Table(
        "Replay", ["deliveries", "MB of recording", "deliveries/s", "µs each", "MB at most"], lines,
        f"Made-up days of everything that GitHub, Copr and Testing Farm send, {DELIVERIES_A_DAY:,} deliveries in each: "
        "a longer recording is of more days. Bodies of pull requests have 23.7 KB."))
    sizes = list(per_second)
    last = median(per_second[sizes[-1]])
    section.rows.append(Row(
        f"replayed deliveries a second, of {sizes[-1]:,}", spread(per_second[sizes[-1]]), "30,000", last >= 30_000))
    if len(sizes) > 1:
        growth = median(per_second[sizes[0]]) / last
        section.rows.append(Row(
            f"… time of each, to that of {sizes[0]:,}", f"{growth:.2f}", "flat", growth <= 1.1))
    return section


def recording_of(run, size: int) -> Path:
    path = run.folder / f"days-{size}.jsonl"
    if not path.exists():
        run.say(f"writing a recording of {size:,}")
        partial = path.with_suffix(".partial")
        with open(partial, "wb") as file:
            subprocess.run(
                [ROOT / ".build" / "release" / "simulate", "record", "--deliveries", str(size), "--days",
                 str(max(1, size // DELIVERIES_A_DAY)), "--pull-request-bytes", "23700"], check=True, stdout=file)
        partial.rename(path)
    return path


def replayed(recording: Path) -> tuple:
    """Seconds, most resident megabytes, deliveries."""
    program = ROOT / ".build" / "release" / "packit-slo"
    began = time.monotonic()
    process = subprocess.Popen([program, "replay", recording, "--format", "json"], stdout=subprocess.PIPE)
    with process.stdout:
        summary = json.loads(process.stdout.read())
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"replay ended with {process.returncode}")
    return seconds, usage.ru_maxrss * 1024 / 1e6, summary["deliveries"]
