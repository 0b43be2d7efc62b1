"""Two contestants on one file and one test, taking turns; and how fast each of them starts."""

import dataclasses
import os
import statistics
import tempfile
from pathlib import Path

from contestant import Failure, Test

HALF_OFF = ("GGML_VK_DISABLE_F16", "1")
# Rounds that decide between llama.cpp's two settings.
TRIAL_ROUNDS = 2
START = Test(128, 0)
START_OPTIONS = ("--no-warmup",)
# Where drivers keep compiled shaders: Mesa, NVIDIA, and programs that keep the desktop's rules.
SHADER_CACHES = ("MESA_SHADER_CACHE_DIR", "__GL_SHADER_DISK_CACHE_PATH", "XDG_CACHE_HOME")


def take_turns(contestants, rounds, measure):
    """What `measure` gives per contestant and round; the machine's moods then meet all of them alike."""
    results = [[] for _ in contestants]
    for _ in range(rounds):
        for contestant, result in zip(contestants, results):
            result.append(measure(contestant))
    return results


@dataclasses.dataclass
class Match:
    """Tokens per second of both, one sample per turn, with llama.cpp at the better of its two settings."""

    model: str
    test: str
    peer_setting: str
    ours: list
    theirs: list
    our_row: dict
    their_row: dict

    @property
    def ratio(self):
        """Our median by theirs."""
        return statistics.median(self.ours) / statistics.median(self.theirs)

    @property
    def turn_ratios(self):
        return [ours / theirs for ours, theirs in zip(self.ours, self.theirs)]


def play(ours, peer, model, test, rounds, say):
    """One match of `rounds` turns each; before it every shader is compiled and llama.cpp's faster setting is found."""
    settings = [peer, peer.with_environment(HALF_OFF)]
    first = [contestant.run(model, test) for contestant in (ours, *settings)]
    check_device(first[0].row, first[1].row)
    peer = faster(settings, model, test, say)
    our_runs, their_runs = take_turns([ours, peer], rounds, lambda contestant: contestant.run(model, test))
    return Match(Path(model).stem, test.name, setting_name(peer), [run.rate for run in our_runs],
                 [run.rate for run in their_runs], our_runs[-1].row, their_runs[-1].row)


def faster(settings, model, test, say):
    """llama.cpp with or without 16-bit arithmetic."""
    trials = take_turns(settings, TRIAL_ROUNDS, lambda contestant: contestant.run(model, test).rate)
    speeds = [statistics.median(trial) for trial in trials]
    say(f"llama-bench: {speeds[0]:.4g} tokens/s as it is, {speeds[1]:.4g} with {HALF_OFF[0]}=1")
    return settings[speeds.index(max(speeds))]


def setting_name(peer):
    return f"{HALF_OFF[0]}=1" if HALF_OFF in peer.environment else "default"


def check_device(our_row, their_row):
    names = [row.get("gpu_info", "") for row in (our_row, their_row)]
    if not names[1]:
        raise Failure("llama-bench found no Vulkan device; is it built with GGML_VULKAN=ON? (--list-devices)")
    if names[0] and names[0] != names[1]:
        raise Failure(f"the programs ran on different devices, {names[0]} and {names[1]}; choose one with --device")


@dataclasses.dataclass
class Start:
    """Seconds from a process's start to its end, and its memory: file, shaders, first logits, no warm-up."""

    model: str
    our_cold: float
    their_cold: float
    our_warm: list
    their_warm: list
    our_peak_bytes: int
    their_peak_bytes: int


def start_up(ours, peer, model, rounds, say):
    """Cold is one run with empty shader caches; warm are `rounds` turns with full ones."""
    say(f"start of {Path(model).stem}, cold")
    cold = [cold_run(contestant, model).seconds for contestant in (ours, peer)]
    say(f"start of {Path(model).stem}, warm")
    for contestant in (ours, peer):
        contestant.run(model, START, *START_OPTIONS)
    warm = take_turns([ours, peer], rounds, lambda contestant: contestant.run(model, START, *START_OPTIONS))
    seconds = [[run.seconds for run in runs] for runs in warm]
    peaks = [max(run.peak_bytes for run in runs) for runs in warm]
    return Start(Path(model).stem, *cold, *seconds, *peaks)


def cold_run(contestant, model):
    with tempfile.TemporaryDirectory(prefix="kalsae-bench.") as empty:
        settings = [(name, os.path.join(empty, name)) for name in SHADER_CACHES]
        for _, folder in settings:
            os.mkdir(folder)
        return contestant.with_environment(*settings).run(model, START, *START_OPTIONS)
