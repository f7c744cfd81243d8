"""The arithmetic of the record: one text for one content, trees as RFC 6962 has them, what people type is read."""

import hashlib

import pytest

from incidents import chain


def test_the_same_content_is_the_same_text_in_whatever_order_it_came():
    assert chain.canonical({"b": 1.0, "a": ["ñ", None]}) == chain.canonical({"a": ("ñ", None), "b": 1})
    assert chain.canonical({"b": 1, "a": "ñ"}) == '{"a":"ñ","b":1}'.encode()


def test_what_no_json_holds_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        chain.canonical({"a": float("nan")})


def plain_tree(leaves):
    """The definition, RFC 6962, 2.1."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + plain_tree(leaves[:half]) + plain_tree(leaves[half:])).digest()


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8, 13, 64, 100])
def test_a_tree_and_every_path_up_it_fit_the_definition(count):
    leaves = [chain.leaf(f"timeline {number}", number, "0" * 64) for number in range(count)]
    root = chain.merkle(leaves)
    assert root == plain_tree(leaves).hex()
    for index, found in enumerate(leaves):
        for side, other in chain.path(leaves, index):
            pair = found + bytes.fromhex(other) if side == "right" else bytes.fromhex(other) + found
            found = hashlib.sha256(b"\x01" + pair).digest()
        assert found.hex() == root


def test_a_root_is_read_however_it_was_written_down():
    root = hashlib.sha256(b"a day").hexdigest()
    spoken = " - ".join(chain.groups(root)).upper().replace("0", "O").replace("1", "l")
    assert chain.read(f"  {spoken}\n") == root
