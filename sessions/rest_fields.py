"""The fields of the folded parts of a note: needling details, examination, other parts of the treatment.

They parse into three values, ``details``, ``exam`` and ``others``. A page that does not carry them (``rest`` is not
sent) leaves what stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError

from clinic.kernel.fields import CleanText
from clinic.kernel.number_fields import WholeNumber
from sessions import details, exam, techniques, tongue, vocabularies
from sessions.content import NoteContent
from sessions.details import Details, Needle, Unreadable
from sessions.exam import Exam, Felt
from sessions.techniques import HERBS, Technique
from sessions.tongue import Seen

_Found = TypeVar("_Found", Felt, Seen)
#: Lines for other parts that stand on the page; herbs have a line of their own.
LINES = range(6)


#: By the beginning of a field's name. What changed and whether anything did are one part: each answers for the other.
_PART = {
    "changes_text": "changes",
    "d": "details",
    **dict.fromkeys(("x", "p", "a"), "exam"),
    **dict.fromkeys(("h", *(f"t{line}" for line in LINES)), "others"),
}


def part_of(name: str) -> str:
    """The part of the note (its column) that a field of the page belongs to."""
    before, _, _ = name.partition("_")
    return _PART.get(name) or _PART.get(before, name)


def _pick(label: str, listed: str, none: str = "not said") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", none), *vocabularies.choices(listed)], required=False)


def _ticks(label: str, listed: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=vocabularies.choices(listed), required=False, widget=forms.CheckboxSelectMultiple
    )


def _pattern_choices() -> list[tuple[str, str]]:
    return [(term.code, f"{term.label} {term.chinese}") for term in vocabularies.terms("patterns")]


def _words(label: str, most: int, **options: Any) -> CleanText:
    return CleanText(label=label, max_length=most, required=False, **options)


class _DetailFields(forms.Form):
    d_needle = CleanText(label="Needle", required=False, max_length=900, widget=forms.Select)
    d_style = _pick("Style", "treatment_style")
    d_position = _pick("Position", "position")
    d_depth = _words("Depth", details.TEXTS["depth"], help_text="Where the points do not say it, such as 10 to 20 mm.")
    d_manipulation = _pick("Technique", "insertion.manipulation")
    d_stimulation = _pick("Stimulation", "insertion.stimulation")
    d_sought = _pick("Response sought", "insertion.response_sought")
    d_felt = _ticks("Response felt", "insertion.de_qi_felt")
    d_reasoning = _words("Why these points", details.TEXTS["reasoning"])
    d_varied = _words("Different from the plan", details.TEXTS["varied"])


class _ExamFields(forms.Form):
    x_tongue_colour = _pick("Body colour", "tongue.body_colour")
    x_tongue_shape = _ticks("Body shape", "tongue.body_shape")
    x_tongue_moisture = _pick("Moisture", "tongue.moisture")
    x_coat_colour = _pick("Coat colour", "tongue.coat_colour")
    x_coat_thickness = _pick("Coat", "tongue.coat_thickness")
    x_coat_quality = _ticks("Coat quality", "tongue.coat_quality")
    x_tongue_veins = _pick("Veins under the tongue", "tongue.sublingual_veins")
    x_tongue_where = _words("Where", exam.TEXTS["tongue_where"], help_text="Such as tip red, cracked in the centre.")
    x_rate = WholeNumber(label="Pulse rate a minute", least=exam.RATE[0], most=exam.RATE[-1], required=False)
    x_principles = forms.MultipleChoiceField(
        label="Eight principles",
        choices=[(one, one.capitalize()) for pair in vocabularies.eight_principles() for one in pair],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    x_main_pattern = forms.ChoiceField(
        label="Main pattern", choices=[("", "not said"), *_pattern_choices()], required=False
    )
    x_patterns = forms.MultipleChoiceField(
        label="Other patterns", choices=_pattern_choices(), required=False, widget=forms.CheckboxSelectMultiple
    )
    x_other_pattern = _words("In other words", exam.TEXTS["other_pattern"])
    x_principle = _words("Treatment principle", exam.TEXTS["principle"])
    x_abdomen = _words("Abdomen", exam.TEXTS["abdomen"])
    x_meridians = _words("Meridians felt", exam.TEXTS["meridians"])
    x_element_colour = _pick("Colour", "five_element.colour")
    x_element_sound = _pick("Sound", "five_element.sound")
    x_element_odour = _pick("Odour", "five_element.odour")
    x_element_emotion = _pick("Emotion", "five_element.emotion")
    x_element = _words("In words", exam.TEXTS["element"])


def _pulse_fields() -> dict[str, forms.Field]:
    hints = {exam.OVERALL: "Such as wiry, thready; deep: weak."}
    return {
        f"p_{place}": _words(place.replace("_", " ").capitalize(), 400, help_text=hints.get(place, ""))
        for place in exam.positions()
    }


def _area_fields() -> dict[str, forms.Field]:
    hints = {tongue.areas()[0]: "Such as red, prickly, greasy coat."}
    return {
        f"a_{area}": _words(vocabularies.label("tongue.area", area), 300, help_text=hints.get(area, ""))
        for area in tongue.areas()
    }


def _line_fields() -> dict[str, forms.Field]:
    kinds = [("", "none"), *[choice for choice in vocabularies.choices("components") if choice[0] != HERBS]]
    fields: dict[str, forms.Field] = {}
    for line in LINES:
        fields[f"t{line}_kind"] = forms.ChoiceField(label="Kind", choices=kinds, required=False)
        fields[f"t{line}_area"] = _words("Points or area", techniques.TEXTS["area"])
        fields[f"t{line}_minutes"] = WholeNumber(label="Minutes", most=techniques.MINUTES[-1], required=False)
        fields[f"t{line}_detail"] = _words("Detail", techniques.TEXTS["detail"])
        fields[f"t{line}_tolerance"] = _words("How it was borne", techniques.TEXTS["tolerance"])
    fields["h_formula"] = _words("Formula", techniques.TEXTS["formula"])
    fields["h_form"] = _words("Form", techniques.TEXTS["form"])
    fields["h_dose"] = _words("Dose", techniques.TEXTS["dose"], help_text="Such as 6 g twice a day.")
    fields["h_days"] = WholeNumber(label="Days", least=1, most=techniques.DAYS[-1], required=False)
    fields["h_checked"] = forms.BooleanField(label="Interactions with medicines checked", required=False)
    return fields


_Typed: Any = type("_Typed", (forms.Form,), {**_area_fields(), **_pulse_fields(), **_line_fields()})


class RestFields(_DetailFields, _ExamFields, _Typed):
    """The folded parts. ``standing`` is what the row says, ``day`` the day of the session in the clinic."""

    rest = forms.CharField(required=False, widget=forms.HiddenInput, initial="1")

    standing: NoteContent | None = None
    day: date | None = None

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        """Find the value of a part in ``details``, ``exam`` or ``others`` of the initial values."""
        part, _, name = field_name.partition("_")
        if field_name.startswith("d_"):
            stored = dict(self.initial.get("details") or {})
            return Needle.of(stored["needle"]).key if name == "needle" and stored.get("needle") else stored.get(name)
        if field_name.startswith("x_"):
            return (self.initial.get("exam") or {}).get(name)
        if field_name.startswith("p_"):
            return exam.pulse_text(exam.read_exam(self.initial.get("exam") or {}).pulse, name)
        if field_name.startswith("a_"):
            return tongue.seen_text(exam.read_exam(self.initial.get("exam") or {}).tongue_at, name)
        others = self.initial.get("others") or []
        if field_name.startswith("h_"):
            return next((one.get(name) for one in others if one["kind"] == HERBS), None)
        if part[:1] == "t" and part[1:].isdigit():
            lines = [one for one in others if one["kind"] != HERBS]
            return lines[int(part[1:])].get(name) if int(part[1:]) < len(lines) else None
        return super().get_initial_for_field(field, field_name)

    def clean_d_needle(self) -> Needle | None:
        """The needle of the chosen box. Raises ValidationError when it is unknown, or had run out by that day."""
        key = self.cleaned_data["d_needle"]
        if not key:
            return None
        try:
            needle = Needle.of_key(key)
        except Unreadable as wrong:
            raise ValidationError("Please choose one of the open boxes.", code="needle") from wrong
        if self.day and needle.expired_on(self.day):
            raise ValidationError(f"Lot {needle.lot} ran out on {needle.expires_on}. Please choose another box.")
        return needle

    def settle_rest(self) -> None:
        """Put ``details``, ``exam`` and ``others`` into the cleaned data; what cannot be read is said at its field."""
        said, stands = self.cleaned_data, self.standing or NoteContent()
        said["details"], said["exam"], said["others"] = stands.details, stands.exam, stands.others
        if "rest" not in self.data:
            return
        if self.brings(("details",)):
            said["details"] = self._details()
        if self.brings(("exam",)):
            said["exam"] = self._exam()
        if self.brings(("others",)):
            said["others"] = [part.as_json() for part in self._others()]

    def brings(self, parts: Iterable[str]) -> bool:
        """Whether one of these parts (columns of the note) was sent: of a whole page, all were."""
        return True

    def _details(self) -> dict[str, Any]:
        said = self.cleaned_data
        return Details(
            needle=said.get("d_needle"),
            felt=tuple(said.get("d_felt") or ()),
            **{name: said.get(f"d_{name}") or "" for name in (*details.LISTS, *details.TEXTS) if name != "felt"},
        ).as_json()

    def _exam(self) -> dict[str, Any]:
        said = self.cleaned_data
        found: dict[str, Any] = {name: said.get(f"x_{name}") or "" for name in (*exam.ONE, *exam.TEXTS)}
        found |= {name: tuple(said.get(f"x_{name}") or ()) for name in (*exam.SEVERAL, "principles")}
        pulse = self._typed("p", exam.positions(), exam.parse_pulse)
        seen = self._typed("a", tongue.areas(), tongue.parse_area)
        return Exam(pulse=pulse, tongue_at=seen, rate=said.get("x_rate"), **found).as_json()

    def _typed(
        self, prefix: str, places: tuple[str, ...], parse: Callable[[str, str], tuple[_Found, ...]]
    ) -> tuple[_Found, ...]:
        """What was typed for each place; what cannot be read is said at its field."""
        found: list[_Found] = []
        for place in places:
            try:
                found.extend(parse(place, self.cleaned_data.get(f"{prefix}_{place}") or ""))
            except Unreadable as wrong:
                self.add_error(f"{prefix}_{place}", str(wrong))
        return tuple(found)

    def _others(self) -> list[Technique]:
        said, parts = self.cleaned_data, []
        for line in LINES:
            own: dict[str, Any] = {
                name: said.get(f"t{line}_{name}") for name in ("area", "minutes", "detail", "tolerance")
            }
            kind = said.get(f"t{line}_kind")
            if kind:
                minutes = own.pop("minutes")
                texts: dict[str, Any] = {name: value or "" for name, value in own.items()}
                parts.append(Technique(kind, minutes=minutes, **texts))
            elif any(value not in ("", None) for value in own.values()) and f"t{line}_kind" not in self.errors:
                self.add_error(f"t{line}_kind", "Please choose what it was.")
        herbs: dict[str, Any] = {name: said.get(f"h_{name}") or "" for name in ("formula", "form", "dose")}
        if any(herbs.values()) or said.get("h_days") or said.get("h_checked"):
            parts.append(Technique(HERBS, days=said.get("h_days"), checked=bool(said.get("h_checked")), **herbs))
        return parts

    @property
    def lines(self) -> list[list[forms.BoundField]]:
        """The lines of other parts: kind, area, minutes, detail, how it was borne."""
        names = ("kind", "area", "minutes", "detail", "tolerance")
        return [[self[f"t{line}_{name}"] for name in names] for line in LINES]

    @property
    def pulse_fields(self) -> list[forms.BoundField]:
        """Overall, and the six positions."""
        return [self[f"p_{place}"] for place in exam.positions()]

    @property
    def area_fields(self) -> list[forms.BoundField]:
        """The areas of the tongue."""
        return [self[f"a_{area}"] for area in tongue.areas()]

    @property
    def element_fields(self) -> list[forms.BoundField]:
        """What the five-element style asks for, by codes."""
        return [self[f"x_element_{name}"] for name in exam.ELEMENT_SIGNS]

    @property
    def herb_fields(self) -> list[forms.BoundField]:
        """Formula, form, dose, days, and whether interactions were checked."""
        return [self[f"h_{name}"] for name in ("formula", "form", "dose", "days", "checked")]
