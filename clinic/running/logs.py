"""One event, one line of JSON."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

# A link's token is as good as a key: nothing that looks like one reaches a log. Paths of links
# are /i/…, /v/…, /setup/…, /accounts/…; a token is at least twenty characters of base64 or hex.
_TOKEN = re.compile(r"(?<=/)[A-Za-z0-9_\-]{20,}(?=/|\?|\s|\"|'|$)")


def masked(text: str) -> str:
    """The text with everything that may be a link's token replaced by ``***``."""
    return _TOKEN.sub("***", text)


class JsonLine(logging.Formatter):
    """Time in UTC, level, logger, message, and the traceback without values."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, tz=UTC)
        event: dict[str, object] = {
            "at": at.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        request_id = getattr(getattr(record, "request", None), "id", None)
        if request_id:
            event["request_id"] = str(request_id)
        if record.exc_info:
            event["traceback"] = masked(self.formatException(record.exc_info))
        return json.dumps(event, ensure_ascii=False)


class NotReadyYet(logging.Filter):
    """Leaves out that /readyz said no: whoever asked has the answer, and asks every few seconds."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not (record.name == "django.request" and record.getMessage().endswith("/readyz"))
