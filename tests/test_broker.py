"""The embedded broker: whole messages or none, each taken once, and a broken one ends nobody."""

import multiprocessing
from queue import Empty

import pytest
from kombu import Connection

from observer import broker

broker.install()

ROUNDS = 300


def connection(folder):
    options = {"data_folder_in": str(folder), "data_folder_out": str(folder), "control_folder": str(folder / "control")}
    return Connection("filesystem://localhost/", transport_options=options)


def named(folder, queue):
    """kombu remembers bindings for as long as the process lives, so each folder has queues of its own."""
    return f"{folder.name}-{queue}"


def take(folder, queue="work"):
    with connection(folder) as open_connection, open_connection.SimpleQueue(named(folder, queue)) as box:
        message = box.get(block=False)
        message.ack()
        return message.payload


def put(folder, *payloads, queue="work"):
    with connection(folder) as open_connection, open_connection.SimpleQueue(named(folder, queue)) as box:
        for payload in payloads:
            box.put(payload)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "control").mkdir()
    return tmp_path


def test_messages_come_out_in_the_order_they_went_in(folder):
    put(folder, 1, 2, 3)
    assert [take(folder), take(folder), take(folder)] == [1, 2, 3]


def test_a_message_belongs_to_its_queue(folder):
    put(folder, "here", queue="urgent")
    with pytest.raises(Empty):
        take(folder, "work")
    assert take(folder, "urgent") == "here"


def test_what_another_worker_took_is_passed_over_and_what_came_later_is_found(folder):
    put(folder, 1, 2, 3)
    with connection(folder) as ours, ours.SimpleQueue(named(folder, "work")) as box:
        taken = [box.get(block=False).payload, take(folder), box.get(block=False).payload]
        put(folder, 4)
        taken.append(box.get(timeout=5).payload)
    assert taken == [1, 2, 3, 4]


@pytest.mark.parametrize("broken", [b"", b'{"half', b"\xff\xfe"])
def test_a_message_that_cannot_be_read_is_passed_over(folder, broken):
    (folder / f"1.{named(folder, 'work')}.msg").write_bytes(broken)
    put(folder, "whole")
    assert take(folder) == "whole"
    assert not list(folder.glob("*.msg"))


def _write_many(folder):
    put(folder, *(["x" * 20_000] * ROUNDS))


def test_a_reader_beside_a_writer_sees_whole_messages_only(folder):
    writer = multiprocessing.get_context("spawn").Process(target=_write_many, args=(folder,))
    writer.start()
    seen = []
    while len(seen) < ROUNDS and (writer.is_alive() or list(folder.glob("*.msg"))):
        try:
            seen.append(len(take(folder)))
        except Empty:
            continue
    writer.join()
    assert seen == [20_000] * ROUNDS


def test_the_sweep_learns_how_much_waits(folder, monkeypatch):
    from incidents import tasks

    put(folder, 1, 2, 3)
    app = type("App", (), {"connection_for_read": staticmethod(lambda: connection(folder))})
    monkeypatch.setattr(tasks, "current_app", app)
    assert tasks.room(named(folder, "work")) == tasks.SWEEP_LIMIT - 3
