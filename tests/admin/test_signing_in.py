"""The way in: password and code, set up on the first day; what is refused, locked and written down."""

import re
import time

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from incidents.models import LogbookEntry
from tests import make

LOGIN, CODE, SET_UP = (reverse(f"admin:{name}") for name in ("login", "login_code", "login_set_up"))
LIST = reverse("admin:incidents_incident_changelist")
HOME = "203.0.113.7"


def password(client, name="ana", given=make.PASSWORD, **headers):
    return client.post(f"{LOGIN}?next={LIST}", {"username": name, "password": given}, REMOTE_ADDR=HOME, **headers)


def code_of(device, *, steps=0):
    totp = TOTP(device.bin_key)
    totp.time = time.time() + 30 * steps
    return f"{totp.token():06d}"


def set_up(client):
    """The first sign-in; the recovery codes it showed."""
    password(client)
    client.get(SET_UP)
    page = client.post(SET_UP, {"code": code_of(TOTPDevice.objects.get())})
    return re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", page.text)


def wrong(client, times, **headers):
    return [password(client, given="not this one", **headers) for _time in range(times)][-1]


def events():
    return list(LogbookEntry.objects.order_by("pk").values_list("event", flat=True))


def test_the_first_sign_in_sets_up_an_app_and_shows_ten_codes_once(ana):
    client = Client()
    assert password(client).headers["Location"] == SET_UP
    page = client.get(SET_UP).text
    key = "".join(re.search(r'<code class="key">([A-Z2-7 ]+)', page)[1].split())
    assert "<svg" in page
    assert client.get(LIST).status_code == 302  # not in yet
    codes = set_up(client)
    assert len(key) == 32
    assert len(set(codes)) == 10
    assert client.get(LIST).status_code == 200
    assert not StaticToken.objects.filter(token__in=[code.replace("-", "") for code in codes]).exists()
    assert events() == ["second_factor.set_up", "account.signed_in"]


def test_a_code_of_the_app_opens_the_desk_once(ana):
    set_up(Client())
    once, twice = Client(), Client()
    code = code_of(TOTPDevice.objects.get(), steps=1)
    assert password(once).headers["Location"] == CODE
    password(twice)
    assert once.post(CODE, {"code": f"{code[:3]} {code[3:]}"}).headers["Location"] == LIST
    assert twice.post(CODE, {"code": code}).status_code == 422
    assert (once.get(LIST).status_code, twice.get(LIST).status_code) == (200, 302)


def test_a_recovery_code_opens_the_desk_once(ana):
    codes = set_up(Client())
    once, twice = Client(), Client()
    for client in (once, twice):
        password(client)
    assert once.post(CODE, {"code": codes[3].upper().replace("-", " ")}).status_code == 302
    assert twice.post(CODE, {"code": codes[3]}).status_code == 422
    assert LogbookEntry.objects.filter(event="account.signed_in", detail__by="recovery_code").count() == 1


def test_after_a_wrong_code_not_even_the_right_one_is_looked_at_for_a_while(ana):
    set_up(Client())
    client = Client()
    password(client)
    assert "not right" in client.post(CODE, {"code": "000000"}).text
    hasty = client.post(CODE, {"code": code_of(TOTPDevice.objects.get(), steps=1)})
    assert "Try again" in hasty.text
    assert client.get(LIST).status_code == 302


@pytest.mark.parametrize("changed", ["late", "password"])
def test_half_a_sign_in_is_good_for_ten_minutes_and_one_password(ana, changed):
    client = Client()
    password(client)
    if changed == "late":
        session = client.session
        session["signing_in"] = {**session["signing_in"], "at": int(time.time()) - 601}
        session.save()
    else:
        ana.set_password("quite-another-one")
        ana.save()
    assert client.get(SET_UP).headers["Location"] == LOGIN


def test_five_failures_lock_the_account_at_that_address_and_nowhere_else(ana, ramiro):
    client = Client()
    assert wrong(client, 4).status_code == 200
    locked = wrong(client, 1)
    assert (locked.status_code, "Try again in 15 minutes" in locked.text) == (429, True)
    assert password(client).status_code == 429  # the right one neither
    assert password(client, "ramiro").status_code == 302
    assert (
        client.post(LOGIN, {"username": "ana", "password": make.PASSWORD}, REMOTE_ADDR="203.0.113.8").status_code == 302
    )


def test_the_lock_speaks_the_readers_language(ana):
    page = wrong(Client(headers={"Accept-Language": "es"}), 5)
    assert '<html lang="es"' in page.text


def test_behind_a_proxy_the_address_it_added_counts_and_of_ipv6_the_network(ana, settings):
    settings.BEHIND_PROXY = True
    client = Client()
    for number in range(5):  # whoever guesses may write whatever they like in front of it
        wrong(client, 1, HTTP_X_FORWARDED_FOR=f"198.51.100.{number}, 2001:db8::{number + 1}")
    assert password(client, HTTP_X_FORWARDED_FOR="2001:db8::99").status_code == 429
    assert password(client, HTTP_X_FORWARDED_FOR="2001:db8:0:1::1").status_code == 302


def test_no_name_address_or_password_is_kept_of_a_failure(ana, caplog):
    wrong(Client(), 5)
    kept = str(list(AccessAttempt.objects.values())) + str(list(LogbookEntry.objects.values("detail"))) + caplog.text
    assert AccessAttempt.objects.exists()
    assert not [word for word in ("'ana'", '"ana"', HOME, "not this one") if word in kept]


def test_failures_are_written_down_but_not_one_by_one(ana):
    wrong(Client(), 5)
    password(Client(), "nobody-of-that-name")
    assert events() == ["account.refused", "account.locked", "account.refused"]
    assert [entry.actor for entry in LogbookEntry.objects.order_by("pk")] == [ana, ana, None]


def test_signing_out_is_written_down(as_ana, ana):
    as_ana.post(reverse("admin:logout"))
    entry = LogbookEntry.objects.get()
    assert (entry.event, entry.actor, entry.detail) == ("account.signed_out", ana, {"why": "asked"})


def test_a_demonstration_asks_for_the_password_alone(ana, settings):
    settings.DEMO = True
    client = Client()
    assert password(client).headers["Location"] == LIST
    assert client.get(LIST).status_code == 200


def test_a_session_that_has_shown_no_second_factor_does_not_open_the_desk(ana):
    client = Client()
    client.force_login(ana)
    assert client.get(LIST).status_code == 302


def test_ten_new_codes_or_another_phone_ask_for_a_code(ana):
    client, there = Client(), reverse("admin:second_factor")
    first, second, *_rest = set_up(client)
    renewed = client.post(there, {"code": first, "do": "codes"})
    assert second not in renewed.text
    assert StaticToken.objects.count() == 10
    fresh = re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", renewed.text)
    assert client.post(there, {"code": second, "do": "move"}).status_code == 422
    StaticDevice.objects.update(throttling_failure_count=0)
    assert client.post(there, {"code": fresh[0], "do": "move"}).headers["Location"] == LOGIN
    assert password(client).headers["Location"] == SET_UP


def test_a_form_from_nowhere_and_strange_codes_do_no_harm(ana):
    client = Client()
    set_up(client)
    other = Client()
    password(other)
    for strange in ("", "\x00", "١٢٣٤٥٦", "9" * 500, "\ud800".encode("utf-8", "surrogatepass")):
        assert other.post(CODE, {"code": strange}).status_code in (422, 429)
    assert Client().post(CODE, {"code": "1"}).headers["Location"] == LOGIN
