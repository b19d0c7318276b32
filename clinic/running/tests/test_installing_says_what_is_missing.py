"""A bare machine: each thing that is missing is one clear sentence."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from clinic.running.environment import BASE_DIR

FILES = ("requirements.txt", "requirements-dev.txt", "requirements-node.txt", "requirements-uv.txt")
NOWHERE = "http://127.0.0.1:9/"


@pytest.fixture
def bare(tmp_path):
    """A copy of what the installer reads, and nothing installed."""
    place = tmp_path / "clinic" / "running"
    place.mkdir(parents=True)
    shutil.copy(BASE_DIR / "clinic" / "running" / "install.py", place)
    for name in (*FILES, "package.json", "package-lock.json"):
        shutil.copy(BASE_DIR / name, tmp_path)
    return tmp_path


def install(place, before="", **environment):
    start = (
        "import runpy, sys; sys.argv[1:] = ['run']; runpy.run_path('clinic/running/install.py', run_name='__main__')"
    )
    code = f"{before}\n{start}"
    return subprocess.run(
        [sys._base_executable, "-c", code],
        cwd=place,
        env={"PATH": "/usr/bin:/bin", "HOME": str(place), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_without_network_it_says_so(bare):
    done = install(
        bare,
        PIP_INDEX_URL=NOWHERE,
        PIP_RETRIES="0",
        UV_DEFAULT_INDEX=NOWHERE,
        npm_config_registry=NOWHERE,
    )
    assert done.returncode == 1
    assert done.stderr == (
        "There is no way to the package registries (pypi.org, registry.npmjs.org): "
        "the first start needs the network once, later ones do not.\n"
    )


def test_without_ensurepip_and_pip_it_says_what_to_install(bare):
    done = install(bare, before="import sys; sys.modules['ensurepip'] = sys.modules['pip'] = None")
    assert done.returncode == 1
    assert done.stderr.startswith("This Python cannot make virtual environments, ensurepip is missing:")
    assert done.stderr.count("\n") == 1


def test_an_older_python_is_told_which_one_is_needed(bare):
    done = install(bare, before="import sys; sys.version_info = (3, 10, 2)")
    assert done.returncode == 1
    assert done.stderr.startswith("Deqi needs Python 3.11 or newer, and this one is 3.10:")


@pytest.mark.root
@pytest.mark.chaos
def test_a_full_disk_is_named(bare, tmp_path_factory):
    small = tmp_path_factory.mktemp("small")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(small)], check=True)
    try:
        shutil.copytree(bare, small / "deqi")
        done = install(small / "deqi", UV_CACHE_DIR="/tmp/deqi-test-cache", npm_config_cache="/tmp/deqi-test-npm")
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)
    assert done.returncode == 1
    assert done.stderr.startswith("The disk is full:")
    assert done.stderr.count("\n") == 1
