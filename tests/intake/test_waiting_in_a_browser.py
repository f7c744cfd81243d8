"""What the desk asks and tells, on a real phone: announced, read, answered over a broken line, and not on its disk."""

import pytest

from tests.intake import seized
from tests.intake.handset import SEND
from tests.services import wait_until

QUESTION, ANSWER, NOTICE = "Quetzalcoatlus northropi?", "Xochipilli-4711", "Tlahuizcalpan at noon"
CONTROL = "Nezahualcoyotl"
DESK = """
import uuid
from incidents.models import Membership, Mission, Report, User
mission = Mission.objects.get()
desk, _ = User.objects.get_or_create(username="asks", defaults={"code": "C-9", "role": "coordinator"})
Membership.objects.get_or_create(user=desk, mission=mission, defaults={"all_departments": True})
"""
ASK = """
from incidents.actions.talk import ask
ask(Report.objects.get(pk="%s"), actor=desk, question_id=uuid.uuid4(), text="%s")
"""
TELL = """
from incidents.actions.broadcast import Draft, send
send(Draft(mission, [], ["monitor"], {"en": "%s"}, 24), actor=desk, broadcast_id=uuid.uuid4())
"""


@pytest.fixture
def desk(house):
    def run(verb, *given):
        house.manage("shell", "-v", "0", "-c", DESK + verb % given)

    return run


def announced(handset, words):
    """Open the form anew until the top of it says so; then follow."""
    handset.open()
    link = handset.page.locator("[data-waits] a:visible", has_text=words)
    wait_until(link.is_visible, what=words)
    link.click()


def leave_and_look(handset, *words):
    """Exit, switch the phone off, and what its profile still holds of these."""
    handset.page.click(".top [data-exit]")
    handset.page.wait_for_url("**/exit/")
    handset.page.evaluate(f"localStorage.setItem('control', '{CONTROL}')")
    handset.switch_off()  # politely, so that all is written: history, session, databases
    assert seized.find(CONTROL, handset.profile) != []
    return {word: found for word in words if (found := seized.find(word, handset.profile))}


def test_a_question_is_answered_over_a_broken_line_and_leaves_no_word_on_the_phone(handset, desk, house):
    number = handset.write("Sent.")
    handset.page.click(SEND)
    handset.page.wait_for_url("**/report/*-*/")
    desk(ASK, number, QUESTION)
    announced(handset, "A question waits")
    handset.wait_for(QUESTION)
    handset.offline()
    handset.page.fill("[data-reply] textarea", ANSWER)
    handset.page.click("[data-reply] button")
    handset.wait_for("Not sent: no connection")
    assert handset.page.input_value("[data-reply] textarea") == ANSWER
    handset.offline(False)
    handset.wait_for("Answered")
    assert house.rows("SELECT text FROM incidents_reply") == [(ANSWER,)]
    assert not any(word in handset.page.content() for word in (QUESTION, ANSWER))
    assert leave_and_look(handset, QUESTION, ANSWER) == {}
    assert handset.faults == []


def test_a_broadcast_is_read_put_away_and_leaves_no_word_on_the_phone(handset, desk):
    desk(TELL, NOTICE)
    announced(handset, "A message from the mission")
    handset.wait_for(NOTICE)
    handset.page.click("main form button")
    handset.wait_for("No messages")
    assert handset.page.evaluate("fetch('/api/v1/phone').then((answer) => answer.json())") == {
        "phone": "open",
        "reports": {},
        "check_in": None,
    }
    assert leave_and_look(handset, NOTICE) == {}
    assert handset.faults == []
