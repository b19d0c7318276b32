"""The chart in words: the first line of the page says what the picture shows."""

from __future__ import annotations

from fractions import Fraction

from sessions.trend.model import Trend, shown

#: At least 30 % better than the baseline is meaningful, 50 % large (Farrar 2001, IMMPACT 2008).
MEANINGFUL = Fraction(30, 100)
LARGE = Fraction(50, 100)


def headline(trend: Trend) -> tuple[str, str]:
    """Return the strong part and the rest of the line: ("Pain 7 to 4,", "low mood 6 to 3, sleeps better.")."""
    pain = trend.first_and_last("pain")
    if pain is None:
        return _only_baseline(trend)
    parts = []
    if mood := trend.first_and_last("mood"):
        parts.append(f"low mood {shown(mood[0])} to {shown(mood[1])}" if mood[0] != mood[1] else "mood the same")
    if sleep := trend.first_and_last("sleep"):
        parts.append(_sleep(*sleep))
    if medicine := _medicine(trend):
        parts.append(medicine)
    strong = f"Pain {shown(pain[0])} to {shown(pain[1])}" if pain[0] != pain[1] else f"Pain {shown(pain[0])} as before"
    return (strong + ("," if parts else "."), ", ".join(parts) + "." if parts else "")


def change(trend: Trend) -> str:
    """Judge pain against the baseline on unrounded values, honestly also when it is worse."""
    pain = trend.first_and_last("pain")
    if pain is None or pain[0] == 0:
        return ""
    better = (pain[0] - pain[1]) / pain[0]
    percent = _percent(abs(better))
    if better < 0:
        return f"Pain {percent} % worse than at the baseline."
    if better >= LARGE:
        return f"Pain {percent} % better: large (50 % or more)."
    if better >= MEANINGFUL:
        return f"Pain {percent} % better: meaningful (30 % or more), not yet large (50 %)."
    return f"Pain {percent} % better: less than 30 %, not yet a meaningful change." if better else "Pain unchanged."


def described(trend: Trend) -> str:
    """Say the whole picture in one sentence for a screen reader."""
    sessions = sum(1 for tick in trend.ticks if tick.done)
    names = (("pain", "Pain"), ("mood", "Low mood"), ("sleep", "Poor sleep"))
    said = [
        f"{name} {shown(both[0])} at first, {shown(both[1])} now."
        for series, name in names
        if (both := trend.first_and_last(series))
    ]
    start = f"Pain, low mood and poor sleep over {sessions} session{'' if sessions == 1 else 's'}."
    decided = [f"Decided at session {one.number}: {one.kind}." for one in trend.decisions]
    return " ".join([start, *said, *decided, "The table below holds every value."])


def _only_baseline(trend: Trend) -> tuple[str, str]:
    first = next((said for said in trend.said if said.pain is not None), None)
    if first is None:
        return ("Nothing measured yet.", "")
    return (f"Pain {shown(first.pain)} at the baseline.", "The next answer shows which way it goes.")


def _sleep(before: Fraction, now: Fraction) -> str:
    if before == now:
        return "sleep the same"
    return "sleeps better" if now < before else "sleeps worse"


def _medicine(trend: Trend) -> str:
    days = [said.medicine_days for said in trend.said if said.medicine_days is not None]
    if len(days) < 2 or days[0] == days[-1]:
        return ""
    return f"painkiller on {days[-1]} day{'' if days[-1] == 1 else 's'} instead of {days[0]}"


def _percent(share: Fraction) -> int:
    return int(share * 100 + Fraction(1, 2))
