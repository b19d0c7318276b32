"""What was understood, in words; and what asks, as one sentence."""

from __future__ import annotations

from sessions.points.catalogue import Point
from sessions.points.details import DEEPEST, DIAMETERS, HZ, LENGTHS, MINUTES
from sessions.points.ranges import LONGEST_RANGE
from sessions.points.reading import PAIR, Current, Depth, NeedleSize, Reading, plain

SIDE_WORDS = {"both": "both sides", "left": "left", "right": "right", "midline": "midline"}


def words(reading: Reading) -> str:
    """One reading as plain text: "KI3 太溪 left, reducing", "GB30 环跳 out"; what asks as its sentence."""
    if reading.kind == "pair":
        return ", ".join([pair_words(reading), *detail_words(reading)])
    if reading.point is None:
        return sentence(reading)
    parts = [named(reading.point), reading.place]
    if reading.removal:
        parts.append(f"{reading.side} out" if reading.side else "out")
    elif reading.side and reading.point.only_side is None:
        parts.append(reading.side)
    said = ", ".join([" ".join(part for part in parts if part), *detail_words(reading)])
    return f"{said}. {reading.point.cautions}" if reading.do_not_needle else said


def named(point: Point) -> str:
    """Code and Chinese name, side by side."""
    return f"{point.code} {point.chinese}"


def pair_words(reading: Reading) -> str:
    """The two ends of a pair with their side: "ST36 to SP6 left"."""
    side = f" {reading.side}" if reading.side not in (None, "midline") else ""
    return " to ".join(point.code for point in reading.candidates) + side


def detail_words(reading: Reading) -> list[str]:
    """Technique, depth, needle and current, as far as they were said."""
    found = [
        reading.technique or "",
        depth_words(reading.depth) if reading.depth else "",
        size_words(reading.size) if reading.size else "",
        current_words(reading.current) if reading.current else "",
    ]
    return [word for word in found if word]


def depth_words(depth: Depth) -> str:
    """ "20 mm deep", in the unit that was typed."""
    return f"{plain(depth.value)} {depth.unit} deep"


def size_words(size: NeedleSize) -> str:
    """ "0.25 × 40 mm"."""
    return f"{size.diameter:.2f} × {size.length} mm"


def current_words(current: Current) -> str:
    """ "2/100 Hz, 20 min"; what was not said is left out."""
    high = f"/{current.hz_high}" if current.hz_high is not None else ""
    hz = f"{current.hz}{high} Hz" if current.hz is not None else ""
    return ", ".join(word for word in (hz, f"{current.minutes} min" if current.minutes else "") if word)


def sentence(reading: Reading) -> str:
    """What is open, in one sentence. For a reading that asks or is unknown."""
    name = reading.candidates[0].code if reading.candidates else ""
    if reading.kind == "unknown":
        offer = "Did you mean one of these?" if reading.candidates else "Type a code such as ST36, or a name."
        return f"“{reading.text}” is no point we know. {offer}"
    if reading.question == "side_does_not_fit":
        sides = " or ".join(SIDE_WORDS[side] for side in reading.candidates[0].sides)
        return f"{name} is not needled there. It takes: {sides}."
    several = reading.text if PAIR in reading.text or len(reading.candidates) > 1 else name
    return {
        "which_point": f"“{reading.text}” is the name of {len(reading.candidates)} points. Which one?",
        "which_side": f"{several}: which side?",
        "which_place": "A tender point: where? For example “ashi left shoulder”.",
        "shorter_place": "The place of this tender point is too long. A few words are enough.",
        "not_consecutive": (
            f"“{reading.text}” is no row of points. The second must follow the first on one channel, "
            f"at most {LONGEST_RANGE} points, as in “bl31-34 b”."
        ),
        "too_deep": f"“{reading.text}”: a depth is up to {DEEPEST['mm']} mm or {DEEPEST['cun']} cun.",
        "deeper_than_needle": f"“{reading.text}” is deeper than the needle is long.",
        "no_such_needle": (
            f"“{reading.text}”: a needle is {DIAMETERS[0]} to {DIAMETERS[1]} mm thick and {LENGTHS[0]} to "
            f"{LENGTHS[-1]} mm long, as in 0.25x40."
        ),
        "no_such_current": (
            f"“{reading.text}”: current is {HZ[0]} to {HZ[-1]} Hz, for {MINUTES[0]} to {MINUTES[-1]} minutes."
        ),
        "current_without_pair": f"“{reading.text}”: current flows between two points, as in “st36~sp6 l 2hz 20min”.",
        "no_such_pair": (
            f"“{reading.text}” is no pair. It takes two single points on one side, by their codes, "
            "as in “st36~sp6 l 2hz 20min”."
        ),
        "": "",
    }[reading.question]
