"""The pages of texts for notes."""

from __future__ import annotations

import uuid
from functools import partial

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.kernel import clock
from clinic.kernel.words import say
from clinic.policy import policy
from clinic.staff.requests import StaffRequest
from sessions.shelf.pages import brought_back, is_kept, retired
from sessions.text_blocks import services
from sessions.text_blocks.forms import TextBlockForm
from sessions.text_blocks.models import TextBlock
from sessions.text_blocks.querysets import TextBlockQuerySet

READ_AND_WRITE = require_http_methods(["GET", "HEAD", "POST"])
#: Out of use and shown; older ones are looked for by nobody.
MOST_RETIRED = 200


@require_safe
@policy("text-block", "read")
def listed(request: StaffRequest) -> HttpResponse:
    """The texts of this person and the shared ones, by the part of the note; then those out of use."""
    seen = _seen(request).select_related("made_by").defer("made_by__password")
    blocks = list(seen.in_use())
    parts = [(part.label, [block for block in blocks if block.part == part]) for part in TextBlock.Part]
    context = {
        "here": _here(request),
        "parts": [(label, of_part) for label, of_part in parts if of_part],
        "retired": list(seen.filter(retired_at__isnull=False).order_by("-retired_at", "id")[:MOST_RETIRED]),
    }
    return render(request, "text_blocks/list.html", context)


@READ_AND_WRITE
@policy("text-block", "edit")
def edit(request: StaffRequest, public_id: uuid.UUID | None = None) -> HttpResponse:
    """Make a text, or change one. ``?part=plan`` begins a new one for that part."""
    stored = get_object_or_404(_seen(request), public_id=public_id) if public_id else None
    form = TextBlockForm(request.POST or None, initial=_initial(request, stored), own=_has_own(request, stored))
    if request.method == "POST" and form.is_valid() and is_kept(form, lambda: _keep(request, form, stored)):
        say(request, f"{form.cleaned_data['name']} is kept.")
        return redirect("text_blocks:list")
    return render(request, "text_blocks/block.html", {"here": _here(request), "form": form, "stored": stored})


@require_POST
@policy("text-block", "edit")
def retire(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Offer a text no more."""
    found = get_object_or_404(_seen(request), public_id=public_id)
    act = partial(services.retire_block, block=found, by=request.user, now=clock.now())
    return retired(request, found, act, place="text_blocks")


@require_POST
@policy("text-block", "edit")
def bring_back(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Offer a text again."""
    found = get_object_or_404(_seen(request), public_id=public_id)
    act = partial(services.bring_back_block, block=found, by=request.user, now=clock.now())
    return brought_back(request, found, act, place="text_blocks")


def _seen(request: StaffRequest) -> TextBlockQuerySet:
    return TextBlock.objects.seen_by(request.user.pk)


def _has_own(request: StaffRequest, stored: TextBlock | None) -> bool:
    """Who writes no notes keeps texts for others only; one that is an own one already may stay so."""
    return request.user.is_practitioner or (stored is not None and not stored.shared)


def _here(request: StaffRequest) -> str:
    """The place in the rail that leads here."""
    return "settings" if request.user.is_owner else "account"


def _initial(request: StaffRequest, stored: TextBlock | None) -> dict[str, object]:
    if stored is None:
        asked = request.GET.get("part", "")
        return {"part": asked} if asked in TextBlock.Part.values else {}
    return {name: getattr(stored, name) for name in ("name", "words", "part", "shared", "version")}


def _keep(request: StaffRequest, form: TextBlockForm, stored: TextBlock | None) -> None:
    by, now = request.user, clock.now()
    if stored is None:
        services.make_block(**form.said, by=by, now=now)
    else:
        services.change_block(block=stored, seen=form.cleaned_data["version"] or 0, **form.said, by=by, now=now)
