"""Rows of figures, and the page they are put on."""

import json
import statistics
from dataclasses import asdict, dataclass, field
from pathlib import Path

BEGIN = "<!-- figures: written by scripts/bench -->"
END = "<!-- end of the figures -->"


@dataclass
class Row:
    """One line of the table of targets."""

    measured: str
    result: str
    target: str = ""
    #: `None` where no target was set or nothing says whether it is met.
    met: bool | None = None


@dataclass
class Table:
    """Figures in detail, behind a row."""

    title: str
    columns: list
    lines: list
    note: str = ""


@dataclass
class Section:
    name: str
    rows: list = field(default_factory=list)
    tables: list = field(default_factory=list)
    #: Everything that was measured, round by round.
    figures: dict = field(default_factory=dict)


def median(values) -> float:
    return statistics.median(values)


def spread(values, digits: int = 0) -> str:
    """The median and, in brackets, the least and the most."""
    low, middle, high = (f"{value:,.{digits}f}" for value in (min(values), median(values), max(values)))
    return f"{middle} ({low}–{high})"


def ratio(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def as_markdown(machine: dict, sections: list) -> str:
    lines = [
        f"Measured on {machine['processor']}, {machine['cores']} cores, {machine['memory']}, "
        f"Linux {machine['kernel']}; disk: {machine['disk']}. Other work just before: {machine['other_work']}. "
        f"Of the cores' time the host gave {machine['stolen']} to other machines meanwhile.",
        "Versions: " + "; ".join(f"{name} {value}" for name, value in machine["versions"].items()) + ".",
        "", "| measured | result | target | met |", "|---|---|---|---|",
    ]
    for section in sections:
        for row in section.rows:
            met = {True: "yes", False: "**no**", None: ""}[row.met]
            lines.append(f"| {row.measured} | {row.result} | {row.target} | {met} |")
    for section in sections:
        for table in section.tables:
            lines += ["", f"### {table.title}", ""]
            lines += ["| " + " | ".join(table.columns) + " |", "|" + "---|" * len(table.columns)]
            lines += ["| " + " | ".join(map(str, line)) + " |" for line in table.lines]
            if table.note:
                lines += ["", table.note]
    return "\n".join(lines) + "\n"


def read_json(path: Path) -> dict:
    """The sections of an earlier run, by their names."""
    if not path.exists():
        return {}
    return {
        section["name"]: Section(
            section["name"], [Row(**row) for row in section["rows"]], [Table(**table) for table in section["tables"]],
            section["figures"])
        for section in json.loads(path.read_text())["sections"]
    }


def write_json(path: Path, machine: dict, sections: list) -> None:
    path.write_text(json.dumps(
        {"machine": machine, "sections": [asdict(section) for section in sections]},
        indent=1, ensure_ascii=False) + "\n")


def put_between_markers(page: Path, text: str) -> None:
    before, begin, rest = page.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise RuntimeError(f"{page} lacks the lines {BEGIN} and {END}")
    page.write_text(before + BEGIN + "\n\n" + text + "\n" + END + after)
