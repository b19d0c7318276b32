"""Links in mails: a capability nobody can guess, of which the database keeps only a hash.

The token is made again from its row whenever a mail is rendered, so that nothing secret waits in the outbox.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid

from django.conf import settings

#: Begins what stands in a row instead of the hash of a token that was forgotten: no SHA-256 has it.
FORGOTTEN = "forgotten:"


def make_token(*, purpose: str, public_id: uuid.UUID, version: int) -> str:
    """Return the 43-character token of a link: HMAC-SHA256 of purpose, link id and version under LINK_KEY."""
    message = f"{purpose}:{public_id}:{version}".encode()
    digest = hmac.new(settings.LINK_KEY.encode(), message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def hash_token(token: str) -> str:
    """Return what the database keeps of a token: its SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def mask_address(address: str) -> str:
    """Return an e-mail address fit for a list: ``s***@okonkwo.example``; empty stays empty."""
    local, at, domain = address.partition("@")
    return f"{local[:1]}***@{domain}" if at else ""
