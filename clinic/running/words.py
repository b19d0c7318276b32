"""The words of the patients in other languages: gathered from the code, kept in locale/, compiled at installation.

``make words`` gathers: new strings stand in each catalogue with an empty translation, strings that
nobody says any more leave. Templates are read by Django, Python by its own grammar; no gettext tools are needed.
``compile_where_old`` makes the files that Django reads; they are not kept in the repository.
"""

from __future__ import annotations

import ast
import csv
import json
import os
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

BASE_DIR = Path(__file__).resolve().parent.parent.parent
LOCALE = BASE_DIR / "locale"
#: Folder names as Django spells them.
LANGUAGES = ("es", "zh_Hans")
ROOMS = ("clinic", "patients", "sessions")
#: Words that are data, not code, and that patients read.
LISTS = ("patients/safety/data/tick_lines.json", "patients/intake/data/conditions.csv")

_ONE = {"gettext", "gettext_lazy", "gettext_noop", "_"}
_MANY = {"ngettext", "ngettext_lazy"}


@dataclass
class Said:
    """One string of the code: the plural beside it when it has one, and the files it stands in."""

    plural: str = ""
    places: set[str] = field(default_factory=set)


def gather(base: Path = BASE_DIR) -> dict[str, Said]:
    """Return every string that is translated, by its English words. Raises SyntaxError for a template block."""
    found: dict[str, Said] = {}
    for file, singular, plural in _all(base):
        said = found.setdefault(singular, Said())
        said.plural = said.plural or plural
        said.places.add(file)
    return found


def path_of(language: str) -> Path:
    """Return the catalogue of a language ("es", "zh_Hans")."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """Return what is translated into a language so far."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def update(language: str, found: dict[str, Said]) -> tuple[int, int]:
    """Bring one catalogue to what the code says; return (strings, those without a translation)."""
    path = path_of(language)
    old = read(language) if path.exists() else Catalog(locale=language)
    new = Catalog(locale=language, project="Deqi", charset="utf-8", fuzzy=False)
    for singular, said in sorted(found.items()):
        known = old.get(singular)
        key: str | tuple[str, str] = (singular, said.plural) if said.plural else singular
        fits = known is not None and isinstance(known.id, tuple) == isinstance(key, tuple)
        new.add(
            key, known.string if known is not None and fits else None,
            locations=[(place, 0) for place in sorted(said.places)],
            flags=(known.flags if known is not None else set()) & {"fuzzy"},
        )  # fmt: skip
    write(language, new)
    return len(found), sum(1 for message in new if message.id and not is_whole(message))


def write(language: str, catalog: Catalog) -> None:
    """Store a catalogue so that two gatherings of the same code give the same bytes."""
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalog.header_comment = "# What patients read. Gathered by `make words`; translated by hand."
    out = BytesIO()
    write_po(out, catalog, width=120, omit_header=True, include_lineno=False)
    head = (
        f'{catalog.header_comment}\nmsgid ""\nmsgstr ""\n"Language: {language}\\n"\n'
        f'"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
    )
    path.write_bytes(head.encode() + out.getvalue())


def is_whole(message: Message) -> bool:
    """Tell whether every form of a string is translated, and by a person who is sure."""
    forms = message.string if isinstance(message.string, tuple | list) else [message.string]
    return not message.fuzzy and bool(forms) and all(forms)


def compile_where_old() -> None:
    """Make django.mo beside each django.po that is newer; several processes may do so at once."""
    for language in LANGUAGES:
        source = path_of(language)
        made = source.with_suffix(".mo")
        if made.exists() and made.stat().st_mtime >= source.stat().st_mtime:
            continue
        out = BytesIO()
        write_mo(out, read(language))
        rough = made.with_suffix(f".{os.getpid()}")
        rough.write_bytes(out.getvalue())
        rough.replace(made)


def _all(base: Path) -> Iterator[tuple[str, str, str]]:
    for path in sorted((base / "templates").rglob("*")):
        if path.suffix in (".html", ".txt"):
            yield from ((_name(path, base), *said) for said in of_template(path.read_text(encoding="utf-8")))
    for room in ROOMS:
        for path in sorted((base / room).rglob("*.py")):
            if "tests" not in path.parts and "migrations" not in path.parts:
                yield from ((_name(path, base), *said) for said in of_code(path.read_text(encoding="utf-8")))
    for name in LISTS:
        read_list = of_ticks if name.endswith(".json") else of_names
        yield from ((name, *said) for said in read_list((base / name).read_text(encoding="utf-8")))


def _name(path: Path, base: Path) -> str:
    return str(path.relative_to(base))


def of_template(text: str) -> Iterator[tuple[str, str]]:
    """Return (singular, plural or "") of what a template translates."""
    # Imported late: the installer compiles with this file, and knows no settings.
    from django.utils.translation.template import templatize  # noqa: PLC0415

    if "trans" not in text and "_(" not in text:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        code = templatize(text)
    # Between the calls stands what was the template, as one letter: only the calls are code.
    yield from _calls(code)


def _calls(code: str) -> Iterator[tuple[str, str]]:
    for name in ("gettext(", "ngettext(", " _("):
        at = code.find(name)
        while at >= 0:
            inside = name != "gettext(" or code[at - 1] == " "
            end = _end_of_call(code, at + len(name))
            if inside:
                call = ast.parse(code[at:end].strip(), mode="eval").body
                yield from _said(call)
            at = code.find(name, end)


def _end_of_call(code: str, at: int) -> int:
    """Return where the call ends whose arguments begin at ``at``: brackets inside strings do not count."""
    quote = ""
    while at < len(code):
        sign = code[at]
        if quote:
            if sign == "\\":
                at += 1
            elif sign == quote:
                quote = ""
        elif sign in "\"'":
            quote = sign
        elif sign == ")":
            return at + 1
        at += 1
    raise SyntaxError("A translated string of a template does not end.")


def of_code(text: str) -> Iterator[tuple[str, str]]:
    """Return (singular, plural or "") of what Python translates."""
    if "gettext" not in text:
        return
    for node in ast.walk(ast.parse(text)):
        yield from _said(node)


def _said(node: ast.AST) -> Iterator[tuple[str, str]]:
    if not isinstance(node, ast.Call):
        return
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    words = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
    texts = [word for word in words if isinstance(word, str)]
    if name in _ONE and texts:
        yield texts[0], ""
    elif name in _MANY and len(texts) > 1:
        yield texts[0], texts[1]


def of_names(text: str) -> Iterator[tuple[str, str]]:
    """Return the names of what brings a patient, which the page proposes while somebody types."""
    for row in csv.DictReader(text.splitlines()):
        yield row["name"], ""


def of_ticks(text: str) -> Iterator[tuple[str, str]]:
    """Return what patients read in the tick list: its lines, their hints, and the last line."""
    listed = json.loads(text)
    for line in listed["lines"]:
        yield from ((words, "") for words in (line["line"], line["hint"]) if words)
    yield listed["none"], ""


def main(arguments: list[str]) -> None:
    """Gather, and say how much is left to translate; or only ``compile``."""
    if arguments != ["compile"]:
        found = gather()
        for language in LANGUAGES:
            strings, open_ones = update(language, found)
            print(f"{language}: {strings} strings, {open_ones} to translate")
    compile_where_old()


if __name__ == "__main__":
    main(sys.argv[1:])
