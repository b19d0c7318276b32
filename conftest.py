"""Fixtures that stand in for those of pytest-django; the rest is in clinic/testing.py."""

from __future__ import annotations

from typing import Any

import pytest

from clinic import testing


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Several runs at once, each with a database of its own."""
    testing.name_database()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Let every connection begin in the role under test."""
    testing.hash_passwords_cheaply()
    testing.empty_tables_patiently()
    with django_db_blocker.unblock():
        testing.hand_out_rights()
