#!/usr/bin/env python3
"""Tests of tools/bench/peers: python3 tools/bench/test_peers.py. The programs that it measures are one small fake."""

import contextlib
import importlib.machinery
import importlib.util
import io
import json
import os
import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

import table
from contestant import Contestant, Failure, Test
from match import SHADER_CACHES, Match, play, start_up
from model_files import ModelFiles

HERE = Path(__file__).resolve().parent


def load_peers():
    loader = importlib.machinery.SourceFileLoader("peers", str(HERE / "peers"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("peers", loader))
    loader.exec_module(module)
    return module


# Takes llama-bench's options and writes down who was called; FAKE says how it misbehaves.
FAKE = textwrap.dedent("""\
    #!{python}
    import json, os, sys, time
    words, name = sys.argv[1:], {name!r}
    with open({log!r}, "a") as log:
        caches = [os.environ.get(variable) for variable in {caches!r}]
        empty = all(path and os.listdir(path) == [] for path in caches)
        log.write(json.dumps([name, words, os.environ.get("GGML_VK_DISABLE_F16"), empty, caches]) + chr(10))
    if words == ["--version"]:
        print("found 1 device\\nversion: 7 (fake)\\nbuilt for tests", file=sys.stderr)
        sys.exit(0)
    if words == ["devices", "--json"]:
        device = dict(index=3, name="Card", driver="drv 1", vulkan_version="1.4")
        print(json.dumps(dict(chosen=3, devices=[device])))
        sys.exit(0)
    def value(option):
        return words[words.index(option) + 1] if option in words else None
    if "broken" in value("--model"):
        print("one\\ntwo\\nthree\\nmodel is broken", file=sys.stderr)
        sys.exit(9)
    manner = os.environ.get("FAKE", "")
    if manner == "killed": os.kill(os.getpid(), 9)
    if manner == "slow": time.sleep(60)
    if manner == "text": print("no json"); sys.exit(0)
    ballast = b"x" * (64 << 20) if manner == "heavy" else b""
    speed = {speed} * (2 if os.environ.get("GGML_VK_DISABLE_F16") else 1)
    samples = dict(two=[speed, speed], zero=[0], nan=[float("nan")]).get(manner, [speed])
    row = dict(n_prompt=int(value("-p")), n_gen=int(value("-n")), n_depth=int(value("-d") or 0), samples_ts=samples)
    row["gpu_info"] = os.environ.get("FAKE_GPU", "Card")
    print(json.dumps([] if manner == "none" else [row]))
    """)


class PeersTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="kalsae-peers.")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.log = self.folder / "log"
        self.ours = Contestant("kalsae", (self.fake("kalsae", 30), "bench", "model"))
        self.peer = Contestant("llama-bench", (self.fake("llama-bench", 10),))

    def fake(self, name, speed):
        path = self.folder / name
        path.write_text(FAKE.format(
            python=sys.executable, name=name, log=str(self.log), speed=speed, caches=SHADER_CACHES))
        path.chmod(0o755)
        return str(path)

    def calls(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def failure(self, contestant, model="file"):
        with self.assertRaises(Failure) as caught:
            contestant.run(model, Test(8, 0))
        return str(caught.exception)

    def manner(self, word):
        return self.peer.with_environment(("FAKE", word))

    def test_names_of_tests(self):
        for text, test in [("pp128", Test(128, 0)), ("tg1", Test(0, 1)), ("tg32@d512", Test(0, 32, 512))]:
            self.assertEqual(Test.parse(text), test)
            self.assertEqual(test.name, text)
        for text in ["", "pp0", "pp", "128", "tg32@512", "pp-1", "xx8"]:
            with self.assertRaises(ValueError, msg=text):
                Test.parse(text)

    def test_command_has_every_option(self):
        line = self.peer.with_environment(("A", "1")).line("file", Test(0, 32, 512), "--no-warmup")
        self.assertEqual(line.split()[0], "A=1")
        self.assertEqual(line.split()[2:], "--model file -p 0 -n 32 -d 512 -r 1 -o json --no-warmup".split())

    def test_match_takes_turns_at_the_better_setting(self):
        match = play(self.ours, self.peer, "file", Test(8, 0), 3, lambda text: None)
        self.assertEqual((match.ours, match.theirs, match.ratio), ([30] * 3, [20] * 3, 1.5))
        self.assertEqual(match.peer_setting, "GGML_VK_DISABLE_F16=1")
        order = [(name, half_off) for name, _, half_off, _, _ in self.calls()]
        default, off, ours = ("llama-bench", None), ("llama-bench", "1"), ("kalsae", None)
        self.assertEqual(order, [ours, default, off] + [default, off] * 2 + [ours, off] * 3)

    def test_ratio_is_of_medians_and_by_turn(self):
        match = Match("m", "pp8", "default", [1, 2, 9], [4, 1, 3], {}, {})
        self.assertAlmostEqual(match.ratio, 2 / 3)
        self.assertEqual(match.turn_ratios, [0.25, 2, 3])
        row = table.markdown({}, [match], [], []).splitlines()[-1]
        self.assertEqual(row, "| m | pp8 | 2 (1–9) | 3 (1–4) | **0.67** (0.25–3.00) | default |")

    def test_start_is_cold_once_and_then_warm(self):
        start = start_up(self.ours, self.peer.with_environment(("FAKE", "heavy")), "file", 2, lambda text: None)
        calls = self.calls()
        self.assertEqual([empty for *_, empty, _ in calls], [True] * 2 + [False] * 6)
        self.assertTrue(all("--no-warmup" in words for _, words, *_ in calls))
        folders = [path for *_, caches in calls[:2] for path in caches]
        self.assertEqual(len(set(folders)), len(folders))
        self.assertFalse(any(os.path.exists(path) for path in folders))
        self.assertEqual((len(start.our_warm), len(start.their_warm)), (2, 2))
        self.assertGreater(start.their_peak_bytes - start.our_peak_bytes, 40 << 20)

    def test_failures_are_one_sentence_with_the_tail(self):
        said = self.failure(self.peer, "broken")
        self.assertIn("ended with code 9: two | three | model is broken", said)
        self.assertNotIn("\n", said)
        self.assertIn("ended by signal 9 (standard error is empty)", self.failure(self.manner("killed")))
        self.assertIn("standard output is no JSON: no json", self.failure(self.manner("text")))
        self.assertIn("0 rows", self.failure(self.manner("none")))
        self.assertIn("cannot start /nowhere", self.failure(Contestant("gone", ("/nowhere",))))
        slow = Contestant("slow", self.peer.program, (("FAKE", "slow"),), timeout=0.5)
        self.assertIn("took longer than 0.5 s", self.failure(slow))
        for word in ["two", "zero", "nan"]:
            self.assertIn("samples_ts is", self.failure(self.manner(word)))

    def test_other_device_or_none_is_refused(self):
        for name, text in [("Other", "different devices, Card and Other"), ("", "found no Vulkan device")]:
            peer = self.peer.with_environment(("FAKE_GPU", name))
            with self.assertRaisesRegex(Failure, text):
                play(self.ours, peer, "file", Test(8, 0), 1, lambda text: None)

    def test_missing_file_says_what_to_install(self):
        files = ModelFiles(self.folder, "/bin/false", 10)
        with self.assertRaisesRegex(Failure, "exaone-tiny-f16.gguf is missing.*pip install gguf.*--python"):
            files.ensure("tiny", "f16", lambda text: None)

    def test_file_has_its_name_only_when_whole(self):
        # Stands for Python: it agrees that gguf is there, writes what it was asked for, and fails for q8_0.
        maker = self.folder / "python"
        maker.write_text('#!/bin/sh\n[ "$1" = -c ] && exit 0\necho whole > "$2"\n[ "$6" != q8_0 ]\n')
        maker.chmod(0o755)
        files = ModelFiles(self.folder / "new", str(maker), 10)
        path = files.ensure("tiny", "f16", lambda text: None)
        self.assertEqual((path.name, path.read_text()), ("exaone-tiny-f16.gguf", "whole\n"))
        with self.assertRaisesRegex(Failure, "make_gguf.py.*ended with code 1"):
            files.ensure("tiny", "q8_0", lambda text: None)
        self.assertFalse(files.path("tiny", "q8_0").exists())

    def peers(self, *words):
        for form in ("f16", "broken"):
            (self.folder / f"exaone-tiny-{form}.gguf").touch()
        given = ["--llama-bench", self.peer.program[0], "--kalsae", self.ours.program[0], "--models", str(self.folder),
                 "--tests", "tg4", "--repetitions", "2", *words]
        output = io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(io.StringIO()):
            return load_peers().main(given), output.getvalue()

    def test_one_failure_leaves_the_rest(self):
        report = self.folder / "report.json"
        code, text = self.peers("--formats", "broken,f16", "--output", str(report))
        self.assertEqual(code, 1)
        self.assertIn("| exaone-tiny-f16 | tg4 | 30 (30–30) | 20 (20–20) | **1.50** (1.50–1.50) |", text)
        self.assertIn("Not measured:\n\n- kalsae:", text)
        for fact in ["- device: Card", "- driver: drv 1", "- llama.cpp: 7 (fake)\n"]:
            self.assertIn(fact, text)
        self.assertEqual(json.loads(report.read_text())["matches"][0]["ratio"], 1.5)
        self.assertEqual(self.peers("--formats", "f16")[0], 0)

    def test_dry_run_measures_nothing(self):
        code, text = self.peers("--formats", "f16,q8_0", "--dry-run", "--start")
        self.assertEqual((code, len(self.calls())), (0, 2))
        lines = text.splitlines()
        self.assertIn("make_gguf.py", lines[5])
        self.assertEqual(sum("GGML_VK_VISIBLE_DEVICES=3 GGML_VK_DISABLE_F16=1" in line for line in lines), 2)
        self.assertEqual(sum("KALSAE_DEVICE=3" in line for line in lines), 4)


if __name__ == "__main__":
    unittest.main()
