"""A photo as a field: refused in words, made anew, never given back by the browser."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from patients.intake.pictures import NotAPicture, Picture, made_anew


class PictureField(forms.FileField):
    """One JPEG or PNG of at most 10 MB; its value is a Picture of our own making, None for none."""

    widget = forms.FileInput(attrs={"accept": "image/jpeg,image/png"})

    def clean(self, data: Any, initial: Any = None) -> Picture | None:
        """Return the picture. Raises ValidationError in words."""
        if not isinstance(data, UploadedFile):
            return None
        try:
            return made_anew(data, data.size or 0)  # type: ignore[arg-type]
        except NotAPicture as problem:
            raise ValidationError(str(problem), code="picture") from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return isinstance(data, UploadedFile)
