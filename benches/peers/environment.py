"""The Python that the libraries live in: a venv of our own outside the repository, with pinned versions."""
import os
import subprocess
import sys
from pathlib import Path

PINS = Path(__file__).with_name("requirements.txt")


def cache() -> Path:
    """Where the venv is, unless an option says otherwise."""
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "paidan-peers"


def python(folder: Path) -> Path:
    """The Python of the venv in a folder, made and filled if it is not there or the pins have changed.

    Trouble is told on stderr and is not the end: whoever is missing gets a row that says so.
    """
    own = folder / "bin" / "python"
    installed = folder / PINS.name
    if installed.exists() and installed.read_text() == PINS.read_text():
        return own
    print(f"installing {PINS.name} into {folder}, once", file=sys.stderr)
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, stdout=sys.stderr)
        pip = [str(own), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(PINS)]
        subprocess.run(pip, check=True, stdout=sys.stderr)
        installed.write_text(PINS.read_text())
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"the libraries could not be installed: {error}", file=sys.stderr)
    return own if own.exists() else Path(sys.executable)
