#!/usr/bin/env python3
"""Measures packit-slo and alternatives. scripts/bench builds everything and starts it."""

import argparse
import signal
import sys
import time
from pathlib import Path

import bodies
import cluster
import latency
import machine
import memory
import million
import parts
import piles
import report
import throughput
from servers import ROOT

PARTS = {
    "receivers": (throughput.receivers, "deliveries per second, compared with nginx, a bare route, webhook and Flask"),
    "changes": (throughput.changes, "the same, each delivery with a new change"),
    "steps": (parts.steps, "time and allocations of single steps; codecs; commits"),
    "latency": (latency.latency, "response times at half of the peak load"),
    "small": (throughput.small, "Copr's messages of some 300 bytes"),
    "piles": (piles.piles, "a delivery's CPU time with 10 to 10,000 facts, checks, pushes, … of its kind"),
    "deadlines": (parts.deadlines, "arming and dropping among a million deadlines"),
    "million": (million.million, "a million open changes: memory, lateness, start"),
    "scrape": (million.scrape, "/metrics with an empty and a large journal"),
    "replay": (parts.replay, "recordings of growing size"),
    "idle": (memory.idle, "memory of an idle server"),
    "cluster": (cluster.cluster, "one to three nodes on PostgreSQL, and what a hand-over takes"),
    "pruning": (latency.pruning, "commits while bodies are deleted"),
    "soak": (memory.soak, "memory over time at half of the peak load"),
}


class Run:
    """How much of everything is measured, and what one part found out for the next."""

    def __init__(self, options):
        quick = options.quick
        self.folder = ROOT / "Benchmarks" / ".build" / "scratch"
        self.bodies = self.folder / "bodies"
        self.rounds = options.rounds
        self.seconds = options.seconds or (2 if quick else 10)
        self.step_milliseconds = 20 if quick else 200
        self.observations = 20_000 if quick else 200_000
        self.open_changes = 100_000 if quick else 1_000_000
        self.open_runs = 10_000 if quick else 100_000
        self.armed_deadlines = 1_000_000
        self.fire_seconds = 5 if quick else 30
        self.journal_entries = 10_000_000 if options.full else 100_000 if quick else 1_000_000
        self.replays = [10_000, 100_000] if quick else [100_000, 1_000_000]
        if options.full:
            self.replays.append(10_000_000)
        self.soak_minutes = options.soak if options.soak is not None else 0 if quick else 10
        #: Changes a second at the most.
        self.peak = None
        #: The server's time per delivery.
        self.cpu_microseconds = None
        self.began = time.monotonic()

    def say(self, text: str) -> None:
        seconds = int(time.monotonic() - self.began)
        print(f"{seconds // 60:3}:{seconds % 60:02}  {text}", file=sys.stderr, flush=True)


    def recall(self, sections: dict) -> None:
        """Takes from what was measured earlier what other parts relate to."""
        if "receivers" in sections:
            self.cpu_microseconds = report.median(sections["receivers"].figures["cpu_microseconds"]["packit-slo"])
        if "changes" in sections:
            self.peak = report.median(sections["changes"].figures["packit-slo"])


def in_order(sections: dict) -> list:
    return [sections[name] for name in PARTS if name in sections]


def arguments():
    listed = "\n".join(f"  {name:10} {text}" for name, (_, text) in PARTS.items())
    parser = argparse.ArgumentParser(
        prog="scripts/bench", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Measures packit-slo and alternatives on this machine.",
        epilog=f"parts:\n{listed}\n\nexample: scripts/bench --quick --only receivers --only steps")
    parser.add_argument("--quick", action="store_true", help="a shorter run of about ten minutes")
    parser.add_argument("--full", action="store_true", help="ten million entries in journal and replay")
    parser.add_argument("--only", action="append", choices=PARTS, metavar="PART", help="one part; may be repeated")
    parser.add_argument("--rounds", type=int, default=5, help="number of rounds (5)")
    parser.add_argument("--seconds", type=float, help="duration of load in each round (10, or 2 with --quick)")
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="duration of the soak (10, or 0 with --quick)")
    parser.add_argument("--add", action="store_true", help="keep the results of other parts")
    parser.add_argument("--json", type=Path, default=ROOT / "Benchmarks" / "results.json", help="file for the results")
    parser.add_argument(
        "--markdown", type=Path, default=ROOT / "Benchmarks" / "results.md", help="file for the table")
    parser.add_argument("--page", type=Path, help="a page whose table is replaced as well (docs/performance.md)")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    # So that no server outlives whoever is told to stop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    run = Run(options)
    bodies.write(run.bodies)
    described = machine.describe(run.folder)
    work = machine.Work()
    sections = report.read_json(options.json) if options.add else {}
    run.recall(sections)
    for name, (measure, _) in PARTS.items():
        if options.only and name not in options.only:
            continue
        sections[name] = measure(run)
        described["stolen"] = f"{work.shares()['stolen']:.0f} %"
        # Written after each part, so that what was measured is not lost with what comes after it.
        report.write_json(options.json, described, in_order(sections))
    text = report.as_markdown(described, in_order(sections))
    options.markdown.write_text(text)
    if options.page:
        report.put_between_markers(options.page, text)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
