from __future__ import annotations

from django.apps import AppConfig
from django.http import HttpRequest

from clinic.policy import Tag
from clinic.policy.refusals import on_denied


class AuditConfig(AppConfig):
    name = "clinic.audit"
    label = "audit"
    verbose_name = "Audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A refusal leaves a trace too. The services need loaded models, so they are imported here."""
        from clinic.audit.services import record
        from clinic.kernel import clock

        def refused(request: HttpRequest, tag: Tag) -> None:
            record(
                by=request.user,  # type: ignore[arg-type]
                now=clock.now(),
                action=tag.action,
                resource=tag.resource,
                result="denied",
            )

        on_denied.append(refused)
