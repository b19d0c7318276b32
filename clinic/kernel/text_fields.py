"""Text, e-mail and phone as people type them: cleaned where nothing is lost, else refused in words."""

from __future__ import annotations

import difflib
import re
import unicodedata
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LINE = 200
"""Characters that fit into one line, unless a field says otherwise."""
TEXT = 50_000
"""Characters that fit into a text area, unless a field says otherwise."""
BROKEN = "\ufffd"

_NEW_LINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile(r"\s+")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_ENDING = re.compile(r"([A-Za-z]{2,63}|[Xx][Nn]--[A-Za-z0-9-]{1,59})")
_KNOWN_DOMAINS = (
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com", "proton.me", "gmx.net",
    "web.de", "aol.com", "live.com", "msn.com", "comcast.net",
)  # fmt: skip


def is_broken(character: str) -> bool:
    """Tell whether a character cannot be stored or shown: NUL, other controls, lone surrogates, U+FFFD."""
    return character not in "\n\t" and (character == BROKEN or unicodedata.category(character) in ("Cc", "Cs"))


def tidy(text: str, *, lines: bool = False) -> str:
    """Return ``text`` in one spelling (NFC), trimmed. Without ``lines`` every run of blanks becomes one space."""
    plain = unicodedata.normalize("NFC", _NEW_LINES.sub("\n", text).replace("\ufeff", ""))
    return plain.strip() if lines else _BLANKS.sub(" ", plain).strip()


def showable(value: object) -> object:
    """Return what was typed so that a page can hold it: what is broken becomes the mark �, the rest stays."""
    if not isinstance(value, str):
        return value
    return "".join(BROKEN if is_broken(c) else c for c in _NEW_LINES.sub("\n", value))


def _grouped(number: int) -> str:
    return number_format(number, use_l10n=True, force_grouping=True)


class CleanText(forms.CharField):
    """Text without what a database or a mail cannot carry.

    One line of ``LINE`` characters, or with ``lines=True`` a text area of ``TEXT``. The length is counted here, not by
    the browser, which would cut a pasted text without a word.
    """

    def __init__(self, *, max_length: int | None = None, lines: bool = False, **options: Any) -> None:
        self.lines = lines
        self.most = max_length or (TEXT if lines else LINE)
        if lines:
            options.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        options.setdefault("strip", False)
        super().__init__(**options)
        # Ours speaks in words and shows where; Django's stands for the same character without saying which.
        self.validators = [v for v in self.validators if type(v).__name__ != "ProhibitNullCharactersValidator"]

    def to_python(self, value: Any) -> str:
        """Return the tidy text. Raises ValidationError in words for what is broken or too long."""
        text = tidy("" if value is None else str(value), lines=self.lines)
        if any(is_broken(c) for c in text):
            raise ValidationError(
                _("There is a character in here that cannot be kept, shown as �. Please type that word again."),
                code="broken",
            )
        if len(text) > self.most:
            said = _("This is {length} characters long; {most} fit here. Please shorten it.")
            numbers = {"length": _grouped(len(text)), "most": _grouped(self.most)}
            raise ValidationError(said.format(**numbers), code="too_long")
        return text

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return what was typed, fit to be shown again."""
        return showable(super().bound_data(data, initial))


def read_email(text: str, *, domains: tuple[str, ...] = ()) -> str:
    """Return an address as it can be mailed to, its domain in small letters.

    Only plain ASCII passes: letters such as the dotless i or the Kelvin sign fold onto others, and two people could
    then own what looks like one address. ``domains`` are the ones people here may have meant. Raises ValidationError.
    """
    odd = next((c for c in text if not "!" <= c <= "~"), "")
    if odd:
        if odd.isspace():
            said = _("An address cannot hold a blank. Please write it with plain letters and digits.")
        else:
            said = _("An address cannot hold “{sign}”. Please write it with plain letters and digits.").format(sign=odd)
        raise ValidationError(said, code="odd")
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain:
        raise ValidationError(_("An address has an @ with a name before it and a place behind it."), code="no_at")
    if len(local) > 64 or len(text) > 254:
        raise ValidationError(
            _("This address is longer than mail can carry. Please look at it once more."), code="long"
        )
    if not _LOCAL.fullmatch(local):
        raise ValidationError(_("The part before the @ has a sign or a dot too many. Please look at it."), code="local")
    labels = domain.split(".")
    if len(labels) < 2 or not _ENDING.fullmatch(labels[-1]):
        meant = _meant(domain, domains)
        if meant:
            said = _("This address has no ending such as .com. Did you mean {address}?").format(
                address=f"{local}@{meant}"
            )
        else:
            said = _("This address has no ending such as .com.")
        raise ValidationError(said, code="no_ending")
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise ValidationError(_("The part behind the @ cannot be read. Please look at it once more."), code="domain")
    return f"{local}@{domain.lower()}"


def _meant(domain: str, domains: tuple[str, ...]) -> str:
    known = {name.split(".")[0]: name for name in (*_KNOWN_DOMAINS, *(d.lower() for d in domains))}
    close = difflib.get_close_matches(domain.rstrip(".").split(".")[0].lower(), list(known), n=1, cutoff=0.8)
    return known[close[0]] if close else ""


class EmailField(CleanText):
    """An e-mail address, strict. ``domains`` may name the house's own, for "Did you mean ...?"."""

    def __init__(self, *, domains: tuple[str, ...] = (), **options: Any) -> None:
        self.domains = domains
        attrs = {"autocapitalize": "none", "spellcheck": "false"}
        options.setdefault("widget", forms.EmailInput(attrs={"autocomplete": "email", **attrs}))
        super().__init__(**options)

    def to_python(self, value: Any) -> str:
        """Return the address, or "". Raises ValidationError in words."""
        if not super().to_python(value):
            return ""
        # As it came: one spelling (NFC) would turn the Kelvin sign into a K before anyone could refuse it.
        return read_email(str(value).strip(), domains=self.domains)


_TOO_LONG = gettext_lazy("This phone number has too many digits. Please look at it.")
_TOO_SHORT = gettext_lazy("This phone number has too few digits. Please look at it.")
_UNREAD = {
    phonenumbers.NumberParseException.INVALID_COUNTRY_CODE: gettext_lazy(
        "Please begin with + and the country's number, such as +1."
    ),
    phonenumbers.NumberParseException.TOO_LONG: _TOO_LONG,
    phonenumbers.NumberParseException.TOO_SHORT_NSN: _TOO_SHORT,
    phonenumbers.NumberParseException.TOO_SHORT_AFTER_IDD: _TOO_SHORT,
}


def read_phone(text: str, region: str) -> str:
    """Return a phone number as +15550142 (E.164), read as people of ``region`` (ISO country) write it.

    An extension stays behind an x. Raises ValidationError for what nobody could dial.
    """
    bare = re.sub(r"(?i)\s*(ext\.?|x|#)\s*[0-9]{1,7}$", "", text)
    if any(c.isalpha() for c in bare):
        raise ValidationError(_("A phone number has digits only. Please leave out the words."), code="letters")
    try:
        number = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException as unread:
        sentence = _UNREAD.get(
            unread.error_type, gettext_lazy("This is no phone number one could dial. Please look at it.")
        )
        raise ValidationError(sentence, code="unread") from None
    reach = phonenumbers.is_possible_number_with_reason(number)
    if reach == phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
        raise ValidationError(_("Please write the area code too, so that it rings from everywhere."), code="local")
    if reach == phonenumbers.ValidationResult.TOO_LONG:
        raise ValidationError(_TOO_LONG, code="long")
    if reach != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise ValidationError(_TOO_SHORT, code="short")
    plain = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{plain}x{number.extension}" if number.extension else plain


class PhoneField(CleanText):
    """A phone number, read in the practice's country; set ``region`` on the form's own copy of the field."""

    def __init__(self, *, region: str = "", **options: Any) -> None:
        self.region = region
        options.setdefault("widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}))
        options.setdefault("max_length", 40)
        super().__init__(**options)

    def to_python(self, value: Any) -> str:
        """Return the number as E.164, or "". Raises ValidationError in words."""
        text = super().to_python(value)
        return read_phone(text, self.region) if text else ""
