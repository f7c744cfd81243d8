#!/usr/bin/env python3
"""Checks an evidence bundle of Observer. Needs Python 3.8 or newer and nothing else; reads, and changes nothing.

    python3 verify.py          in the folder where the bundle was unzipped
    python3 verify.py --es     lo mismo en español

Written apart from the product, from its description in docs/record.md, so that it does not repeat a mistake of it.
"""

from __future__ import annotations

import datetime
import glob
import hashlib
import json
import os
import sys

SPANISH = "--es" in sys.argv[1:]
HERE = next((arg for arg in sys.argv[1:] if not arg.startswith("-")), os.path.dirname(os.path.abspath(__file__)))
GAINED = ("report.received", "reports.taken_over", "incident.restored")
LOST = ("incident.merged", "reports.given_back")
faults = 0


def say(english, spanish, *values):
    print((spanish if SPANISH else english) % values)


def fault(english, spanish, *values):
    global faults
    faults += 1
    say("FAULT: " + english, "FALLA: " + spanish, *values)


def canonical(value):
    def plain(part):
        if isinstance(part, dict):
            return {key: plain(inner) for key, inner in part.items()}
        if isinstance(part, list):
            return [plain(inner) for inner in part]
        return int(part) if isinstance(part, float) and part.is_integer() else part

    text = json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def digest(value):
    return hashlib.sha256(canonical(value)).hexdigest()


def file_digest(path):
    found = hashlib.sha256()
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(1 << 16), b""):
            found.update(chunk)
    return found.hexdigest()


def path_of(name):
    return os.path.join(HERE, *name.split("/"))


def lines_of(name):
    with open(path_of(name), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def groups(root):
    return " ".join(root[start : start + 8] for start in range(0, 64, 8))


def names():
    """The files of the bundle, by name."""
    found = []
    for folder, _folders, files in os.walk(HERE):
        found += [os.path.relpath(os.path.join(folder, file), HERE).replace(os.sep, "/") for file in files]
    return sorted(name for name in found if "__pycache__" not in name)


def check_manifest():
    listed = {}
    with open(path_of("MANIFEST.sha256"), encoding="utf-8") as file:
        for line in file:
            expected, _gap, name = line.rstrip("\n").partition("  ")
            listed[name] = expected
    for name in sorted(set(listed) - set(names())):
        fault("%s is missing", "falta %s", name)
    for name in sorted(set(names()) - set(listed) - {"MANIFEST.sha256"}):
        fault("%s was added to the bundle, or its name changed", "%s se añadió al paquete, o cambió su nombre", name)
    for name in sorted(set(listed) & set(names())):
        if file_digest(path_of(name)) != listed[name]:
            fault("%s was changed after the bundle was made", "%s se cambió después de hacer el paquete", name)
    say("%d files listed in MANIFEST.sha256", "%d archivos listados en MANIFEST.sha256", len(listed))


def check_chain(head, entries):
    """Whether each entry is as it was written, and none is missing. Returns {place: hash}."""
    name = head["chain"]
    previous = digest({"v": 1, "chain": name, "inherited": head["inherited"]})
    hashes = {}
    for place, entry in enumerate(entries, start=1):
        told = {key: value for key, value in entry.items() if key not in ("hash", "seal")}
        if digest(told) != entry["hash"]:
            fault("%s, entry %s was changed", "%s, el registro %s se cambió", name, entry["seq"])
        if entry["seq"] != place or entry["previous"] != previous or entry["chain"] != name:
            fault(
                "%s, entry %s does not follow the one before it: something was removed, inserted or moved",
                "%s, el registro %s no sigue al anterior: algo se quitó, se insertó o se movió",
                *(name, entry["seq"]),
            )
        previous = entry["hash"]
        hashes[entry["seq"]] = entry["hash"]
    if head["count"] != len(entries) or head["head"] != previous:
        fault("%s does not end where it should", "%s no termina donde debe", name)
    if head["inherited"] and head["inherited"]["count"]:
        say(
            "%s: the first %s entries come from an earlier release; nothing proves them before %s",
            "%s: los primeros %s registros vienen de una versión anterior; nada los prueba antes de %s",
            *(name, head["inherited"]["count"], moment(head["inherited"]["at"])),
        )
    say("%s: %d entries", "%s: %d registros", name, len(entries))
    return hashes


def moment(micros):
    return (datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=micros)).strftime("%Y-%m-%d %H:%M:%S UTC")


def told_of(heads, timelines):
    """What the entries bind ({"kind id": hash}), and of which report each is."""
    bound, of_report = {}, {}
    for head in heads:
        left = head["inherited"] or {}
        bound.update(text.rsplit(" ", 1) for text in left.get("bound", ()))
    for detail in [entry["detail"] for entries in timelines for entry in entries]:
        if "bound" in detail:
            row, expected = detail["bound"].rsplit(" ", 1)
            bound[row], of_report[row] = expected, detail.get("report")
    return bound, of_report


def stands(timelines, heads):
    """The reports that the timelines of this bundle together hold."""
    here = set()
    for head, entries in zip(heads, timelines):
        left = head["inherited"] or {}
        one = set(left.get("filed", ()))
        for entry in entries[left.get("count", 0) :]:
            key = "report" if entry["event"] == "report.received" else "moved"
            said = str(entry["detail"].get(key, "")).split()
            if entry["event"] in GAINED:
                one.update(said)
            elif entry["event"] in LOST:
                one.difference_update(said)
        here |= one
    return here


def check_statements(heads, timelines):
    bound, of_report = told_of(heads, timelines)
    here = stands(timelines, heads)
    there = {}
    for path in sorted(glob.glob(path_of("statements/*/*.json"))):
        kind, row = os.path.basename(os.path.dirname(path)), os.path.basename(path)[: -len(".json")]
        there[kind + " " + row] = path
        expected = bound.get(kind + " " + row)
        if expected is None:
            say(
                "%s %s: no timeline in this bundle tells of it (it was received under another incident)",
                "%s %s: ninguna cronología de este paquete lo menciona (se recibió bajo otro incidente)",
                *(kind, row),
            )
        elif file_digest(path) != expected:
            fault("%s %s is not as it was received", "%s %s no está como se recibió", kind, row)
    for row in sorted(bound):
        if row not in there and of_report.get(row) in here:
            fault("%s is missing", "falta %s", row)
    say("%d statements", "%d declaraciones", len(there))


def check_originals():
    count = 0
    for path in sorted(glob.glob(path_of("statements/evidence/*.json"))):
        with open(path, encoding="utf-8") as file:
            told = json.load(file)
        found = glob.glob(path_of("originals/" + told["sha256"] + ".*"))
        if not found:
            fault("the file %s is not in the bundle", "el archivo %s no está en el paquete", told["sha256"])
        elif file_digest(found[0]) != told["sha256"] or os.path.getsize(found[0]) != told["size"]:
            fault("the file %s is not as it was received", "el archivo %s no está como se recibió", told["sha256"])
        count += 1
    say("%d files of evidence", "%d archivos de evidencia", count)


def check_roots(hashes):
    previous, known = None, {}
    for root in lines_of("roots.jsonl"):
        told = {key: value for key, value in root.items() if key not in ("root", "seal", "stamped_at")}
        if digest(told) != root["root"]:
            fault("the root of %s was changed", "la raíz del %s se cambió", root["day"])
        first = digest({"v": 1, "chain": "roots %s" % (root["mission"] or 0), "inherited": None})
        if root["previous"] != (previous or first):
            fault("the root of %s does not follow the one before", "la raíz del %s no sigue a la anterior", root["day"])
        previous, known[root["number"]] = root["root"], root
    for proof in lines_of("proofs.jsonl"):
        check_proof(proof, known, hashes)
    check_tokens(known)


def check_proof(proof, known, hashes):
    at = hashlib.sha256(b"\x00" + canonical([proof["chain"], proof["count"], proof["head"]])).digest()
    for side, other in proof["path"]:
        pair = at + bytes.fromhex(other) if side == "right" else bytes.fromhex(other) + at
        at = hashlib.sha256(b"\x01" + pair).digest()
    root = known.get(proof["root"])
    if root is None or root["merkle"] != at.hex():
        fault("a root does not hold %s", "una raíz no contiene %s", proof["chain"])
        return
    if hashes.get(proof["chain"], {}).get(proof["count"]) != proof["head"]:
        fault(
            "%s, entry %s is not the one that the root of %s holds",
            "%s, el registro %s no es el que contiene la raíz del %s",
            *(proof["chain"], proof["count"], root["day"]),
        )
        return
    say(
        "%s, entries 1 to %s stand under the root of %s, made %s:\n    %s",
        "%s, los registros 1 a %s están bajo la raíz del %s, hecha %s:\n    %s",
        *(proof["chain"], proof["count"], root["day"], moment(root["made_at"]), groups(root["root"])),
    )


def check_tokens(known):
    for number, root in sorted(known.items()):
        path = path_of("tokens/%d.tsr" % number)
        if not os.path.exists(path):
            continue
        with open(path, "rb") as file:
            if hashlib.sha256(root["root"].encode("ascii")).digest() not in file.read():
                fault(
                    "the time stamp of %s is of something else",
                    "el sello de tiempo del %s es de otra cosa",
                    root["day"],
                )
                continue
        say(
            "the root of %s has a time stamp; README.txt says how to check who gave it",
            "la raíz del %s tiene un sello de tiempo; README.txt dice cómo comprobar quién lo dio",
            root["day"],
        )


def main():
    check_manifest()
    heads = lines_of("heads.jsonl")
    timelines = [lines_of("timeline/" + head["chain"].split(" ")[1] + ".jsonl") for head in heads]
    hashes = {head["chain"]: check_chain(head, entries) for head, entries in zip(heads, timelines)}
    check_statements(heads, timelines)
    check_originals()
    check_roots(hashes)


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as broken:
        fault(
            "the bundle can't be read as one (%s)", "el paquete no se puede leer como tal (%s)", type(broken).__name__
        )
    if faults:
        say("DOES NOT HOLD: %d faults.", "NO SE SOSTIENE: %d fallas.", faults)
    else:
        say(
            "HOLDS: everything in this bundle is as the record says. Compare the roots above with those written down.",
            "SE SOSTIENE: todo en este paquete es como dice el registro. Compare las raíces con las que se anotaron.",
        )
    sys.exit(1 if faults else 0)
