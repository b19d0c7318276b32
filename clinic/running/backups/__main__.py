"""``make backup``, ``make restore FILE=... [FORCE=1]``, and the nightly process of ``make serve``."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import psycopg2

from clinic import embedded
from clinic.running.backups import kept, nightly, restoring, writing
from clinic.running.environment import data_dir_of, use_defaults
from clinic.running.house import Problem, Stopped, say

USE = "Say backup, restore (with FILE=...) or nightly."


def main(arguments: list[str]) -> int:
    """Run one of the three. What went wrong is one sentence on standard error, and exit code 1."""
    if len(arguments) != 1 or arguments[0] not in ("backup", "restore", "nightly"):
        say(USE, file=sys.stderr)
        return 2
    data_dir = data_dir_of(os.environ)
    signal.signal(signal.SIGTERM, _stop)
    try:
        _run(arguments[0], data_dir)
    except (Stopped, KeyboardInterrupt):
        return 130 if arguments[0] != "nightly" else 0
    except (Problem, embedded.CannotStart) as problem:
        say(str(problem), file=sys.stderr)
        return 1
    except psycopg2.OperationalError as error:
        say(f"PostgreSQL does not answer: {error}".strip(), file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        say(f"The disk is full: {data_dir} cannot be written. Free some space.", file=sys.stderr)
        return 1
    return 0


def _run(command: str, data_dir: Path) -> None:
    use_defaults()
    os.environ["DEQI_ROLE"] = "owner"
    os.environ["DATA_DIR"] = str(data_dir)
    if command == "restore":
        named = os.environ.get("FILE", "")
        if not named:
            raise Problem(f"Name the backup with FILE=, as in make restore FILE=path. {kept.listed(data_dir)}")
        # The house stays closed until the restore is done.
        with restoring.closed_house(data_dir), _servers(data_dir):
            restoring.restore(Path(named).expanduser(), data_dir, force=os.environ.get("FORCE", "") not in ("", "0"))
        return
    with _servers(data_dir):
        if command == "backup":
            writing.backup(data_dir)
        else:
            nightly.run(data_dir)


@contextmanager
def _servers(data_dir: Path) -> Iterator[None]:
    """Find PostgreSQL, starting the embedded one for as long as it is needed. Redis is not."""
    if os.environ.get("DATABASE_URL"):
        yield
        return
    lease = embedded.Lease(data_dir)
    try:
        os.environ.update(embedded.start(data_dir, redis=False))
        yield
    finally:
        lease.release()


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
