"""What the ledger is asked for, as it stands in its address."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms

from clinic.kernel.fields import CleanText

EVERYTHING = ""
NEEDS_YOU = "needs-you"
SHOWS = {
    EVERYTHING: "All",
    "sent": "Sent",
    "planned": "Planned",
    "skipped": "Skipped",
    NEEDS_YOU: "Needs you",
}
_MOST_PAGES = 10_000


class LedgerForm(forms.Form):
    """Which messages, of whom, and which page. What is wrong is said beside the search box; the list is shown."""

    q = CleanText(required=False, label="Name of a patient")
    state = forms.CharField(required=False)
    page = forms.CharField(required=False)

    def clean_state(self) -> str:
        """Return a known state; anything else means all."""
        state: str = self.cleaned_data["state"]
        return state if state in SHOWS else EVERYTHING

    def clean_page(self) -> int:
        """Return the number of the page, from 1; anything else means the first."""
        page: str = self.cleaned_data["page"]
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
        return min(max(number, 1), _MOST_PAGES)

    def clean(self) -> dict[str, Any]:
        """An address that holds what no address of ours holds (NUL) means the first page of all."""
        return {"state": EVERYTHING, "page": 1, **(super().clean() or self.cleaned_data)}

    @property
    def question(self) -> str:
        """What is looked for; "" also when it cannot be read."""
        return str(self.cleaned_data.get("q") or "")

    def address(self, **changes: str | int) -> str:
        """Return this choice as the end of an address, ``?state=sent&page=2``; "" for the first page of all."""
        wanted = {"state": self.cleaned_data["state"], "q": self.question, "page": self.cleaned_data["page"], **changes}
        kept = {name: value for name, value in wanted.items() if value not in ("", 1)}
        return f"?{urlencode(kept)}" if kept else ""
