"""Who and where the practice is, how its mail leaves, what it says to a worried patient."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from clinic.kernel import clinic_words
from clinic.kernel.fields import CleanText, EmailField, PhoneField, showable
from clinic.kernel.forms import GuardedForm
from clinic.practice import countries, data, languages
from clinic.practice.models import Practice, WorryText

_GAP = re.compile(r"\[[^\[\]]*\]")


class ListedField(forms.ChoiceField):
    """A choice from a long list; what was sent and is not listed is not shown again as it came."""

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return what was sent, fit to be shown again."""
        return showable(super().bound_data(data, initial))


class PracticeForm(GuardedForm):
    """Name, country, zone, address and phone."""

    name = CleanText(
        label="Name of the practice", max_length=120, help_text="As patients know it. It stands in every mail."
    )
    country = ListedField(label="Country", error_messages={"required": "Please choose the country."})
    timezone = ListedField(
        label="Time zone", required=False, help_text="All times of the clinic are in this zone, for every user."
    )
    address = CleanText(label="Address", lines=True, max_length=500, help_text="As it stands on a letter.")
    phone = PhoneField(label="Phone", help_text="Patients read it under each form and mail.")

    mark_optional = False

    def __init__(self, data: Mapping[str, Any] | None = None, **options: Any) -> None:
        sent = str((data or {}).get("country") or "")
        region = sent if sent in dict(countries.countries()) else ""
        super().__init__(data, country=region, **options)
        _choose(self.fields["country"], [("", "Choose"), *countries.countries()])
        own = [("", "The country's own")] if not options.get("initial", {}).get("timezone") else []
        zones = sorted({*countries.zones(), *(zone for zone in [self.initial.get("timezone")] if zone)})
        _choose(self.fields["timezone"], [*own, *((zone, zone.replace("_", " ")) for zone in zones)])

    @staticmethod
    def proposal() -> dict[str, str]:
        """Return country and zone as the machine's settings propose them."""
        zone = settings.DEFAULT_TIMEZONE
        if not countries.is_zone(zone):
            return {}
        return {"timezone": zone, "country": countries.country_of(zone)}

    @staticmethod
    def initial_of(practice: Practice) -> dict[str, str]:
        """Return what stands in the form for the stored practice."""
        stored = {name: getattr(practice, name) for name in ("name", "country", "timezone", "address")}
        return stored | {"phone": said_phone(practice)}

    def clean(self) -> dict[str, Any]:
        """Puts a sentence beside the zone when it does not fit the country."""
        cleaned = super().clean() or self.cleaned_data
        country = cleaned.get("country")
        if country and "timezone" in cleaned:
            try:
                cleaned["timezone"] = _zone_for(country, cleaned["timezone"])
            except ValidationError as refused:
                self.add_error("timezone", refused)
        return cleaned


def _choose(field: forms.Field, choices: list[tuple[str, str]]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def _zone_for(country: str, zone: str) -> str:
    """Return the zone of a practice in ``country``; its only one when none was chosen. Raises ValidationError."""
    own = countries.zones_of(country)
    name = countries.name_of(country)
    if not zone:
        if len(own) == 1:
            return own[0]
        raise ValidationError(f"{name} has {len(own)} time zones. Please choose yours.", code="several")
    elsewhere = countries.country_of(zone)
    if elsewhere and zone not in own:
        said = f" Do you mean {own[0].replace('_', ' ')}?" if own else ""
        raise ValidationError(
            f"{zone.replace('_', ' ')} lies in {countries.name_of(elsewhere)}, not in {name}.{said}", code="elsewhere"
        )
    return zone


class MailForm(GuardedForm):
    """Where mails come from, and where the answers go."""

    mail_from = EmailField(label="From", help_text="Your mail server must let Deqi send from it.")
    reply_to = EmailField(label="Replies go to", help_text="A mailbox that the front desk reads.")

    def __init__(self, data: Mapping[str, Any] | None = None, *, own_address: str = "", **options: Any) -> None:
        super().__init__(data, **options)
        fields = {name: self.fields[name] for name in ("mail_from", "reply_to")}
        written = [own_address, *(str((data or self.initial).get(name) or "") for name in fields)]
        for name, field in fields.items():
            assert isinstance(field, EmailField)
            others = [text for text in written if text != str((data or {}).get(name) or "")]
            field.domains = tuple(text.rpartition("@")[2] for text in others if "." in text.rpartition("@")[2])

    @staticmethod
    def initial_of(practice: Practice, *, own_address: str) -> dict[str, str]:
        """Return what is stored, or what the machine's settings and the owner's address propose."""
        return {
            "mail_from": practice.mail_from or parseaddr(settings.EMAIL_FROM)[1],
            "reply_to": practice.reply_to or own_address,
        }


class WorryForm(GuardedForm):
    """Three texts that a patient reads after a worrying answer, and that the owner has read them."""

    confirmed = forms.BooleanField(
        label="I have read all three, and every number is right for this country",
        error_messages={"required": "Please tick this once you have read all three."},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        confirmed = self.fields.pop("confirmed")
        for kind, label in WorryText.Kind.choices:
            self.fields[kind] = CleanText(
                label=label, lines=True, max_length=2_000, widget=forms.Textarea(attrs={"rows": 9})
            )
        self.fields["confirmed"] = confirmed
        self.settle_fields()

    @staticmethod
    def initial_of(practice: Practice, language: str = languages.ENGLISH) -> dict[str, str]:
        """Return what is stored, and a proposal with the country's numbers for the rest."""
        stored = WorryText.objects.bodies(language)
        phone = said_phone(practice)
        return {
            kind: stored.get(kind) or data.worry_text(kind, country=practice.country, phone=phone, language=language)
            for kind in data.WORRY_KINDS
        }

    def clean(self) -> dict[str, Any]:
        """Puts a sentence beside a text that still has a gap."""
        cleaned = super().clean() or self.cleaned_data
        for kind in data.WORRY_KINDS:
            gap = _GAP.search(cleaned.get(kind) or "")
            if gap:
                self.add_error(
                    kind, f"There is a gap left: {gap[0][:60]}. Please put in what is right for your country."
                )
        return cleaned

    def bodies(self) -> dict[str, str]:
        """Return kind -> text."""
        return {kind: self.cleaned_data[kind] for kind in data.WORRY_KINDS}


def said_phone(practice: Practice) -> str:
    """Say the practice's phone as people of its country write it."""
    return clinic_words.phone(practice.phone, practice.country)
