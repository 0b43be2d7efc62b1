"""The GGUF files that are measured: where they are, and how a missing one is made."""

import subprocess
from pathlib import Path

from contestant import Failure, run_process

MAKE_GGUF = Path(__file__).resolve().parent / "make_gguf.py"


class ModelFiles:
    """Random-weight EXAONE files by size and format, in one folder."""

    def __init__(self, folder, python, timeout):
        self.folder, self.python, self.timeout = folder, python, timeout

    def path(self, size, form):
        return self.folder / f"exaone-{size}-{form}.gguf"

    def make_command(self, size, form, path):
        return [self.python, str(MAKE_GGUF), str(path), "--size", size, "--weights", form]

    def ensure(self, size, form, say):
        """The file's path, made where it is missing; where it cannot be made, Failure says what to install."""
        path = self.path(size, form)
        if path.exists():
            return path
        self.check_python(path)
        say(f"making {path}")
        self.folder.mkdir(parents=True, exist_ok=True)
        # Under another name until it is whole.
        partial = path.with_suffix(".part")
        run_process("make_gguf.py", self.make_command(size, form, partial), {}, self.timeout)
        return partial.rename(path)

    def check_python(self, path):
        if subprocess.run([self.python, "-c", "import gguf"], capture_output=True).returncode != 0:
            raise Failure(
                f"{path} is missing, and {self.python} has no gguf package to make it with: python3 -m venv"
                " ~/kalsae-gguf && ~/kalsae-gguf/bin/pip install gguf, then add --python ~/kalsae-gguf/bin/python")
