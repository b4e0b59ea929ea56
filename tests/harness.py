"""What every suite needs: running a command with a time limit, comparing outputs, asking CPython, building a program."""
import dataclasses
import difflib
import hashlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import typing

ROOT = pathlib.Path(__file__).resolve().parent.parent
LAUNCHER = ROOT / "tests" / "oracle.py"

# What the C that comes out must satisfy, at the speed that tests want.
TEST_CFLAGS = "-O0 -g -Wall -Wextra -Wpedantic -Wshadow -Werror"
SANITIZER_ENV = {
    "ASAN_OPTIONS": "detect_leaks=1:exitcode=99:quarantine_size_mb=32",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1:exitcode=99",
    "TSAN_OPTIONS": "exitcode=99",
}


@dataclasses.dataclass
class Outcome:
    passed: int = 0
    failed: int = 0
    summary: str = ""
    details: str = ""
    seconds: float = 0.0

    @property
    def ok(self):
        return self.failed == 0


def ok():
    return Outcome(passed=1)


def fail(summary, details=""):
    return Outcome(failed=1, summary=summary, details=details)


@dataclasses.dataclass
class Test:
    name: str
    run: typing.Callable[["Context"], Outcome]
    variant_of: str = ""  # the same test in another build: pending when that one is


@dataclasses.dataclass
class Finished:
    """How a process ended. A negative status is a signal; None, that its time was over."""

    status: int | None
    stdout: bytes
    stderr: bytes

    def how(self):
        if self.status is None:
            return "timed out"
        if self.status < 0:
            return f"killed by {signal.Signals(-self.status).name}"
        return f"exit status {self.status}"


def run(command, *, timeout=30, cwd=None, env=None, stdin=b""):
    """Runs a command in a process group of its own, so that a timeout ends its children too."""
    process = subprocess.Popen(
        [str(c) for c in command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        start_new_session=True,
    )
    try:
        out, err = process.communicate(stdin, timeout=timeout)
        return Finished(process.returncode, out, err)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        return Finished(None, out, err)


def diff(expected, got, names=("CPython", "asyncc"), limit=60):
    def lines(data):
        return data.decode("utf-8", "backslashreplace").splitlines()

    rows = list(difflib.unified_diff(lines(expected), lines(got), *names, lineterm="", n=2))
    if not rows:
        rows = [f"only bytes differ: {expected[-80:]!r} and {got[-80:]!r}"]
    if len(rows) > limit:
        rows = rows[:limit] + [f"… {len(rows) - limit} more lines"]
    return "\n".join(rows)


def tail(data, limit=40):
    rows = data.decode("utf-8", "backslashreplace").splitlines()
    return "\n".join(rows if len(rows) <= limit else [f"… {len(rows) - limit} lines", *rows[-limit:]])


@dataclasses.dataclass(frozen=True)
class Program:
    """A program under test: one file, or a folder with a main.async."""

    name: str
    main: pathlib.Path

    @property
    def is_folder(self):
        return self.main.name == "main.async"

    def files(self):
        return sorted(self.main.parent.rglob("*.async")) if self.is_folder else [self.main]

    def stdin(self):
        path = self.main.with_suffix(".stdin")
        return path.read_bytes() if path.exists() else b""


def programs(folder, prefix):
    """The programs under a folder, by name."""
    found = []
    for path in sorted(folder.rglob("*.async")):
        homes = [p for p in path.parents if (p / "main.async").exists() and p != folder and folder in p.parents]
        if not homes:
            found.append(Program(f"{prefix}/{path.relative_to(folder).with_suffix('')}", path))
        elif path == homes[-1] / "main.async":
            found.append(Program(f"{prefix}/{homes[-1].relative_to(folder)}", path))
    return found


class Context:
    """Where things are, and the oracle."""

    def __init__(self, options):
        self.options = options
        self.build = (ROOT / options.build).resolve()
        self.asyncc = self.build / "asyncc"
        self.python = self._find_python(options.python)
        self._version = subprocess.run([self.python, "-VV"], capture_output=True).stdout
        self._scratch = threading.local()

    def _find_python(self, asked):
        if asked:
            return asked
        if sys.version_info[:2] == (3, 11):
            return sys.executable
        found = shutil.which("python3.11")
        if not found:
            print(f"note: no python3.11; comparing with {sys.version.split()[0]}", file=sys.stderr)
        return found or sys.executable

    def folder(self, *parts):
        path = self.build.joinpath("tests", *parts)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def missing(self, *parts):
        """The reason why a suite cannot run at all."""
        path = self.build.joinpath(*parts)
        return None if path.exists() else f"{path.relative_to(ROOT)} has not been built"

    def oracle(self, program):
        """What CPython does with a program; remembered by its contents. A NAME.expected beside it is believed instead: it is for
        the deviations from CPython that the language documents."""
        deviation = program.main.with_suffix(".expected")
        if deviation.exists():
            return Finished(0, deviation.read_bytes(), b"")
        key = hashlib.sha256(self._version + LAUNCHER.read_bytes() + program.stdin())
        for path in program.files():
            key.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        place = self.build / "oracle" / key.hexdigest()[:24]
        try:
            data = place.read_bytes()
            status, _, stdout = data.partition(b"\n")
            return Finished(int(status), stdout, b"")
        except (OSError, ValueError):
            pass
        command = [self.python, "-X", "utf8", *([LAUNCHER] if program.is_folder else []), program.main]
        result = self.execute(command, program, env={"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"})
        if result.status is not None and result.status >= 0:
            place.parent.mkdir(parents=True, exist_ok=True)
            partial = place.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
            partial.write_bytes(b"%d\n" % result.status + result.stdout)
            partial.rename(place)
        return result

    def execute(self, command, program, **more):
        """Runs a program in an empty folder, so that files it writes disturb nobody."""
        with tempfile.TemporaryDirectory(prefix="asyncc-") as scratch:
            return run(command, cwd=scratch, stdin=program.stdin(), **more)

    def compile(self, source, output, *flags, timeout=120, cflags=TEST_CFLAGS):
        """asyncc build; None or a failure."""
        output.parent.mkdir(parents=True, exist_ok=True)
        done = run([self.asyncc, "build", source, "-o", output, *flags], timeout=timeout, env={"CFLAGS": cflags})
        if done.status == 0 and output.exists():
            return None
        return fail(f"asyncc build: {done.how()}", tail(done.stderr + done.stdout))


def compare(expected, got):
    """The verdict on one run of a compiled program."""
    if expected.stdout != got.stdout:
        return fail(f"different output ({got.how()})", diff(expected.stdout, got.stdout) + "\n" + tail(got.stderr, 15))
    if expected.status != got.status:
        return fail(f"{got.how()}, expected {expected.how()}", tail(got.stderr, 25))
    return ok()
