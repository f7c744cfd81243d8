"""Make a virtual environment and install pinned, hashed requirements: `python3 vendor/bootstrap.py .venv FILE...`.

Runs on a Python that has neither pip nor ensurepip, as Debian's has not: pip comes from the wheel beside this file.
Skips what is already installed: a stamp in the environment holds the hash of the requirements.
"""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
LEAST = (3, 11)


def main(environment: Path, requirements: list[Path]) -> None:
    if sys.version_info < LEAST:
        sys.exit(f"observer: Python {LEAST[0]}.{LEAST[1]} or later is needed, this is {sys.version.split()[0]}.")
    stamp = environment / f".installed-{'-'.join(path.stem for path in requirements)}"
    known = [*requirements, HERE / "manifest.json"]
    wanted = hashlib.sha256(b"".join(path.read_bytes() for path in known)).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    python = environment / "bin" / "python"
    if not python.exists():
        make(environment)
    print(f"Installing {', '.join(path.name for path in requirements)} …", flush=True)
    install(python, requirements)
    stamp.write_text(wanted)


def make(environment: Path) -> None:
    try:
        import venv
    except ImportError:
        sys.exit("observer: this Python has no venv module. Install your system's python3-venv package.")
    print(f"Making {environment} …", flush=True)
    venv.EnvBuilder(with_pip=False, symlinks=True).create(environment)


def install(python: Path, requirements: list[Path]) -> None:
    pip, *others = wheels({path.name for path in requirements})
    command = [str(python), str(pip / "pip"), "install", "--no-deps", "--quiet"]
    command += ["--no-input", "--disable-pip-version-check", "--only-binary=:all:", "--no-warn-script-location"]
    listed = [word for path in requirements for word in ("-r", str(path))]
    if subprocess.run([*command, "--require-hashes", *listed], check=False).returncode:
        sys.exit("observer: the packages could not be installed. Is the package index reachable? Then run it again.")
    subprocess.run([*command, "--no-index", *map(str, others)], check=True)


def wheels(listed: set[str]) -> list[Path]:
    """The vendored wheels, pip first, if each is the one that the manifest names. Some come with one list only."""
    found = []
    for name, entry in json.loads((HERE / "manifest.json").read_text()).items():
        wheel = HERE / name
        if hashlib.sha256(wheel.read_bytes()).hexdigest() != entry["sha256"]:
            sys.exit(f"observer: {wheel} is not the file that vendor/manifest.json names.")
        if entry.get("with", "") in {"", *listed}:
            found.append(wheel)
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
