"""No network for a day, two windows, a queue from an older version, a queue carried by somebody else."""

import json

import pytest

from tests.intake.handset import SEND
from tests.services import wait_until

DAY_MS = 24 * 3600 * 1000


def test_what_is_filed_without_a_network_arrives_after_a_day(handset, arrived):
    handset.page.clock.install()
    handset.offline()
    handset.open()
    number = handset.file("Offline.")
    handset.page.clock.fast_forward(DAY_MS)
    assert len(handset.waiting()) == 1
    handset.offline(False)
    handset.page.clock.fast_forward(600_000)
    handset.wait_until_sent()
    assert arrived(number) == (1, 0, "Offline.")
    assert handset.faults == []


def test_the_form_opens_and_files_after_a_restart_without_a_network(handset, arrived):
    handset.offline()
    handset.open()
    first = handset.file("Before the restart.")
    handset.restart()
    handset.offline()
    handset.open()
    second = handset.file("After it.")
    assert first != second
    handset.offline(False)
    handset.open("/outbox/")
    handset.wait_until_sent()
    assert (arrived(first)[2], arrived(second)[2]) == ("Before the restart.", "After it.")


def test_where_the_line_is_good_send_leads_to_the_receipt(handset, arrived):
    number = handset.write("Quickly.")
    handset.page.click(SEND)
    handset.page.wait_for_url(f"**/report/{number}/")
    assert arrived(number) == (1, 0, "Quickly.")


def test_two_windows_write_one_report(handset, arrived):
    number = handset.write("Seen from both.")
    wait_until(lambda: handset.page.evaluate('self.queue.all("drafts").then((all) => all.length)'), what="a draft")
    other = handset.context.new_page()
    other.goto(f"{handset.base_url}/report/")
    wait_until(lambda: other.input_value("#words") == "Seen from both.", what="the same draft")
    handset.page.click(SEND)
    handset.page.wait_for_url(f"**/report/{number}/")
    other.bring_to_front()
    other.click(SEND)
    other.wait_for_url(f"**/report/{number}/")
    assert arrived(number) == (1, 0, "Seen from both.")


def test_what_was_typed_is_back_after_a_crash(handset):
    handset.restart()
    handset.open()
    number = handset.write("Not sent yet.")
    wait_until(lambda: handset.page.evaluate('self.queue.all("drafts").then((all) => all.length)'), what="a draft")
    handset.kill()
    handset.switch_on()
    handset.open()
    wait_until(lambda: handset.page.input_value("#words") == "Not sent yet.", what="the draft")
    assert (handset.number(), handset.page.is_checked("#categories-arrest_detention")) == (number, True)


# As version 1 wrote it; never to be changed.
FIRST = """async ({ id, key, body }) => {
  const asked = indexedDB.open("notes", 1);
  await new Promise((done) => (asked.onsuccess = done));
  const store = asked.result.transaction("reports", "readwrite").objectStore("reports");
  store.put({
    schema: 1, key, id, at: 1603045267000, body: Uint8Array.from(atob(body), (c) => c.charCodeAt(0)), files: [],
    state: "waiting", tries: 3, next: 0,
  });
  await new Promise((done) => (store.transaction.oncomplete = done));
  asked.result.close();
}"""


def test_a_queue_that_version_1_wrote_is_sent(handset, arrived):
    handset.offline()
    handset.open()
    wait_until(lambda: handset.page.evaluate(SEALING), what="the module that seals")
    sealed = handset.page.evaluate(SEAL, {"id": (number := "0d6f1a52-2b1c-4f0e-8a53-6a2e5ab47a8c"), "words": "Old."})
    handset.page.evaluate(FIRST, {"id": number, **sealed})
    handset.offline(False)
    handset.open()
    handset.wait_until_sent()
    assert arrived(number) == (1, 0, "Old.")


SEALING = "performance.getEntriesByType('resource').find(({ name }) => name.includes('/seal.'))?.name"
# The page's own sealing, asked for a statement of ours.
SEAL = """async ({ id, words }) => {
  const { recipient, sender } = document.getElementById("statement").dataset;
  const address = performance.getEntriesByType("resource").find(({ name }) => name.includes("/seal.")).name;
  const { sealStatement } = await import(address);
  const { key, body } = await sealStatement(recipient, { schema: 2, id, sender, words, categories: ["other"] });
  return { key, body: btoa(String.fromCharCode(...body)) };
}"""


@pytest.fixture
def exported(handset, tmp_path):
    """A queue of two as a file, and the numbers in it."""
    handset.offline()
    handset.open()
    numbers = [handset.file("Carried 1.")]
    handset.open()
    numbers.append(handset.file("Carried 2."))
    handset.open("/outbox/")
    handset.page.click("summary >> nth=0")
    with handset.page.expect_download() as download:
        handset.page.click("[data-save]")
    download.value.save_as(tmp_path / "queue.bin")
    return tmp_path / "queue.bin", numbers


def test_a_queue_is_carried_by_another_phone_and_brought_in_twice_adds_nothing(exported, hand_out, arrived):
    file, numbers = exported
    head = json.loads(file.read_bytes().split(b"\n")[0])
    assert {entry["id"] for entry in head["reports"]} == set(numbers)
    carrier = hand_out()
    carrier.open("/outbox/")
    carrier.offline()
    for _ in range(2):
        carrier.page.set_input_files("[data-bring]", file)
        carrier.page.wait_for_timeout(300)
    assert sorted(report["id"] for report in carrier.waiting()) == sorted(numbers)
    carrier.offline(False)
    carrier.page.evaluate("self.dispatchEvent(new Event('online'))")
    carrier.wait_until_sent()
    assert [arrived(number)[:2] for number in numbers] == [(1, 0), (1, 0)]


def test_a_closed_page_is_sent_by_the_worker(weak, line, arrived):
    line.failing(503)
    weak.open()
    number = weak.file("The page is closed.")
    wait_until(lambda: weak.waiting()[0]["tries"], what="a try")
    session = weak.context.new_cdp_session(weak.page)
    registrations = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda news: registrations.extend(news["registrations"]))
    session.send("ServiceWorker.enable")
    wait_until(lambda: weak.page.wait_for_timeout(50) or registrations, what="the worker's registration")
    weak.page.goto("about:blank")
    line.heal()
    registered = {"registrationId": registrations[0]["registrationId"], "tag": "notes", "lastChance": False}
    session.send("ServiceWorker.dispatchSyncEvent", {"origin": weak.base_url, **registered})
    wait_until(lambda: arrived(number)[0], what="the report")


def test_what_must_be_mended_is_said_beside_its_field_before_it_is_sealed(weak):
    weak.open()
    weak.write("Stays.", victim_count="many")
    weak.page.uncheck("#categories-arrest_detention")
    weak.page.check("#location_source-area")
    weak.page.click(SEND)
    wait_until(lambda: weak.page.is_visible("[data-summary]"), what="the faults")
    links = {link.get_attribute("href").partition("-")[0] for link in weak.page.locator("[data-summary] a").all()}
    assert (links, weak.page.locator(".error").count()) == ({"#categories", "#place", "#victim_count"}, 3)
    assert (weak.page.input_value("#words"), weak.waiting()) == ("Stays.", [])


def test_without_the_sealing_the_words_go_straight_to_the_server_or_stay_on_the_screen(hand_out, house, arrived):
    phone = hand_out()
    phone.context.route("**/seal.*.js", lambda route: route.abort())
    phone.page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.unregister())")
    phone.page.evaluate("caches.keys().then((names) => Promise.all(names.map((name) => caches.delete(name))))")
    phone.page.route("**/sw.js", lambda route: route.abort())
    phone.open()
    number = phone.write("First visit.")
    phone.page.route("**/api/v1/reports/**", lambda route: route.abort())
    phone.page.click(SEND)
    phone.wait_for("Not sent: no connection.")
    assert phone.page.input_value("#words") == "First visit."
    phone.page.unroute("**/api/v1/reports/**")
    phone.page.click(SEND)
    # Whoever only looks at the rows refuses no file meanwhile, and the page waits ten seconds for it.
    wait_until(lambda: phone.page.wait_for_timeout(50) or arrived(number)[0], what="the words")


def test_another_language_brings_back_what_was_typed(weak):
    weak.open()
    number = weak.write("In my words.")
    weak.page.click("[name=switch_language][value=es]")
    wait_until(lambda: "Enviar" in weak.page.inner_text(SEND), what="Spanish")
    wait_until(lambda: weak.page.input_value("#words") == "In my words.", what="the draft")
    assert weak.number() == number
    weak.page.click("[name=switch_language][value=en]")
    wait_until(lambda: "Send" in weak.page.inner_text(SEND), what="English again")
