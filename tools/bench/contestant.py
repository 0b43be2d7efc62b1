"""A program that is measured: its command for one test, and one run of it with time, memory and samples."""

import dataclasses
import json
import os
import re
import subprocess
import tempfile
import threading
import time


class Failure(Exception):
    """One sentence for the user: what failed, where, and what its standard error said last."""


@dataclasses.dataclass(frozen=True)
class Test:
    """So many prompt tokens or generated tokens behind `depth` tokens of context, named as llama-bench names it."""

    prompt: int
    generated: int
    depth: int = 0

    @classmethod
    def parse(cls, text):
        match = re.fullmatch(r"(pp|tg)([1-9]\d{0,5})(?:@d(\d{1,6}))?", text)
        if not match:
            raise ValueError(f"no test {text!r}; write pp128 (a prompt), tg128 (an answer) or tg128@d512 (at a depth)")
        count, depth = int(match[2]), int(match[3] or 0)
        return cls(count, 0, depth) if match[1] == "pp" else cls(0, count, depth)

    @property
    def name(self):
        kind = f"pp{self.prompt}" if self.prompt else f"tg{self.generated}"
        return kind + (f"@d{self.depth}" if self.depth else "")

    @property
    def options(self):
        depth = ["-d", str(self.depth)] if self.depth else []
        return ["-p", str(self.prompt), "-n", str(self.generated), *depth]

    def is_of(self, row):
        found = (row.get("n_prompt"), row.get("n_gen"), row.get("n_depth", 0))
        return found == (self.prompt, self.generated, self.depth)


@dataclasses.dataclass(frozen=True)
class Run:
    """What one process did: its row of llama-bench's JSON, seconds from start to exit, peak of memory in bytes."""

    row: dict
    seconds: float
    peak_bytes: int

    @property
    def rate(self):
        """Tokens per second."""
        return self.row["samples_ts"][0]


@dataclasses.dataclass(frozen=True)
class Contestant:
    """A benchmark with llama-bench's options and JSON, and the environment that it runs in."""

    name: str
    program: tuple
    environment: tuple = ()
    timeout: float = 1800

    def with_environment(self, *settings):
        return dataclasses.replace(self, environment=(*self.environment, *settings))

    def command(self, model, test, *more):
        """One repetition, so that contestants take turns between any two samples."""
        return [*self.program, "--model", str(model), *test.options, "-r", "1", "-o", "json", *more]

    def line(self, model, test, *more):
        """The command as a shell would take it."""
        return " ".join([*(f"{name}={value}" for name, value in self.environment), *self.command(model, test, *more)])

    def run(self, model, test, *more):
        output = run_process(self.name, self.command(model, test, *more), dict(self.environment), self.timeout)
        return Run(self.row(test, output.text, output.diagnostics), output.seconds, output.peak_bytes)

    def row(self, test, text, diagnostics):
        where = f"{self.name}, test {test.name}"
        try:
            rows = json.loads(text)
        except ValueError:
            raise Failure(f"{where}: standard output is no JSON{tail(diagnostics or text)}") from None
        rows = rows if isinstance(rows, list) else []
        found = [row for row in rows if isinstance(row, dict) and test.is_of(row)]
        if len(found) != 1:
            raise Failure(f"{where}: the JSON has {len(found)} rows for this test instead of one{tail(diagnostics)}")
        samples = found[0].get("samples_ts")
        if not isinstance(samples, list) or len(samples) != 1 or not is_speed(samples[0]):
            raise Failure(f"{where}: samples_ts is {samples!r}, not one positive number of tokens per second")
        return found[0]


@dataclasses.dataclass(frozen=True)
class Output:
    text: str
    diagnostics: str
    seconds: float
    peak_bytes: int


def is_speed(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < float("inf")


def tail(diagnostics, lines=3):
    """The last lines of standard error, on one line, as the end of a sentence."""
    last = [line.strip() for line in diagnostics.strip().splitlines() if line.strip()][-lines:]
    return ": " + " | ".join(last) if last else " (standard error is empty)"


def run_process(name, command, environment, timeout):
    """Runs a command to its end; raises Failure where it cannot start, fails or takes longer than `timeout` seconds."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as error:
        begin = time.monotonic()
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=error, env={**os.environ, **environment})
        except OSError as fault:
            raise Failure(f"{name}: cannot start {command[0]}: {fault.strerror}") from None
        late = threading.Event()

        def stop():
            late.set()
            process.kill()

        timer = threading.Timer(timeout, stop)
        timer.start()
        try:
            # Not process.wait(): only wait4 tells this one child's peak of memory.
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.monotonic() - begin
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            timer.cancel()
            if process.returncode is None:
                process.kill()
                process.wait()
        texts = []
        for stream in (output, error):
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "replace"))
    if late.is_set():
        raise Failure(f"{name}: took longer than {timeout:g} s and was stopped{tail(texts[1])}")
    if process.returncode != 0:
        code = process.returncode
        how = f"ended by signal {-code}" if code < 0 else f"ended with code {code}"
        raise Failure(f"{name}: {' '.join(command)} {how}{tail(texts[1])}")
    return Output(texts[0], texts[1], seconds, usage.ru_maxrss * 1024)
