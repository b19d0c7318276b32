"""What comes from the page of the needles."""

from __future__ import annotations

from decimal import Decimal

from django import forms

from clinic.kernel.fields import CleanText, DayField
from clinic.kernel.forms import GuardedForm
from sessions import vocabularies
from sessions.habits.services import Bought


def _sizes() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    sizes = vocabularies.needle_sizes()
    return [(f"{d:.2f}", f"{d:.2f}") for d in sizes.diameters_mm], [(str(n), str(n)) for n in sizes.lengths_mm]


class BoxForm(GuardedForm):
    """A box that is opened: what stands on it."""

    mark_optional = True

    maker = CleanText(label="Maker", max_length=60)
    product = CleanText(label="Product", max_length=60, required=False)
    diameter_mm = forms.ChoiceField(label="Diameter (mm)", choices=_sizes()[0], initial="0.25")
    length_mm = forms.ChoiceField(label="Length (mm)", choices=_sizes()[1], initial="40")
    material = forms.ChoiceField(label="Material", choices=vocabularies.choices("needle.material"))
    coating = forms.ChoiceField(label="Coating", choices=vocabularies.choices("needle.coating"))
    lot = CleanText(label="Lot", max_length=60)
    expires_on = DayField(label="Use by")
    sterile = forms.BooleanField(
        label="Sterile, for single use",
        error_messages={"required": "Only sterile needles for single use are used."},
        initial=True,
    )

    @property
    def bought(self) -> Bought:
        """What a valid form says of the product."""
        said = self.cleaned_data
        return Bought(
            maker=said["maker"],
            product=said["product"],
            diameter_mm=Decimal(said["diameter_mm"]),
            length_mm=int(said["length_mm"]),
            material=said["material"],
            coating=said["coating"],
        )
