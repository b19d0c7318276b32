"""The people of the try-out, as data. All of them are invented; their mailboxes end in .example and exist nowhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

CHEN, IBARRA = "chen", "ibarra"

POINTS = (
    "st36 b, li4 r, gv20, bl23 b, ki3 l",
    "gb20 b, li4 b, lr3 b, gv20",
    "bl23 b, bl40 b, gb34 l, ki3 b",
    "pc6 b, ht7 b, sp6 b, cv12",
)


@dataclass(frozen=True, eq=False)
class Person:
    """Somebody receiving care, as the front desk knows them."""

    given_name: str
    family_name: str
    born: date
    email: str = ""
    phone: str = ""
    facts: dict[str, object] = field(default_factory=dict)
    """Further contact data: how to address them, what the desk must know."""


@dataclass(frozen=True)
class Slot:
    """One visit of today: minutes from now, with whom, where, for whom, and how far it has come.

    ``past`` is how many sessions of the course came before; ``intake`` names what the form said, and ``said`` holds
    the check-in after each of those sessions: pain, held back, low mood, poor sleep, days with a painkiller.
    """

    offset: int
    hands: str
    room: int
    who: Person
    state: str
    past: int = 0
    sessions: int = 8
    first: bool = False
    intake: str = ""
    said: tuple[tuple[int, int, int, int, int], ...] = ()
    points: str = POINTS[0]
    pain: int = 7


GRETA = Person("Greta", "Lindqvist", date(1961, 3, 12), "greta.lindqvist@post.example", "+353 1 555 0101",
               {"desk_facts": ["stairs"], "emergency_contact": "Nils Lindqvist, 01 555 0102"})  # fmt: skip
SEAN = Person("Seán", "Ó Súilleabháin", date(1974, 11, 2), "sean@osuilleabhain.example", "+353 1 555 0103")
MARIA = Person("María José", "Fernández de la Vega y Arroyo", date(1988, 6, 30), "mjfernandez@correo.example",
               "+353 1 555 0104", {"address_as": "María José"})  # fmt: skip
XIAOMING = Person("晓明", "陈", date(1956, 1, 24), "xiaoming.chen@mail.example", "+353 1 555 0105",
                  {"address_as": "Mr Chen", "desk_facts": ["hearing"]})  # fmt: skip
NGOZI = Person("Ngozi", "Okonkwo", date(1982, 9, 8), "ngozi@okonkwo.example", "+353 1 555 0106")
ZOE = Person("Zoë", "Müller-Weißenfels", date(1995, 12, 19), "zoe@mueller.example", "+353 1 555 0107",
             {"desk_facts": ["quiet"]})  # fmt: skip
ANH = Person("Ánh", "Nguyễn Thị", date(1969, 4, 5), "anh.nguyen@thu.example", "+353 1 555 0108")
TADHG = Person("Tadhg", "Byrne", date(1938, 2, 1), "", "+353 1 555 0109",
               {"desk_facts": ["no-email", "prone"], "physician": "Dr. Walsh, Rathmines"})  # fmt: skip
AGNIESZKA = Person("Agnieszka", "Wójcik", date(1979, 7, 14), "agnieszka@poczta.example", "+353 1 555 0110")
BJORK = Person("Björk", "Sigurðardóttir", date(2001, 10, 27), "bjork@postur.example", "+353 1 555 0111")
FATIMA = Person("Fatima", "al-Zahrani", date(1990, 5, 21), "fatima@barid.example", "+353 1 555 0112")
WILHELMINA = Person("Wilhelmina Alexandra", "Fitzgerald-Montgomery-Cholmondeley", date(1949, 8, 3),
                    "wilhelmina@fitzgerald.example", "+353 1 555 0113", {"address_as": "Mina"})  # fmt: skip
BO = Person("Bo", "Li", date(1985, 2, 28), "bo.li@mail.example", "+353 1 555 0114")
OTHER_GRETA = Person("Greta", "Lindqvist", date(1997, 5, 9), "greta97@post.example", "+353 1 555 0115")

EVERYBODY = (
    GRETA, SEAN, MARIA, XIAOMING, NGOZI, ZOE, ANH, TADHG, AGNIESZKA, BJORK, FATIMA, WILHELMINA, BO, OTHER_GRETA,
)  # fmt: skip

#: Laid out so that no two hands-on stretches of one practitioner touch, nor two people in one room.
TODAY = (
    Slot(-150, CHEN, 1, SEAN, "signed", past=1, points=POINTS[2], pain=6),
    Slot(-95, CHEN, 2, AGNIESZKA, "draft", past=1, points=POINTS[1], pain=5),
    Slot(
        -40,
        CHEN,
        1,
        GRETA,
        "treating",
        past=3,
        points=POINTS[0],
        pain=7,
        intake="back",
        said=((6, 6, 5, 6, 5), (5, 4, 4, 6, 3), (4, 3, 3, 4, 2)),
    ),
    Slot(-15, CHEN, 2, NGOZI, "waiting", past=1, points=POINTS[3], pain=6),
    Slot(35, CHEN, 1, TADHG, "confirmed", sessions=6, points=POINTS[2], pain=8),
    Slot(90, CHEN, 2, XIAOMING, "booked", first=True, intake="thinner"),
    Slot(-120, IBARRA, 3, ZOE, "signed", sessions=6, points=POINTS[3], pain=4),
    Slot(-60, IBARRA, 4, MARIA, "treating", first=True, intake="migraine", points=POINTS[1]),
    Slot(-5, IBARRA, 3, ANH, "here", past=1, points=POINTS[2], pain=5, intake="neck", said=((6, 5, 4, 7, 4),)),
    Slot(55, IBARRA, 4, BJORK, "cancelled"),
    Slot(60, IBARRA, 4, FATIMA, "confirmed"),
    Slot(120, IBARRA, 3, OTHER_GRETA, "booked"),
)

#: Who comes on the days after, as (days from now, hour, with whom, for whom); the first is new and gets a mail today.
LATER = (
    (1, 10, CHEN, BO),
    (2, 11, IBARRA, WILHELMINA),
    (7, 10, CHEN, GRETA),
    (7, 14, IBARRA, ZOE),
    (8, 9, CHEN, SEAN),
)
