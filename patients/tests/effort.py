"""What a page costs a person: taps, letters and words are counted in a journey, and a model makes seconds of them.

The seconds are an ESTIMATE, no measurement: nobody held a watch. It is the keystroke-level model of Card, Moran and
Newell, with a tap in place of the mouse. Its assumptions stand in docs/effort.md; change them there too.
"""

from __future__ import annotations

import re

#: Seconds of one tap with the index finger on a touch screen: 0.567 on average and twice its deviation of 0.190, slower
#: than nearly all of the grown-ups measured (Applied Ergonomics 2016, doi 10.1016/j.apergo.2016.06.004).
TAP = 0.567 + 2 * 0.190
#: M of the model: seconds of making up one's mind before each act (Communications of the ACM 23, 1980, 396-410).
MIND = 1.35
#: K of the model for somebody who types letter by letter: 24 words a minute, two thirds of what people reach on phones
#: on average (36 words a minute, Palin et al., MobileHCI 2019).
LETTER = 0.50
#: Words a minute of an adult who is in pain and reads English in silence: 238 on average, 175 to 300 for most
#: (Brysbaert, Journal of Memory and Language 109, 2019, 104047; in other languages a message takes about as long).
WORDS = 200
#: R of the model: seconds until the next page stands there, on a slow telephone network.
PAGE = 1.0

_WORD = re.compile(r"[^\W\d_]")

#: The texts that can be seen. Options of a closed list, and what only a screen reader says, are not among them.
_SEEN = """() => {
  const texts = [], walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const of = walk.currentNode.parentElement;
    if (!of.closest("option, script, style, template, .visually-hidden, [lang]:not(html)") && of.checkVisibility())
      texts.push(walk.currentNode.data.trim());
  }
  return texts;
}"""


class Thumb:
    """Fills in a form as a thumb does, and counts. ``pages`` counts those that were read."""

    def __init__(self, page):
        self.page = page
        self.taps = self.letters = self.words = self.pages = 0

    def tap(self, control):
        """Choose an answer, or press a button."""
        if control.get_attribute("type") in ("radio", "checkbox"):
            control.check()
        else:
            control.click()
        self.taps += 1

    def write(self, box, words):
        """Tap into a box and type."""
        box.fill(words)
        self.taps += 1
        self.letters += len(words)

    def turn(self, button):
        """Press the button that leads to the next page, which comes whole."""
        with self.page.expect_navigation():
            self.tap(button)
        self.page.wait_for_load_state()

    def read(self):
        """Read what can be seen now. A text that stands twice on a page is known the second time: the ends of a scale,
        the choices of a questionnaire."""
        self.pages += 1
        for text in dict.fromkeys(self.page.evaluate(_SEEN)):
            self.words += sum(bool(_WORD.search(word)) for word in text.split())

    @property
    def acting(self):
        """Seconds of taps and letters, reading not counted: somebody who knows the page."""
        return self.taps * (TAP + MIND) + self.letters * LETTER + self.pages * PAGE

    @property
    def seconds(self):
        """Seconds of somebody who reads every word, the first time. Only for pages in English."""
        return self.acting + 60 * self.words / WORDS

    def __str__(self):
        return (
            f"{self.taps} taps, {self.letters} letters, {self.words} words on {self.pages} pages, an estimated "
            f"{self.seconds:.0f} s ({self.acting:.0f} s of somebody who knows them)"
        )
