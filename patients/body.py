"""The places of the body that a patient can mark: what they are called, where they lie on the figure.

A place has a name, a side and a view. The names of the codes are those of the drawn figure ("front-knee-left"); the
record keeps place, side and view apart, so that marks of two days can be compared. Left and right are the patient's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FRONT, BACK = "front", "back"
LEFT, RIGHT, MIDDLE = "left", "right", ""

#: How a pain feels, in the words of patients: code -> words. The codes stand in the record.
KINDS: dict[str, str | Promise] = {
    "ache": _("dull, aching"),
    "stabbing": _("stabbing"),
    "burning": _("burning"),
    "throbbing": _("throbbing"),
    "pulling": _("pulling, cramping"),
    "tingling": _("tingling"),
    "numb": _("numb"),
    "heavy": _("heavy, tight"),
    "radiating": _("moving, shooting"),
}

#: name of the place, its words in the front and back view. Each is a whole phrase, so that it can be translated.
_MIDDLE: dict[str, tuple[str, str, str | Promise]] = {
    "front-head": ("head", FRONT, _("Head and face")),
    "throat": ("throat", FRONT, _("Throat")),
    "chest": ("chest", FRONT, _("Chest")),
    "belly": ("belly", FRONT, _("Belly")),
    "groin": ("groin", FRONT, _("Groin and hips, front")),
    "back-head": ("head", BACK, _("Back of the head")),
    "neck": ("neck", BACK, _("Neck")),
    "upper-back": ("upper-back", BACK, _("Upper back")),
    "low-back": ("low-back", BACK, _("Low back")),
    "buttocks": ("buttocks", BACK, _("Buttocks and hips, back")),
}
_SIDED: dict[str, tuple[str | Promise, str | Promise, str | Promise, str | Promise]] = {
    "shoulder": (
        _("Left shoulder, front"), _("Right shoulder, front"), _("Left shoulder, back"), _("Right shoulder, back"),
    ),
    "upperarm": (
        _("Left upper arm, front"), _("Right upper arm, front"), _("Left upper arm, back"), _("Right upper arm, back"),
    ),
    "elbow": (_("Left elbow, inside"), _("Right elbow, inside"), _("Left elbow, outside"), _("Right elbow, outside")),
    "forearm": (
        _("Left forearm, inside"), _("Right forearm, inside"), _("Left forearm, outside"), _("Right forearm, outside"),
    ),
    "hand": (_("Left palm"), _("Right palm"), _("Back of the left hand"), _("Back of the right hand")),
    "thigh": (_("Left thigh, front"), _("Right thigh, front"), _("Left thigh, back"), _("Right thigh, back")),
    "knee": (_("Left knee, front"), _("Right knee, front"), _("Left knee, back"), _("Right knee, back")),
    "leg": (_("Left shin"), _("Right shin"), _("Left calf"), _("Right calf")),
    "foot": (_("Left foot, top"), _("Right foot, top"), _("Left heel or sole"), _("Right heel or sole")),
}  # fmt: skip

#: Shapes of the figure (172 by 416, from 14, 4) and where their number stands: the middle, then the viewer's right.
_HEAD = "M81 34A19 24 0 1 0 119 34A19 24 0 1 0 81 34Z"
_CHEST = (
    "M87 75C95 78 105 78 113 75C124 83 133 96 133 112C133 124 131 132 129 140H71"
    "C69 132 67 124 67 112C67 96 76 83 87 75Z"
)
_TRUNK: dict[str, tuple[str, int, int]] = {
    "head": (_HEAD, 100, 39),
    "neck": ("M91 57H109L111 71C104 74 96 74 89 71Z", 100, 70),
    "chest": (_CHEST, 100, 114),
    "waist": ("M71 143H129C127 155 126 166 127 178H73C74 166 73 155 71 143Z", 100, 166),
    "hips": ("M73 181H127C131 193 134 206 135 220L104 226Q100 219 96 226L65 220C66 206 69 193 73 181Z", 100, 208),
}  # fmt: skip
_SHAPE_OF = {
    "head": "head", "throat": "neck", "neck": "neck", "chest": "chest", "upper-back": "chest", "belly": "waist",
    "low-back": "waist", "groin": "hips", "buttocks": "hips",
}  # fmt: skip
_LIMBS: dict[str, tuple[str, str, int, int]] = {
    "shoulder": (
        "M84 74C73 79 57 81 51 93C47 101 46 110 47 117L63 112C64 98 72 84 84 74Z",
        "M116 74C127 79 143 81 149 93C153 101 154 110 153 117L137 112C136 98 128 84 116 74Z", 141, 100,
    ),
    "upperarm": (
        "M62 116L47 120C43 134 41 147 40 158L53 160C57 146 61 131 62 116Z",
        "M138 116L153 120C157 134 159 147 160 158L147 160C143 146 139 131 138 116Z", 150, 144,
    ),
    "elbow": (
        "M52.5 163L39.5 161C38 167 37 171 36 176L49 179C51 174 52 168 52.5 163Z",
        "M147.5 163L160.5 161C162 167 163 171 164 176L151 179C149 174 148 168 147.5 163Z", 156, 175,
    ),
    "forearm": (
        "M48 182L35 179C31 196 29 210 28 223L38 225C43 212 46 197 48 182Z",
        "M152 182L165 179C169 196 171 210 172 223L162 225C157 212 154 197 152 182Z", 163, 208,
    ),
    "hand": (
        "M38 228L27.5 226C23 235 21 245 23 254C25 261 31 261 34 255C37 246 38 237 38 228Z",
        "M162 228L172.5 226C177 235 179 245 177 254C175 261 169 261 166 255C163 246 162 237 162 228Z", 170, 247,
    ),
    "thigh": (
        "M97 230L64.5 223C62 246 65 270 70 290H92C96 270 98 250 97 230Z",
        "M103 230L135.5 223C138 246 135 270 130 290H108C104 270 102 250 103 230Z", 120, 262,
    ),
    "knee": (
        "M92 293H70C69 301 69 310 71 318H90C93 310 93 301 92 293Z",
        "M108 293H130C131 301 131 310 129 318H110C107 310 107 301 108 293Z", 119, 311,
    ),
    "leg": (
        "M90 321H71C67 339 70 362 76 386H88C93 362 93 339 90 321Z",
        "M110 321H129C133 339 130 362 124 386H112C107 362 107 339 110 321Z", 119, 356,
    ),
    "foot": (
        "M88 389H76C74 398 69 405 66 411C69 416 83 416 89 412C90 404 89 396 88 389Z",
        "M112 389H124C126 398 131 405 134 411C131 416 117 416 111 412C110 404 111 396 112 389Z", 120, 406,
    ),
}  # fmt: skip
_WIDTH = 200
"""The figure is its own mirror around half of this."""


class UnknownPlace(LookupError):
    """No place has this code."""


@dataclass(frozen=True)
class Place:
    """A place to mark. ``path`` is its shape on the figure, ``x`` and ``y`` where its number stands."""

    code: str
    place: str
    side: str
    view: str
    name: str | Promise
    path: str
    x: int
    y: int

    @property
    def is_back(self) -> bool:
        """Whether it is the back of the trunk, where the emergency signs of back pain are asked."""
        return self.place in ("upper-back", "low-back")


@cache
def all_places() -> tuple[Place, ...]:
    """Return every place in the order of the list and of the figure: the front from head to foot, then the back."""
    return tuple(
        place for view in (FRONT, BACK) for place in sorted((*_of_trunk(view), *_of_limbs(view)), key=lambda one: one.y)
    )


def get(code: str) -> Place:
    """Return the place with this code ("front-knee-left"). Raises UnknownPlace."""
    try:
        return _by_code()[code]
    except KeyError:
        raise UnknownPlace(f"no place {code!r}") from None


def code_of(place: str, side: str, view: str) -> str:
    """Return the code of a stored mark. Raises UnknownPlace."""
    found = next((one for one in all_places() if (one.place, one.side, one.view) == (place, side, view)), None)
    if found is None:
        raise UnknownPlace(f"no place {place!r}, {side!r}, {view!r}")
    return found.code


def _of_trunk(view: str) -> list[Place]:
    return [
        Place(code, place, MIDDLE, seen, name, *_TRUNK[_SHAPE_OF[place]])
        for code, (place, seen, name) in _MIDDLE.items()
        if seen == view
    ]


def _of_limbs(view: str) -> list[Place]:
    found = []
    for place, names in _SIDED.items():
        viewers_left, viewers_right, x, y = _LIMBS[place]
        own = names[:2] if view == FRONT else names[2:]
        for side, name in zip((LEFT, RIGHT), own, strict=True):
            # Seen from the front, the left of the patient is on the viewer's right.
            on_the_right = (side == LEFT) == (view == FRONT)
            found.append(
                Place(
                    f"{view}-{place}-{side}", place, side, view, name,
                    viewers_right if on_the_right else viewers_left, x if on_the_right else _WIDTH - x, y,
                )
            )  # fmt: skip
    return found


@cache
def _by_code() -> dict[str, Place]:
    return {place.code: place for place in all_places()}
