"""Make the vendored script bundles again from their npm packages: `python3 vendor/npm.py`.

A tool for whoever updates them; nothing runs it at install or in a test. Packages come through `npm pack`, must have
the hashes that npm.json names, and are bundled once by esbuild. With `--accept` new hashes are written down instead.
"""

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
LIST = HERE / "npm.json"
ESBUILD = "esbuild@0.28.2"
BUNDLE = "incidents/static/incidents/vendor/age.js"
LICENCES = "incidents/static/incidents/vendor/age.licences.txt"

# What a phone needs of age: to seal for one X25519 recipient.
ENTRY = 'export { Encrypter } from "age-encryption";\n'
# Branches that never run here would bring in 100 kB: passphrases, post-quantum keys and hardware tags.
LEFT_OUT = {
    "@noble/hashes/scrypt.js": "export const scrypt = undefined;\n",
    "@noble/post-quantum/hybrid.js": "export const MLKEM768P256 = undefined, MLKEM768X25519 = undefined;\n",
    "@noble/curves/nist.js": "export const p256 = undefined;\n",
}


def main(accept: bool) -> None:
    everything = json.loads(LIST.read_text())
    entries = [entry for entry in everything if BUNDLE in entry["files"]]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for entry in entries:
            fetch(entry, work, accept)
        bundle(work)
        licences(entries, work)
    for entry in entries:
        entry["files"] = {name: sha256(ROOT / name) for name in (BUNDLE, LICENCES)}
    LIST.write_text(json.dumps(everything, indent=2) + "\n")


def fetch(entry: dict, work: Path, accept: bool) -> None:
    """Unpack one package into node_modules, if it is the one we know."""
    wanted = f"{entry['name']}@{entry['version']}"
    done = subprocess.run(["npm", "pack", wanted, "--json"], cwd=work, check=True, capture_output=True, text=True)  # noqa: S607
    packed = json.loads(done.stdout)
    (listed,) = packed if isinstance(packed, list) else packed.values()
    found = work / listed["filename"]
    if sha256(found) != entry["sha256"] and not accept:
        sys.exit(f"{wanted} is not the package that npm.json names.")
    entry["sha256"] = sha256(found)
    target = work / "node_modules" / entry["name"]
    target.mkdir(parents=True)
    with tarfile.open(found) as archive:
        archive.extractall(work / "unpacked", filter="data")
    (work / "unpacked" / "package").rename(target)


def bundle(work: Path) -> None:
    (work / "entry.mjs").write_text(ENTRY)
    command = ["npx", "--yes", ESBUILD, "entry.mjs", "--bundle", "--minify", "--format=esm", "--target=es2022"]
    command += ["--legal-comments=none", f"--outfile={ROOT / BUNDLE}"]
    for number, (name, source) in enumerate(LEFT_OUT.items()):
        (work / f"left-out-{number}.mjs").write_text(source)
        command.append(f"--alias:{name}=./left-out-{number}.mjs")
    subprocess.run(command, cwd=work, check=True)


def licences(entries: list, work: Path) -> None:
    """The terms of every package in the bundle, beside it."""
    texts = []
    for entry in entries:
        terms = (work / "node_modules" / entry["name"] / "LICENSE").read_text().strip()
        texts.append(f"{entry['name']} {entry['version']}\n\n{terms}\n")
    (ROOT / LICENCES).write_text("\n\n".join(texts))


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main("--accept" in sys.argv)
