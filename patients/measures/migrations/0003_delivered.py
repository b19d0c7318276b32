"""The measures that come with Deqi."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from patients.measures.delivered import lay_down


def forward(apps: Any, schema_editor: Any) -> None:
    lay_down(apps.get_model("measures", "Measure"), apps.get_model("measures", "MeasureVersion"))


class Migration(migrations.Migration):
    dependencies = [("measures", "0002_guards")]
    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
