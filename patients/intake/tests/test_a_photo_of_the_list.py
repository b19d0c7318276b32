from __future__ import annotations

import io
import struct
import time
import tracemalloc
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from clinic.audit.models import AuditEvent
from patients.intake import steps
from patients.intake.pictures import LONGEST_SIDE, MOST_BYTES, NotAPicture, made_anew
from patients.intake.tests.conftest import HEALTH, a_png, row
from patients.models import Photo


def a_jpeg(width=800, height=600, *, place="", mode="RGB"):
    picture = Image.new(mode, (width, height), 128 if mode == "L" else None)
    exif = Image.Exif()
    if place:
        exif[0x0112] = 6  # lies on its side
        exif[0x010E] = place
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def a_bomb(width, height):
    """A PNG of a few kB that unpacks to width times height."""
    parts = [b"\x89PNG\r\n\x1a\n"]
    packer = zlib.compressobj(9)
    line = b"\0" * (1 + width)
    packed = b"".join(packer.compress(line) for _ in range(height)) + packer.flush()
    for name, content in (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)), (b"IDAT", packed), (b"IEND", b""),
    ):  # fmt: skip
        parts.append(struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content)))
    return b"".join(parts)


def read(content):
    return made_anew(io.BytesIO(content), len(content))


def upload(content, name="list.jpg", kind="image/jpeg"):
    return SimpleUploadedFile(name, content, content_type=kind)


@pytest.fixture
def at_health(link, phone):
    phone.fill(link, until=steps.PLACES)
    return phone


def test_a_photo_is_made_anew_without_a_word_about_its_place():
    sent = a_jpeg(3000, 1000, place="taken at 48.137 N 11.575 E")
    picture = read(sent)

    kept = Image.open(io.BytesIO(picture.jpeg))
    assert (kept.format, kept.size) == ("JPEG", (picture.width, picture.height))
    assert not kept.getexif()
    assert b"48.137" in sent
    assert b"48.137" not in picture.jpeg
    assert picture.height == LONGEST_SIDE > picture.width  # upright, and no larger than needed


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_photos_of_any_colours_are_kept(mode):
    assert read(a_jpeg(mode=mode)).width == 800


@pytest.mark.parametrize("colour", [0, 2, 4, 6])
def test_png_pictures_are_kept_as_jpeg(colour):
    assert read(a_png(300, 200, colour=colour)).jpeg.startswith(b"\xff\xd8\xff")


def test_what_hides_behind_a_picture_is_gone():
    behind = a_jpeg() + b"<script>alert(1)</script>PK\x03\x04"

    assert b"script" not in read(behind).jpeg


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"<html><script>alert(1)</script>", "Please choose a photo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "Please choose a photo"),
        (b"%PDF-1.7 ...", "Please choose a photo"),
        (b"GIF89a" + b"\0" * 100, "Please choose a photo"),
        (b"\xff\xd8\xff" + b"no picture", "cannot be read"),
        (b"\x89PNG\r\n\x1a\n" + b"no picture", "cannot be read"),
        (a_jpeg()[:900], "cannot be read"),
        (a_png()[:-40], "cannot be read"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(content, says):
    with pytest.raises(NotAPicture, match=says):
        read(content)


def test_a_bomb_is_refused_before_it_unpacks():
    bomb = a_bomb(20_000, 20_000)
    assert len(bomb) < 500_000
    tracemalloc.start()
    began = time.perf_counter()

    with pytest.raises(NotAPicture):
        read(bomb)

    assert time.perf_counter() - began < 10
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()


def test_a_picture_of_more_than_ten_megabytes_is_refused_unread():
    with pytest.raises(NotAPicture, match="10 MB"):
        made_anew(io.BytesIO(b"\xff\xd8\xff"), MOST_BYTES + 1)


def test_a_photo_is_kept_with_the_draft_and_shown_as_kept(at_health, asked, maria):
    answer = at_health.send(steps.HEALTH, HEALTH | {"photo": upload(a_jpeg(place="home"))})

    assert answer.status_code == 302
    photo = Photo.objects.get()
    assert (photo.patient_id, photo.request_id, photo.kind) == (maria.pk, asked.pk, "medicines")
    assert row(asked).draft.data[str(steps.HEALTH)]["photo"] == str(photo.public_id)
    assert f'value="{photo.public_id}"' in at_health.get(f"/i/form/{steps.HEALTH}/").content.decode()


def test_a_kept_photo_stays_and_goes_as_it_is_ticked(at_health, asked):
    at_health.send(steps.HEALTH, HEALTH | {"photo": upload(a_jpeg())})
    kept = str(Photo.objects.get().public_id)

    at_health.send(steps.HEALTH, HEALTH | {"photo_kept": kept})
    assert row(asked).draft.data[str(steps.HEALTH)]["photo"] == kept
    at_health.send(steps.HEALTH, HEALTH)
    assert row(asked).draft.data[str(steps.HEALTH)]["photo"] == ""


def test_a_photo_is_not_lost_to_a_mistake_elsewhere_on_the_page(at_health, asked):
    page = at_health.send(steps.HEALTH, HEALTH | {"medicines": "x" * 400, "photo": upload(a_jpeg())})

    kept = str(Photo.objects.get().public_id)
    assert page.status_code == 200
    assert f'value="{kept}"' in page.content.decode()
    at_health.send(steps.HEALTH, HEALTH | {"photo_kept": kept})
    assert row(asked).draft.data[str(steps.HEALTH)]["photo"] == kept


def test_a_photo_of_somebody_else_cannot_be_named(at_health, asked, maria):
    other = Photo.objects.create(
        patient=maria, kind="medicines", jpeg=b"x", width=1, height=1, sha256="0" * 64, request_id=None,
        received_at=asked.issued_at,
    )  # fmt: skip

    at_health.send(steps.HEALTH, HEALTH | {"photo_kept": str(other.public_id)})

    assert row(asked).draft.data[str(steps.HEALTH)]["photo"] == ""


def test_what_is_no_picture_is_said_beside_its_field_and_the_text_stays(at_health):
    page = at_health.send(steps.HEALTH, HEALTH | {"photo": upload(b"<html>", "list.png", "image/png")})

    words = page.content.decode()
    assert page.status_code == 200
    assert "Please choose a photo (JPEG or PNG)" in words
    assert "Amitriptyline" in words
    assert not Photo.objects.exists()


def test_the_same_photo_sent_twice_is_kept_once(at_health):
    for _ in range(2):
        at_health.send(steps.HEALTH, HEALTH | {"photo": upload(a_jpeg())})

    assert Photo.objects.count() == 1


def test_practitioners_see_it_with_a_trace_and_the_desk_does_not(at_health, maria, charlie, bob, client):
    at_health.send(steps.HEALTH, HEALTH | {"photo": upload(a_jpeg())})
    photo = Photo.objects.get()
    path = f"/patients/{maria.public_id}/intake/photo/{photo.public_id}/"

    client.force_login(bob)
    assert client.get(path).status_code == 403
    client.force_login(charlie)
    answer = client.get(path)

    assert answer.status_code == 200
    assert answer.content == bytes(photo.jpeg)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer.headers["Cache-Control"]
    assert AuditEvent.objects.filter(resource="intake-answers", patient_id=maria.pk, actor_id=charlie.pk).exists()
    assert client.get(f"/patients/{maria.public_id}/intake/photo/{maria.public_id}/").status_code == 404


def test_the_reading_page_shows_the_photo_that_stands_and_says_who_brings_the_list(at_health, maria, charlie, client):
    at_health.send(steps.HEALTH, HEALTH | {"photo": upload(a_jpeg())})
    first = str(Photo.objects.get().public_id)
    at_health.send(steps.HEALTH, HEALTH | {"photo": upload(a_jpeg(900)), "photo_kept": first, "brings_list": "on"})
    for step in (steps.FEELINGS, steps.AGREEMENT):
        at_health.send(step)
    client.force_login(charlie)

    page = client.get(f"/patients/{maria.public_id}/intake/").content.decode()

    assert str(Photo.objects.get(width=900).public_id) in page
    assert first not in page
    assert "Will bring the list." in page
