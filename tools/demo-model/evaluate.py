#!/usr/bin/env python3
"""Asks the runtime every question of evaluation.jsonl and counts the exact answers. Standard library only.

`evaluate.py --kalsae PATH` runs `PATH run --json --greedy --max-tokens N PROMPT` for each line and prints a table by
kind. Exit 0: at least --at-least per cent are exact; 1: fewer; 2: the runtime could not be run or failed.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent


def ask(arguments, prompt):
  """The text that the runtime answers; an explained exit 2 if it fails."""
  command = [arguments.kalsae, "run", "--json", "--greedy", "--max-tokens", str(arguments.max_tokens)]
  command += ["--model", arguments.model] if arguments.model else []
  command += ["--device", arguments.device] if arguments.device else []
  try:
    done = subprocess.run([*command, "--", prompt], capture_output=True, timeout=arguments.timeout)
  except (OSError, subprocess.TimeoutExpired) as error:
    stop(f"{' '.join(command)}: {error}")
  if done.returncode:
    stop(f"`kalsae run` ended with exit code {done.returncode} on {prompt!r}:\n{done.stderr.decode(errors='replace').strip()}")
  try:
    return json.loads(done.stdout)["text"]
  except (ValueError, KeyError, TypeError):
    stop(f"`kalsae run --json` printed no JSON object with a text on {prompt!r}: {done.stdout[:300]!r}")


def stop(message):
  print(message, file=sys.stderr)
  raise SystemExit(2)


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--kalsae", required=True, metavar="PATH", help="the kalsae program")
  parser.add_argument("--device", help="passed on to kalsae run")
  parser.add_argument("--model", help="passed on to kalsae run; without it: the demo model")
  parser.add_argument("--questions", type=Path, default=HERE / "evaluation.jsonl", metavar="FILE")
  parser.add_argument("--every", type=int, default=1, metavar="N", help="every Nth question only")
  parser.add_argument("--max-tokens", type=int, default=96, metavar="N")
  parser.add_argument("--timeout", type=float, default=120, metavar="SECONDS", help="for one question")
  parser.add_argument("--at-least", type=float, default=95, metavar="PERCENT")
  parser.add_argument("--show-wrong", action="store_true", help="print every question that was not answered exactly")
  arguments = parser.parse_args()
  lines = [json.loads(line) for line in arguments.questions.read_text(encoding="utf-8").splitlines()][:: arguments.every]
  right, asked = Counter(), Counter()
  for line in lines:
    given = ask(arguments, line["prompt"])
    asked[line["kind"]] += 1
    right[line["kind"]] += given == line["answer"]
    if arguments.show_wrong and given != line["answer"]:
      print(f"{line['prompt']!r}: right {line['answer']!r}, given {given!r}")
  for kind in asked:
    print(f"{kind:24} {right[kind]:4} of {asked[kind]:4}  {100 * right[kind] / asked[kind]:6.1f} %")
  share = 100 * right.total() / max(1, asked.total())
  print(f"{'all':24} {right.total():4} of {asked.total():4}  {share:6.1f} %  (wanted: {arguments.at_least:g} %)")
  return 0 if share >= arguments.at_least else 1


if __name__ == "__main__":
  raise SystemExit(main())
