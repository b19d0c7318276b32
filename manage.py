#!/usr/bin/env python
"""Commands of Deqi. Starts the embedded servers when a command needs them and no address is given."""

from __future__ import annotations

import atexit
import os
import sys
import warnings

# These read no row; the rest finds a database, embedded if none is named.
WITHOUT_DATABASE = {
    "",
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "makemigrations",
    "score",
    "version",
}
OWNER = {
    "createcachetable",
    "dbshell",
    "demo",
    "flush",
    "migrate",
    "prepare",
    "settle_restored",
    "showmigrations",
    "sqlmigrate",
}
WORKER = {"run_outbox"}


def main(arguments: list[str]) -> None:
    """Choose the database role for the command, find its servers, run it."""
    command = arguments[1] if len(arguments) > 1 else ""
    asks_for_help = command.startswith("-") or "--help" in arguments or "-h" in arguments
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    role = "owner" if command in OWNER else "worker" if command in WORKER else "web"
    os.environ.setdefault("DEQI_ROLE", role)
    # makemigrations looks at the database if it can, and need not.
    warnings.filterwarnings("ignore", "Got an error checking a consistent migration history")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed here: use .venv/bin/python, which `make run` makes.")
    if command not in WITHOUT_DATABASE and not asks_for_help:
        _find_servers()
    execute_from_command_line(arguments)


def _find_servers() -> None:
    from clinic import embedded
    from clinic.running.environment import data_dir_of, ensure_keys

    try:
        ensure_keys(os.environ)
        lease = embedded.fill_in(os.environ, data_dir_of(os.environ))
    except (embedded.CannotStart, OSError) as problem:
        sys.exit(str(problem))
    if lease:
        atexit.register(lease.release)


if __name__ == "__main__":
    main(sys.argv)
