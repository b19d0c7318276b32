"""Measured values from a file: the table is read (table), days and times (days), then all rows or none are stored."""

from __future__ import annotations

from patients.measures.importing.run import run

__all__ = ["run"]
