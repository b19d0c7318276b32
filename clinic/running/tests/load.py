"""People at work over HTTP, who do what a page tells them: the desk, a practitioner, a patient, somebody who looks."""

from __future__ import annotations

import html
import http.client
import http.cookiejar
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from datetime import date, timedelta

PATIENCE = 20.0  # seconds for which somebody tries again


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer of its own: "it is stored"."""

    def redirect_request(self, *_, **__):
        return None


class Caller:
    """A browser without eyes. Every answer is kept: (moment, status, address)."""

    def __init__(self, url):
        self.url = url
        self.seen = []
        self.kept_words = True
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar, _Stay())
        self.mark = ""

    def ask(self, path, data=None, headers=None):
        """Return status and text; status 0 when the line was cut or nothing came within ten seconds."""
        begun = time.time()
        body = urllib.parse.urlencode(data).encode() if data is not None else None
        asked = urllib.request.Request(self.url + path, body, {"Referer": self.url + path, **(headers or {})})
        try:
            with self.opener.open(asked, timeout=10) as answer:
                status, text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read().decode()
        except (OSError, http.client.HTTPException):
            status, text = 0, ""
        self.seen.append((begun, status, path))
        if found := re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text):
            self.mark = found[1]
        return status, text

    def get(self, path):
        return self.ask(path)

    def send(self, path, data, *, words, headers=None, patience=PATIENCE):
        """Send a form; while the page says "try again", send what that page holds. Return all statuses.

        ``words`` were typed: the page must have kept them.
        """
        fields = {"csrfmiddlewaretoken": self.mark, **data}
        statuses, over = [], time.monotonic() + patience
        while True:
            status, text = self.ask(path, fields, headers)
            statuses.append(status)
            if status not in (0, 503) or time.monotonic() > over:
                return statuses, text
            if status == 503:
                found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text)
                fields = [(name, html.unescape(value)) for name, value in found]
                self.kept_words &= words in dict(fields).values()
            time.sleep(0.2)

    def sign_in(self, email, password):
        self.get("/accounts/login/")
        self.ask("/accounts/login/", {"csrfmiddlewaretoken": self.mark, "login": email, "password": password})
        status, _ = self.get("/account/")
        assert status == 200, status


class Crowd:
    """Threads that work until they are told to stop."""

    def __init__(self):
        self.threads, self.callers, self.over, self.broken = [], [], threading.Event(), []

    def add(self, caller, work):
        def run():
            number = 0
            try:
                while not self.over.is_set():
                    number += 1
                    work(caller, number)
            except Exception as trouble:  # a thread's own mistake must fail the test
                self.broken.append(trouble)

        self.callers.append(caller)
        self.threads.append(threading.Thread(target=run, daemon=True))

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join(PATIENCE + 30)
        assert not self.broken, self.broken


def desk(history, place, name, diary, first_day):
    """Book a visit for somebody new, each at a time of its own: ``diary`` is the practitioner's."""

    def work(caller, number):
        day, hour = divmod(number - 1, 8)
        who = f"{name}{number}"
        statuses, _ = caller.send(
            "/visits/new/",
            {
                "form_token": str(uuid.uuid4()), "given_name": "Quill", "family_name": who, "birth_date_day": "12",
                "birth_date_month": "3", "birth_date_year": "1961", "phone": "+4930555014", "service": place.service,
                "practitioner": diary, "day": str(first_day + timedelta(days=day)), "time": f"{9 + hour}:00",
                "open_course": "on", "sessions": "8", "end": "1",
            },
            words=who,
        )  # fmt: skip
        history.note("booking", who, number, statuses, caller.seen[-len(statuses)][0])

    return work


def practitioner(history, note):
    """Save a draft, again and again: what stands there is the number of the saving."""
    version = [1]

    def work(caller, number):
        words = f"saving {number}"
        fields = {"version": version[0], "form_token": str(uuid.uuid4()), "subjective": words, "end": "1"}
        statuses, text = caller.send(f"/notes/{note}/save/", fields, words=words, headers={"X-Deqi-Autosave": "1"})
        if statuses[-1] in (200, 409) and (found := re.search(r'"version": (\d+)', text)):
            version[0] = int(found[1])
        if statuses[-1] == 409:  # it had been stored before the line was cut
            statuses[-1] = 0
        history.note("draft", note, number, statuses, caller.seen[-len(statuses)][0])
        time.sleep(0.03)

    return work


def patient(history, person):
    """Save the first page of an intake, again and again."""

    def work(caller, number):
        status, page = caller.get("/i/form/1/")
        if status != 200:
            time.sleep(0.2)
            return
        version = re.search(r'name="version" value="(\d+)"', page)[1]
        words = f"saving {number}"
        fields = {
            "version": version, "form_token": str(uuid.uuid4()), "filled_by": "self", "given_name": "Paula",
            "phone": "+4930555014", "physician": words, "go": "on", "end": "1",
        }  # fmt: skip
        statuses, _ = caller.send("/i/form/1/", fields, words=words)
        if statuses[-1] == 409:
            statuses[-1] = 0
        history.note("step", person, number, statuses, caller.seen[-len(statuses)][0])
        time.sleep(0.03)

    return work


def onlooker(pages):
    """Open pages in turn."""

    def work(caller, number):
        caller.get(pages[number % len(pages)])
        time.sleep(0.05)

    return work


def tomorrow():
    return date.today() + timedelta(days=1)
