"""A form on one screen that keeps itself: the check-in and the questionnaires a practitioner asks for.

Every answer is kept as it comes; what worries counts at once; two windows never overwrite each other; what is not whole
is kept and says what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render

from patients.intake import services, worry_texts
from patients.intake.forms.answered import AnsweredForm
from patients.intake.views import kept


@dataclass(frozen=True)
class Screen:
    """One such form that is open now: how it is read, kept, handed in and drawn, and where it leads."""

    template: str
    language: str
    context: Mapping[str, object]
    read: Callable[[QueryDict], AnsweredForm]
    keep: Callable[..., services.Saved]
    send: Callable[..., services.Saved]
    please_read: str
    sent: str

    def shown(self, request: HttpRequest, form: AnsweredForm, **more: object) -> HttpResponse:
        """Draw the screen."""
        return render(request, self.template, {"form": form, **self.context, **more})

    def answered(self, request: HttpRequest, *, closed: Callable[[], HttpResponse]) -> HttpResponse:
        """Keep what came by itself, hand in what the button sent. ``closed`` answers when it is over meanwhile."""
        form = self.read(request.POST)
        is_whole = form.is_valid()
        if request.headers.get("X-Deqi-Autosave") == "1":
            return self._kept_by_itself(form)
        try:
            if not is_whole:
                return self._half(request, form)
            saved = self.send(**form.page)
        except services.Stale as stale:
            # What was typed here stands on the page again, on top of what another window saved.
            return self.shown(request, self._at_version(request, stale.version), beaten=kept.BEATEN)
        except services.Closed:
            return closed()
        return redirect(self.please_read if any(worry.text for worry in saved.new) else self.sent)

    def _half(self, request: HttpRequest, form: AnsweredForm) -> HttpResponse:
        """Keep what could be read of a page that is not right, and say what is wrong; what worries counts at once."""
        if "version" not in form.cleaned_data:
            return self.shown(request, form)
        saved = self.keep(**form.page)
        texts = worry_texts.for_flags([worry.id for worry in saved.new], self.language)
        return self.shown(request, self._at_version(request, saved.draft.version), worries=texts)

    def _at_version(self, request: HttpRequest, version: int) -> AnsweredForm:
        """Return the page as it was sent, on top of what is stored now."""
        data = request.POST.copy()
        data["version"] = str(version)
        return self.read(data)

    def _kept_by_itself(self, form: AnsweredForm) -> JsonResponse:
        """Answer the page's script: when it was saved, the next version, the clinic's words if something worries."""
        if "version" not in form.cleaned_data:
            return kept.refused(" ".join(str(said) for said in form.non_field_errors()), 422)
        try:
            saved = self.keep(**form.page)
        except services.Stale:
            return kept.refused(kept.BEATEN, 409)
        except services.Closed:
            return kept.refused(kept.CLOSED, 410)
        return kept.stored(saved, self.language)
