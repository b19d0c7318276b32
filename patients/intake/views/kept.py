"""What a page's script (static/js/keep.js) is told after it saved."""

from __future__ import annotations

from django.http import JsonResponse
from django.utils.translation import gettext, gettext_lazy

from clinic.kernel import clinic_words
from patients.intake import worry_texts
from patients.intake.services import Saved

BEATEN = gettext_lazy("Another window saved other answers meanwhile. Send again to keep what stands here.")
CLOSED = gettext_lazy("The form was sent or closed meanwhile.")


def stored(saved: Saved, language: str) -> JsonResponse:
    """Say when it was saved, the next version, and the clinic's words if something worries."""
    at = clinic_words.time_of_day(saved.draft.updated_at)
    texts = worry_texts.for_flags([worry.id for worry in saved.new], language)
    return JsonResponse(
        {
            "version": saved.draft.version,
            "says": gettext("saved %(time)s") % {"time": at},
            "texts": [{"heading": text.heading, "body": text.body} for text in texts],
        }
    )


def refused(says: object, status: int) -> JsonResponse:
    """Say in one sentence why it was not saved: 409 for another window, 410 when it is closed, 413 for
    far too much, 422 when it arrived cut off.
    """
    return JsonResponse({"says": str(says)}, status=status)
