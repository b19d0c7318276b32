"""The test mail: it proves that mail leaves, arrives and leads back, before a patient waits for one."""

from __future__ import annotations

import hmac
import uuid
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from clinic.kernel import links
from clinic.outbox import letters
from clinic.outbox.kinds import Kind, Mail
from clinic.outbox.models import OutgoingMessage

TEST_MAIL = "test-mail"


def token_of(public_id: uuid.UUID) -> str:
    """Return the token of the button in one test mail."""
    return links.make_token(purpose=TEST_MAIL, public_id=public_id, version=1)


def is_token_of(public_id: uuid.UUID, token: str) -> bool:
    """Tell whether ``token`` is the one of this mail."""
    return hmac.compare_digest(token_of(public_id).encode(), token.encode("utf-8", "surrogatepass"))


def render(message: OutgoingMessage, now: datetime) -> Mail:
    """Write the test mail with its button."""
    path = reverse("opening:press", args=[message.public_id, token_of(message.public_id)])
    return letters.write(TEST_MAIL, practice=message.practice, context={"link": settings.BASE_URL + path})


KIND = Kind(code=TEST_MAIL, title="Test mail", render=render)
