"""What a measurement is worth nothing without: device, driver, machine, both programs' versions, date."""

import datetime
import os
import platform
import subprocess
from pathlib import Path


def processor():
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return f"{line.split(':', 1)[1].strip()}, {os.cpu_count()} logical cores"
    return f"{platform.machine()}, {os.cpu_count()} logical cores"


def commit_of(program):
    """The commit of the tree that a program was built in, and whether that tree has changes since."""
    folder = str(Path(program).resolve().parent)

    def git(*words):
        return subprocess.run(["git", "-C", folder, *words], capture_output=True, text=True)

    commit = git("rev-parse", "HEAD")
    if commit.returncode != 0:
        return "built outside a git tree"
    return commit.stdout.strip() + (" with changes" if git("status", "--porcelain").stdout.strip() else "")


def collect(device, program, peer_version, repetitions):
    """By name, in the order of the report; taken before measuring, so that the load is that of others."""
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "device": device["name"],
        "driver": f"{device['driver']} (Vulkan {device['vulkan_version']})",
        "processor": processor(),
        "system": f"{platform.system()} {platform.release()}, load {os.getloadavg()[0]:.2f} before the first run",
        "Kalsae": commit_of(program),
        "llama.cpp": peer_version,
        "samples": f"{repetitions} per cell, in turns: median (lowest–highest)",
    }
