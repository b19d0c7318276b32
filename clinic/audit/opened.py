"""A record that is opened by its address: the look is traced before anything of it is read."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404

from clinic.audit.services import Actor, open_record

Row = TypeVar("Row", bound=Model)


def opened(
    rows: QuerySet[Row], *, public_id: uuid.UUID, resource: str, patient: str = "patient_id", by: Actor, now: datetime
) -> Row:
    """Trace that somebody looks at a record, then return it with what ``rows`` brings along. Three statements.

    ``patient`` is the way from the record to the id of its patient. Raises Http404 for a record that is not there;
    that leaves no trace.
    """
    of_all = rows.model._default_manager.filter(public_id=public_id)
    found = of_all.values_list("pk", patient).first()
    if found is not None:
        open_record(by=by, now=now, resource=resource, patient_id=found[1], object_id=found[0])
    return get_object_or_404(rows, public_id=public_id)
