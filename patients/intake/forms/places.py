"""Where it hurts: a list of places, each with how strong it is and how it feels. The figure only mirrors the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.kernel.fields import ScaleField, TickField
from patients import body
from patients.intake import steps
from patients.intake.forms.base import StepFacts, StepForm

NOWHERE = "nowhere"
#: Stands for the code of a place in the row that the script copies.
ANY = "any"
ANY_NAME = "{place}"
#: From this strength on a place is drawn full.
STRONG = 5


@dataclass(frozen=True)
class Row:
    """What is asked of one marked place. ``strength`` and ``kinds`` are what the row says in short."""

    code: str
    name: str | Promise
    how_strong: BoundField
    how: BoundField
    strength: str
    kinds: list[str | Promise]

    @property
    def is_wrong(self) -> bool:
        """Whether something of it must be mended or is still asked."""
        return bool(self.how_strong.errors or self.how.errors)


@dataclass(frozen=True)
class Drawn:
    """A place on the figure. ``mark`` is the class of a marked one, ``number`` what is written on it."""

    place: body.Place
    mark: str
    number: str


class PlacesForm(StepForm):
    """Ticked places first; each ticked one asks for its strength. Without a script the page comes back once for that.

    Somebody who helps may leave the strength, and all of it, to the patient.
    """

    places = TickField(
        label=_("Choose from a list"),
        choices=[*((place.code, place.name) for place in body.all_places()), (NOWHERE, _("No one place, or no pain"))],
        none=NOWHERE,
        error_messages={"required": _("Please tap where it hurts, or choose “No one place, or no pain”.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helped_by = steps.helper_of(self.facts.data)
        self.fields["places"].required = not self.helped_by
        self.marked = self._marked()
        for place in self.marked:
            self._ask(place.code, place.name)

    def _ask(self, code: str, name: str | Promise) -> None:
        said = {"name": name}
        self.fields[f"strength_{code}"] = ScaleField(
            label=gettext("%(name)s: how strong is it?") % said, low=gettext("no pain"),
            high=gettext("as bad as I can imagine"), small=True, required=not self.helped_by and code != ANY,
            error_messages={"required": gettext("Please say how strong it is here, from 0 to 10.")},
        )  # fmt: skip
        self.fields[f"kinds_{code}"] = TickField(
            label=gettext("%(name)s: how does it feel?") % said, choices=list(body.KINDS.items()), row=True,
            small=True, required=False,
        )  # fmt: skip

    def _marked(self) -> list[body.Place]:
        """Return the places ticked on this page, or those of the first page shown, in the order of the list."""
        ticked = self["places"].value() or []
        return [place for place in body.all_places() if place.code in ticked]

    @property
    def rows(self) -> list[Row]:
        """What is asked of each marked place."""
        return [self._row(place.code, place.name) for place in self.marked]

    @property
    def any_row(self) -> Row:
        """The row that the script copies for a place that is tapped."""
        blank = type(self)(facts=self.facts)
        blank._ask(ANY, ANY_NAME)
        return blank._row(ANY, ANY_NAME)

    def _row(self, code: str, name: str | Promise) -> Row:
        strength, kinds = self[f"strength_{code}"], self[f"kinds_{code}"]
        value, felt = strength.value(), kinds.value() or []
        number = str(value) if str(value).isdecimal() else ""
        return Row(code, name, strength, kinds, number, [body.KINDS[kind] for kind in felt if kind in body.KINDS])

    @property
    def figures(self) -> list[tuple[str, str, list[Drawn]]]:
        """The two figures: view, its name, its places."""
        strengths = {row.code: row.strength for row in self.rows}
        drawn = [
            Drawn(place, _mark(strengths.get(place.code)), strengths.get(place.code, "")) for place in body.all_places()
        ]
        return [
            (view, name, [one for one in drawn if one.place.view == view])
            for view, name in ((body.FRONT, gettext("front")), (body.BACK, gettext("back")))
        ]

    @property
    def asks_more(self) -> bool:
        """Whether nothing is wrong but the strength of places that were just ticked is still to be said."""
        return bool(self.errors) and all(name.startswith("strength_") and name not in self.data for name in self.errors)

    @classmethod
    def initial_of(cls, facts: StepFacts, stored: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG003
        marks = stored.get("places") or []
        initial: dict[str, Any] = {"places": [mark["code"] for mark in marks]}
        if stored.get("nowhere"):
            initial["places"] = [NOWHERE]
        for mark in marks:
            initial[f"strength_{mark['code']}"] = mark["strength"]
            initial[f"kinds_{mark['code']}"] = mark["kinds"]
        return initial

    def answers(self) -> dict[str, Any]:
        ticked = [place for place in self.marked if place.code in (self.cleaned_data["places"] or [])]
        return {
            "places": [
                {
                    "code": place.code,
                    "strength": self.cleaned_data[f"strength_{place.code}"],
                    "kinds": self.cleaned_data[f"kinds_{place.code}"],
                }
                for place in ticked
            ],
            "nowhere": NOWHERE in (self.cleaned_data["places"] or []),
        }


def _mark(strength: str | None) -> str:
    if strength is None:
        return ""
    return "is-on" if strength and int(strength) >= STRONG else "is-some"
