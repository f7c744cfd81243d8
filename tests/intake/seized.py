"""What an investigator would do with a seized phone: look for words in everything the browser's profile holds.

Words are sought raw, as UTF-16, in hex and in base64; in the bytes of every file, in whatever unpacks inside it by gzip
or zlib, and in the snappy blocks of the browser's databases.
"""

import base64
import zlib

INFLATED_LIMIT = 1 << 24
SIGNS = (b"\x1f\x8b\x08", b"\x78\x01", b"\x78\x9c", b"\x78\xda")
TABLE_FOOTER = 48


def find(word, profile):
    """The files of a profile that hold the word in any form."""
    sought = forms(word)
    return sorted(
        str(path.relative_to(profile))
        for path in profile.rglob("*")
        if path.is_file() and any(form in reading for reading in readings(path.read_bytes()) for form in sought)
    )


def forms(word):
    found = set()
    for raw in (word.encode(), word.encode("utf-16-le")):
        found |= {raw, raw.hex().encode(), raw.hex().upper().encode()}
        for shift in range(3):
            coded = base64.b64encode(b"\0" * shift + raw)
            # Characters that a neighbour shares are left out at both ends.
            found.add(coded[4 if shift else 0 : -4])
    return found


def readings(content):
    yield content
    for sign in SIGNS:
        at = content.find(sign)
        while at >= 0:
            yield _inflated(content[at:], 47)
            at = content.find(sign, at + 1)
    yield _inflated(content, -15)
    yield from _blocks(content)


def _inflated(content, window):
    try:
        return zlib.decompressobj(window).decompress(content, INFLATED_LIMIT)
    except zlib.error:
        return b""


def _blocks(table):
    """The unpacked blocks of a LevelDB table; nothing for any other file."""
    if table[-8:] != b"\x57\xfb\x80\x8b\x24\x75\x47\xdb":
        return
    footer = table[-TABLE_FOOTER:]
    _, at = _handle(footer, 0)
    index, _ = _handle(footer, at)
    for _, value in _entries(_block(table, *index)):
        handle, _ = _handle(value, 0)
        yield _block(table, *handle)


def _block(table, offset, size):
    content = table[offset : offset + size]
    return _unsnapped(content) if table[offset + size] == 1 else content


def _entries(block):
    """Key and value of each entry: (shared, own, length of value, rest of key, value), before the restarts."""
    end = len(block) - 4 * (int.from_bytes(block[-4:], "little") + 1)
    at, key = 0, b""
    while at < end:
        shared, at = _varint(block, at)
        own, at = _varint(block, at)
        size, at = _varint(block, at)
        key = key[:shared] + block[at : at + own]
        yield key, block[at + own : at + own + size]
        at += own + size


def _handle(content, at):
    offset, at = _varint(content, at)
    size, at = _varint(content, at)
    return (offset, size), at


def _varint(content, at):
    value = shift = 0
    while True:
        byte = content[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _unsnapped(content):
    """Snappy: literals, and copies of what came before."""
    size, at = _varint(content, 0)
    made = bytearray()
    while at < len(content):
        tag = content[at]
        at += 1
        if tag & 3 == 0:
            length, at = _length(content, at, tag >> 2)
            made += content[at : at + length]
            at += length
            continue
        wide = (1, 2, 4)[(tag & 3) - 1]
        offset = int.from_bytes(content[at : at + wide], "little")
        length = (tag >> 2) + 1
        if wide == 1:
            offset, length = offset | (tag >> 5) << 8, (tag >> 2 & 7) + 4
        at += wide
        for _ in range(length):
            made.append(made[-offset])
    assert len(made) == size
    return bytes(made)


def _length(content, at, short):
    if short < 60:
        return short + 1, at
    wide = short - 59
    return int.from_bytes(content[at : at + wide], "little") + 1, at + wide
