"""How each contestant's programs are made and started.

A contestant is the C limit, asyncc, or a peer whose toolchain happens to be installed. All are built under build/bench/, never beside
the sources, and only again when a source or the tool has changed. A peer takes part in a row if there is a source for it.
"""
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent


class BuildError(Exception):
    pass


def newest(paths):
    return max((p.stat().st_mtime for p in paths if p.exists()), default=0.0)


def execute(command, cwd=None, env=None):
    try:
        done = subprocess.run([str(c) for c in command], cwd=cwd, env={**os.environ, **(env or {})}, text=True, errors="replace",
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except OSError as error:
        raise BuildError(str(error)) from None
    if done.returncode:
        raise BuildError(f"{' '.join(map(str, command))}\n{done.stdout[-3000:]}")
    return done.stdout


def compiles(compiler, suffix, *flags):
    """Whether a C or C++ compiler accepts a header: flags end with it."""
    *flags, header = flags
    if not shutil.which(compiler[0]):
        return False
    command = [*compiler, "-x", suffix, "-fsyntax-only", *flags, "-"]
    return subprocess.run(command, input=f"#include <{header}>\n", text=True, capture_output=True).returncode == 0


def words(variable, otherwise):
    return os.environ.get(variable, otherwise).split()


CC = words("CC", "cc")
CXX = words("CXX", "g++") + ["-std=c++20", "-O2", "-DNDEBUG", "-pthread"]


class Contestant:
    label = ""
    speed = "middle"            # which of a workload's sizes it is given
    install = ""                # how to get what it needs, in words or a command
    folder: pathlib.Path        # of its sources
    suffix = ""
    env: dict[str, str] = {}    # when its programs run

    def __init__(self, build):
        self.out = build / self.label.split(",")[0].replace(" ", "_").replace("+", "p").lower()

    def missing(self):
        """What it needs and does not find: a few words, or nothing."""
        return ""

    def version(self):
        return ""

    def source(self, program):
        return self.folder / f"{program}{self.suffix}"

    def has(self, program):
        return self.source(program).exists()

    def inputs(self):
        """What a program is made from besides its source."""
        return [p for p in [*self.folder.iterdir(), *self.folder.parent.iterdir()] if p.suffix in (".h", ".hpp") or p.stem == "peer"]

    def binary(self, program):
        return self.out / program

    def command(self, program):
        """What starts the program. Builds it if need be; raises BuildError."""
        binary = self.binary(program)
        if not binary.exists() or binary.stat().st_mtime < newest([self.source(program), *self.inputs()]):
            binary.parent.mkdir(parents=True, exist_ok=True)
            self.compile(program, binary)
        return [binary]

    def compile(self, program, binary):
        raise NotImplementedError


class Limit(Contestant):
    """Hand-written C."""
    label, speed, folder, suffix = "C limit", "fast", HERE / "limit", ".c"
    special = {"spawn_malloc": ("spawn", ["-DUSE_MALLOC"]), "startup_static": ("startup", ["-static"])}

    def version(self):
        return execute([*CC, "--version"]).splitlines()[0]

    def has(self, program):
        return program in self.special or super().has(program)

    def source(self, program):
        return super().source(self.special.get(program, (program,))[0])

    def compile(self, program, binary):
        flags = self.special.get(program, ("", []))[1]
        execute([*CC, "-O2", *flags, "-pthread", "-o", binary, self.source(program)])


class Asyncc(Contestant):
    label, speed, folder, suffix = "asyncc", "fast", HERE, ".async"

    def __init__(self, build):
        super().__init__(build)
        self.compiler = build.parent / "asyncc"

    def missing(self):
        return "" if self.compiler.exists() else str(self.compiler)

    def inputs(self):
        return [self.compiler, self.compiler.parent / "libasyncrt.a"]

    def has(self, program):
        return super().has(program.removesuffix("_static"))

    def source(self, program):
        return super().source(program.removesuffix("_static"))

    def compile(self, program, binary):
        static = ["--static"] if program.endswith("_static") else []
        execute([self.compiler, "build", "--release", *static, self.source(program), "-o", binary])


class Python(Contestant):
    """The same programs as asyncc's, under the Python that runs this."""
    label, speed, folder, suffix = "CPython", "slow", HERE, ".async"
    python = sys.executable
    env = {"PYTHONDONTWRITEBYTECODE": "1"}

    def version(self):
        return execute([self.python, "--version"]).strip()

    def binary(self, program):
        return pathlib.Path(self.python)

    def command(self, program):
        return [self.python, self.source(program)]


class Uvloop(Python):
    label = "uvloop"
    install = "pip install uvloop, or Debian's python3-uvloop"

    def missing(self):
        for python in dict.fromkeys([sys.executable, "/usr/bin/python3"]):
            if shutil.which(python) and subprocess.run([python, "-c", "import uvloop"], capture_output=True).returncode == 0:
                self.python = python
                return ""
        return "uvloop"

    def version(self):
        return "uvloop " + execute([self.python, "-c", "import uvloop; print(uvloop.__version__)"]).strip()

    def command(self, program):
        return [self.python, HERE / "peers" / "uvloop_run.py", self.source(program)]


class Tokio(Contestant):
    label, folder, suffix = "tokio", HERE / "peers" / "tokio" / "src" / "bin", ".rs"
    install = "rustup.rs, and either crates.io or Debian's librust-tokio-dev"
    system_crates = pathlib.Path("/usr/share/cargo/registry")

    def missing(self):
        if not shutil.which("cargo"):
            return "cargo"
        try:
            self.build_all()
        except BuildError as error:
            return f"tokio ({str(error).strip().splitlines()[-1].strip()})"
        return ""

    def build_all(self):
        """One crate for all programs, so one build. Without a network it needs the crates that the system packages."""
        manifest = HERE / "peers" / "tokio"
        inputs = newest([p for p in manifest.rglob("*") if p.is_file()])
        home = self.out / "crate"
        stamp = self.out / "built"
        if stamp.exists() and stamp.stat().st_mtime >= inputs:
            return
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(manifest, home)
        command = ["cargo", "build", "--quiet", "--release", "--target-dir", self.out / "target"]
        try:
            execute(command, cwd=home, env={"CARGO_NET_RETRY": "0"})
        except BuildError:
            if not any(self.system_crates.glob("tokio-1*")):
                raise
            source = 'source.crates-io.replace-with="system"', f'source.system.directory="{self.system_crates}"'
            (home / "Cargo.lock").unlink(missing_ok=True)
            execute([*command, "--offline", "--config", source[0], "--config", source[1]], cwd=home)
        stamp.touch()

    def version(self):
        lock = (self.out / "crate" / "Cargo.lock").read_text().split('name = "tokio"\nversion = "')
        return f"tokio {lock[1].split(chr(34))[0]}, {execute(['rustc', '--version']).split(' (')[0]}"

    def binary(self, program):
        return self.out / "target" / "release" / program

    def command(self, program):
        return [self.binary(program)]


class TokioThreads(Tokio):
    """tokio's other runtime; it matters where threads do."""
    label = "tokio, threads"

    env = {"TOKIO_RUNTIME": "threads"}

    def has(self, program):
        return program == "pool"


class Go(Contestant):
    label, folder, suffix = "Go", HERE / "peers" / "go", ".go"
    install = "go.dev/dl, or Debian's golang-go"

    def missing(self):
        return "" if shutil.which("go") else "go"

    def version(self):
        return " ".join(execute(["go", "version"]).split()[1:3])

    def compile(self, program, binary):
        library = [] if program == "startup" else ["peer.go"]
        execute(["go", "build", "-ldflags", "-s -w", "-o", binary, f"{program}.go", *library], cwd=self.folder,
                env={"GO111MODULE": "off", "GOCACHE": str(self.out / "cache")})


class Bare(Contestant):
    label, speed, folder, suffix = "C++20, bare", "fast", HERE / "peers" / "bare", ".cpp"
    install = "a C++20 compiler: Debian's g++"

    def missing(self):
        return "" if compiles(CXX, "c++", "coroutine") else "a C++ compiler with coroutines"

    def version(self):
        return execute([*CXX[:1], "--version"]).splitlines()[0]

    def compile(self, program, binary):
        execute([*CXX, "-o", binary, self.source(program)])


class Asio(Bare):
    label, speed, folder = "asio", "middle", HERE / "peers" / "asio"
    install = "think-async.com/Asio, or Debian's libasio-dev"

    def missing(self):
        return super().missing() or ("" if compiles(CXX, "c++", "asio.hpp") else "asio.hpp")

    def version(self):
        text = execute([*CXX, "-x", "c++", "-E", "-dM", "-include", "asio/version.hpp", "/dev/null"])
        number = int(text.split("#define ASIO_VERSION ")[1].split()[0])
        return f"asio {number // 100000}.{number // 100 % 1000}.{number % 100}"


class Libuv(Contestant):
    label, folder, suffix = "libuv", HERE / "peers" / "libuv", ".c"
    install = "Debian's libuv1-dev"

    def missing(self):
        return "" if compiles(CC, "c", "uv.h") else "uv.h"

    def version(self):
        text = execute([*CC, "-x", "c", "-E", "-dM", "-include", "uv/version.h", "/dev/null"])
        return "libuv " + ".".join(text.split(f"#define UV_VERSION_{part} ")[1].split()[0] for part in ("MAJOR", "MINOR", "PATCH"))

    def compile(self, program, binary):
        execute([*CC, "-O2", "-o", binary, self.source(program), "-luv"])


class Node(Contestant):
    label, folder, suffix = "Node", HERE / "peers" / "node", ".js"
    install = "nodejs.org, or Debian's nodejs"

    def missing(self):
        return "" if shutil.which("node") else "node"

    def version(self):
        return "Node " + execute(["node", "--version"]).strip()

    def binary(self, program):
        return pathlib.Path(shutil.which("node")).resolve()

    def command(self, program):
        return ["node", self.source(program)]


class Vala(Contestant):
    label, speed, folder, suffix = "Vala", "middle", HERE / "peers" / "vala", ".vala"
    install = "Debian's valac"

    def missing(self):
        return "" if shutil.which("valac") else "valac"

    def version(self):
        return execute(["valac", "--version"]).strip()

    def compile(self, program, binary):
        library = [] if program == "startup" else [self.folder / "peer.vala"]
        execute(["valac", "--disable-warnings", "-X", "-O2", "-X", "-w", "--pkg", "gio-2.0", "-d", self.out, "-o", binary.name,
                 self.source(program), *library])


class Nim(Contestant):
    label, folder, suffix = "Nim", HERE / "peers" / "nim", ".nim"
    install = "nim-lang.org/install, or Debian's nim"

    def missing(self):
        return "" if shutil.which("nim") else "nim"

    def version(self):
        return execute(["nim", "--version"]).splitlines()[0].split(" [")[0]

    def compile(self, program, binary):
        execute(["nim", "c", "--hints:off", "--warnings:off", "-d:release", "--mm:orc", f"--nimcache:{self.out / 'cache' / program}",
                 f"-o:{binary}", self.source(program)])


PEERS = [Tokio, TokioThreads, Go, Asio, Bare, Libuv, Node, Vala, Nim, Python, Uvloop]
