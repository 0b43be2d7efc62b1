"""The result as Markdown and as JSON."""

import json
import statistics
from pathlib import Path

MIB = 1 << 20


def figure(value):
    """Three significant digits, no exponent."""
    return f"{value:.0f}" if value >= 1000 else f"{value:.3g}"


def spread(samples):
    return f"{figure(statistics.median(samples))} ({figure(min(samples))}–{figure(max(samples))})"


def ratio(match):
    return f"**{match.ratio:.2f}** ({min(match.turn_ratios):.2f}–{max(match.turn_ratios):.2f})"


def rows(header, lines):
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [header, ["---"] * len(header), *lines])


def markdown(facts, matches, starts, failures):
    """Facts as a list, one row per match, one row per start, and what could not be measured."""
    parts = ["\n".join(f"- {name}: {value}" for name, value in facts.items())]
    if matches:
        parts.append(rows(
            ["model", "test", "Kalsae, tokens/s", "llama.cpp, tokens/s", "ratio (by turn)", "llama.cpp's setting"],
            [[match.model, match.test, spread(match.ours), spread(match.theirs), ratio(match), match.peer_setting]
             for match in matches]))
    if starts:
        parts.append(rows(
            ["model", "Kalsae cold, s", "llama.cpp cold, s", "Kalsae warm, s", "llama.cpp warm, s", "Kalsae peak, MiB",
             "llama.cpp peak, MiB"],
            [[start.model, figure(start.our_cold), figure(start.their_cold), spread(start.our_warm),
              spread(start.their_warm), figure(start.our_peak_bytes / MIB), figure(start.their_peak_bytes / MIB)]
             for start in starts]))
    if failures:
        parts.append("Not measured:\n\n" + "\n".join(f"- {failure}" for failure in failures))
    return "\n\n".join(parts) + "\n"


def as_json(facts, matches, starts, failures):
    return json.dumps({
        "facts": facts,
        "matches": [{**vars(match), "ratio": match.ratio, "turn_ratios": match.turn_ratios} for match in matches],
        "starts": [vars(start) for start in starts],
        "failures": failures,
    }, ensure_ascii=False, indent=1) + "\n"


def write(path, facts, matches, starts, failures):
    """JSON where the name ends in .json, else Markdown."""
    make = as_json if Path(path).suffix == ".json" else markdown
    Path(path).write_text(make(facts, matches, starts, failures), encoding="utf-8")
