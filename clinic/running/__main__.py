"""``python -m clinic.running run|serve``: the two commands, once everything is installed."""

from __future__ import annotations

import errno
import os
import sys

from clinic import embedded
from clinic.running.house import House, Problem, Stopped


def main(arguments: list[str]) -> int:
    """Run one of the two commands. A problem is one sentence on standard error and exit code 1."""
    if arguments not in (["run"], ["run", "--empty"], ["serve"]):
        print("Say run, run --empty (without the demo clinic) or serve.", file=sys.stderr)
        return 2
    house = House(os.environ, trying_out=arguments[0] == "run", demo="--empty" not in arguments)
    try:
        with house:
            house.open()
            house.watch()
    except Stopped:
        return 0
    except (Problem, embedded.CannotStart) as problem:
        print(problem, file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno == errno.ENOSPC:
            print(f"The disk is full: {house.data_dir} cannot be written. Free some space.", file=sys.stderr)
            return 1
        if isinstance(error, PermissionError):
            print(
                f"{error.filename or house.data_dir} belongs to another user: "
                "start as that user, or name another folder with DATA_DIR=.",
                file=sys.stderr,
            )
            return 1
        raise
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
