"""Every route, every method, real and made-up ids, by everybody: the answer is the cell of the policy table."""

from __future__ import annotations

import pytest
import time_machine

from clinic.policy.table import FRONT_DESK, OWNER, PRACTITIONER
from clinic.policy.tests.house import NOW, a_house, body_of, everybody, fingerprint, routes, undone

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]

LOOKS = ("GET", "HEAD")
ACTS = ("POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ROLES = {"alice": [OWNER], "bob": [FRONT_DESK], "charlie": [PRACTITIONER]}
SIGN_IN = "/accounts/login/?next="


@pytest.fixture
def house():
    with time_machine.travel(NOW, tick=False):
        yield a_house()


def acts_of(client, knock, house, who):
    """Yield method and answer of each way to change something at an address; what was changed is taken back."""
    methods = ACTS if who in ROLES or who == "nobody" else ("POST",)
    for method in methods:
        with undone(client):
            if method == "POST":
                yield method, client.post(knock.path, {"_method": "DELETE", "request": str(house.intake.public_id)})
            else:
                yield method, client.generic(method, knock.path)


def wrong_with(knock, method, answer, who):
    """Say what is wrong with one answer; "" when it is the cell's."""
    code = answer.status_code
    if code >= 500 and knock.path != "/readyz":  # it says that no worker runs here
        return "breaks"
    if knock.tag.kind != "cell":
        return "refused, though open to everybody" if code == 403 and method in LOOKS and knock.ours else ""
    roles = ROLES.get(who)
    if roles is None:
        return "" if code == 302 and answer["Location"].startswith(SIGN_IN) else f"{code}, not the sign-in"
    if not knock.tag.allows(roles):
        return "" if code == 403 else f"{code}, not 403"
    if method not in (*LOOKS, "POST"):
        return "" if code == 405 else f"{code}, not 405"
    if not knock.real:
        leads_on = code == 302 and method in LOOKS and answer.wsgi_request.path.startswith(answer["Location"])
        return "" if code in (404, 405) or leads_on else f"{code}, not 404"
    return f"{code} for what exists and is allowed" if code in (403, 404) else ""


LINKS = ["an intake link", "a check-in link", "a questionnaire link", "an own page", "a visit link"]


@pytest.mark.parametrize("who", ["alice", "bob", "charlie", "nobody", *LINKS])
def test_every_route_answers_by_the_policy_and_looking_changes_nothing(house, who):
    client = everybody(house)[who]
    client.raise_request_exception = False
    wrong, refused, before = [], {}, fingerprint()
    for knock in routes(house):
        said = [(method, client.generic(method, knock.path)) for method in LOOKS]
        after = fingerprint()
        wrong += [f"looking at {knock.path} changes {name}" for name in after if after[name] != before[name]]
        before = after
        if said[0][1].status_code != said[1][1].status_code or said[1][1].content:
            wrong.append(f"HEAD {knock.path}: {said[1][1].status_code}, GET: {said[0][1].status_code}")
        for method, answer in [*said, *acts_of(client, knock, house, who)]:
            problem = wrong_with(knock, method, answer, who)
            wrong += [f"{method} {knock.path}: {problem}"] if problem else []
            if answer.status_code == 403 and knock.has_ids:
                refused.setdefault((knock.route, method), set()).add(body_of(answer))

    assert not wrong, "\n".join(wrong)
    assert [where for where, bodies in refused.items() if len(bodies) > 1] == []


def test_the_watch_sees_a_change(house):
    before = fingerprint()
    house.greta.phone = "+4930555099"
    house.greta.save()

    assert [name for name, rows in fingerprint().items() if rows != before[name]] == ["patients_patient"]
