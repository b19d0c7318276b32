"""A photo that came with a form, for practitioners."""

from __future__ import annotations

import uuid

from csp.decorators import csp_replace
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from clinic.audit import services as audit
from clinic.kernel import clock
from clinic.policy import policy
from clinic.staff.requests import StaffRequest
from patients.models import Photo


@policy("intake-answers", "read")
@require_safe
@csp_replace({"sandbox": ["allow-downloads"]})  # type: ignore[arg-type]
def photo(request: StaffRequest, public_id: uuid.UUID, photo_id: uuid.UUID) -> HttpResponse:
    """Send a photo of the patient's list of medicines. The look leaves a trace.

    It is a JPEG of our own making; should a browser ever take it for a page, it could do nothing there.
    """
    found = get_object_or_404(
        Photo.objects.select_related("patient"), public_id=photo_id, patient__public_id=public_id
    )  # fmt: skip
    audit.open_record(by=request.user, now=clock.now(), resource="intake-answers", patient_id=found.patient_id)
    answer = HttpResponse(bytes(found.jpeg), content_type="image/jpeg")
    answer.headers["Content-Disposition"] = 'attachment; filename="medicines.jpg"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
