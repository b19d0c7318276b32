"""The page of the needles: boxes that are open, and the form that opens one."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from clinic.kernel import clock
from clinic.kernel.words import say
from clinic.policy import policy
from clinic.staff.models import Practitioner
from clinic.staff.requests import StaffRequest
from sessions.habits import services
from sessions.habits.forms import BoxForm
from sessions.habits.models import Habit, NeedleBox
from sessions.habits.querysets import MOST_OFFERED, open_boxes


@require_http_methods(["GET", "HEAD", "POST"])
@policy("needles", "edit")
def needles(request: StaffRequest) -> HttpResponse:
    """Show the open boxes; open one."""
    now = clock.now()
    form = BoxForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            services.open_box(
                bought=form.bought,
                lot=said["lot"],
                expires_on=said["expires_on"],
                today=timezone.localdate(now),
                by=request.user,
                now=now,
            )
        except services.BoxRefused as refused:
            form.add_error("expires_on" if "run out" in str(refused) else "lot", str(refused))
        else:
            say(request, f"The box is open. Notes that use it begin with lot {said['lot']}.")
            return redirect("habits:needles")
    boxes = open_boxes().select_related("product", "opened_by").defer("opened_by__password")
    usual = Habit.objects.filter(practitioner__user_id=request.user.pk).values_list("product_id", flat=True).first()
    context = {
        "here": "notes",
        "form": form,
        "boxes": list(boxes[:MOST_OFFERED]),
        "usual": usual,
        "today": timezone.localdate(now),
    }
    return render(request, "habits/needles.html", context)


@require_POST
@policy("needles", "edit")
def finish(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Offer a box no more."""
    box = get_object_or_404(NeedleBox, public_id=public_id)
    services.finish_box(box=box, by=request.user, now=clock.now())
    say(request, f"Lot {box.lot} is out of use.")
    return redirect("habits:needles")


@require_POST
@policy("needles", "edit")
def use(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Begin my notes with the newest box of this product."""
    box = get_object_or_404(NeedleBox.objects.select_related("product"), public_id=public_id)
    practitioner = get_object_or_404(Practitioner, user_id=request.user.pk)
    services.use_by_default(product=box.product, practitioner=practitioner, by=request.user, now=clock.now())
    say(request, f"Your notes now begin with {box.product}.")
    return redirect("habits:needles")
