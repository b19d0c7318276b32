"""The words of the drawing. Staff read the English ones; a patient's page brings those of its language. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Labels:
    """Every word that stands in the chart; values in braces are filled in. ``described`` is for screen readers."""

    names: Mapping[str, str] = field(
        default_factory=lambda: {"pain": "pain", "mood": "low mood", "sleep": "poor sleep"}
    )
    narrow_names: Mapping[str, str] = field(default_factory=lambda: {"pain": "pain", "mood": "mood", "sleep": "sleep"})
    ends: str = "0 to 10 · worse is up ↑"
    narrow_ends: str = "0 to 10, worse is up"
    baseline: str = "pain at baseline {value}"
    narrow_baseline: str = "baseline {value}"
    better: str = "30 % better than baseline, or more"
    narrow_better: str = "30 % better"
    checkpoint: str = "checkpoint"
    session: str = "session"
    medicine: str = "Days with pain medicine, of 7"
    months: tuple[str, ...] = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    described: str = ""
    #: What was decided at a checkpoint; a patient's own chart leaves it out.
    decisions: Mapping[str, str] = field(default_factory=dict)
    #: Said where the answers begin to be in another language; a patient's own chart leaves it out.
    languages: Mapping[str, str] = field(default_factory=dict)


ENGLISH = Labels(
    languages={"en": "in English", "es": "in Spanish", "zh-Hans": "in Chinese"},
    decisions={name: name for name in ("continue", "change", "finish", "refer")},
)
