"""Served with hashed names, each script of ours still finds the scripts that it imports."""

from __future__ import annotations

import posixpath
import re
import shutil
from pathlib import Path

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage

from clinic.kernel.served import HashedFiles

IMPORTED = re.compile(r"""(?:\bfrom|^import)\s*["'](\.[^"']+)["']""", re.MULTILINE)


def served(tmp_path, storage_class):
    """All our scripts and the packages beside them, as ``make serve`` lays them down."""
    folders = [("js", Path(settings.BASE_DIR) / "static/js")]
    folders += [place for place in settings.STATICFILES_DIRS if isinstance(place, tuple) and place[0] in PACKAGES]
    for name, folder in folders:
        shutil.copytree(folder, tmp_path / name)
    storage = storage_class(location=tmp_path, base_url="/static/")
    paths = {
        str(file.relative_to(tmp_path)): (storage, str(file.relative_to(tmp_path))) for file in tmp_path.rglob("*.js")
    }
    problems = [done for _, _, done in storage.post_process(paths) if isinstance(done, Exception)]
    assert not problems
    return {name: storage.hashed_files[storage.hash_key(name)] for name in paths}


PACKAGES = ("npm/auto-complete", "npm/combobox")


def not_found(tmp_path, hashed):
    """(script, what it imports) for what is not there under its hashed name."""
    kept = set(hashed.values())
    return [
        (name, imported)
        for name, file in sorted(hashed.items())
        if name.startswith("js/")
        for imported in IMPORTED.findall((tmp_path / file).read_text(encoding="utf-8"))
        if posixpath.normpath(posixpath.join("js", imported)) not in kept
    ]


def test_each_import_of_our_scripts_is_a_file_that_is_served(tmp_path):
    hashed = served(tmp_path, HashedFiles)

    assert not_found(tmp_path, hashed) == []


def test_without_it_the_note_would_not_run(tmp_path):
    hashed = served(tmp_path, CompressedManifestStaticFilesStorage)

    assert ("js/note.js", "./note-merge.js") in not_found(tmp_path, hashed)


def test_a_served_house_names_its_files_so():
    assert "clinic.kernel.served.HashedFiles" in (Path(settings.BASE_DIR) / "clinic/settings.py").read_text()
