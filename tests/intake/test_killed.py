"""SIGKILL to the browser anywhere between the tap and the answer: what was said to be saved arrives, and once."""

import random

from tests.intake.handset import SEND
from tests.services import wait_until

KILLS = 10
LONGEST_S = 1.2


def test_every_report_that_showed_saved_arrives_once(hand_out, line, arrived):
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    phone = hand_out(line)
    line.delay = 0.5  # an answer that takes its time is one more moment to die in
    phone.restart()
    saved, begun = [], []
    for count in range(KILLS):
        phone.open()
        begun.append(phone.write(f"Killed {count}."))
        phone.page.click(SEND, no_wait_after=True)
        if said_within(phone, chance.uniform(0, LONGEST_S)):
            saved.append(begun[-1])
        phone.kill()
        phone.switch_on()
    line.delay = 0
    phone.open("/outbox/")
    phone.wait_until_sent(60)
    assert saved
    assert [arrived(number)[:2] for number in saved] == [(1, 0)] * len(saved)
    assert all(arrived(number)[0] <= 1 for number in begun)


def said_within(phone, seconds):
    """Whether the page said "Saved" before the time was over."""
    try:
        wait_until(lambda: phone._says("Saved on this phone"), seconds, every=0.01)
    except AssertionError:
        return phone._says("Saved on this phone")
    phone.page.wait_for_timeout(max(0, seconds * 300))
    return True
