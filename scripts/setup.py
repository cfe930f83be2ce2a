"""Makes or mends the environment: .venv with the pinned requirements, and the system's libraries where it may.

Plain standard library, so that any Python from 3.11 runs it; Makefile and run.cmd both call it. When nothing has
changed since the last time it is done in well under a second.
"""

from __future__ import annotations

import argparse
import ctypes.util
import hashlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
TIMEOUT_S = 2.0
"""How long the PyTorch index may take to answer; pip itself would try for about 9 s."""


def main() -> None:
    """Command line: --venv FOLDER (default .venv), --dev for the tools of tests and lint; TORCH in the environment."""
    parser = argparse.ArgumentParser(description="Set up the environment that Composer Studio runs in.")
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv", help="folder of the environment")
    parser.add_argument("--dev", action="store_true", help="with the tools that tests and lint need")
    options = parser.parse_args()
    try:
        set_up(options.venv.resolve(), options.dev, os.environ.get("TORCH", ""))
    except subprocess.CalledProcessError as error:
        sys.exit(f"Set-up stopped: “{' '.join(map(str, error.cmd[:4]))} …” failed (see above). Run it again to go on.")


def set_up(venv: Path, dev: bool, torch: str) -> None:
    """Brings `venv` up to date; stamps in it tell when there is nothing to do.

    `torch` is "cpu", "cuda" (the build that PyPI has for this system) or the name of a PyTorch wheel index ("cu130");
    empty stays with what the environment has, "cpu" in a new one. Raises subprocess.CalledProcessError when pip fails.
    """
    files = [ROOT / "requirements.txt", *([ROOT / "requirements-dev.txt"] if dev else [])]
    build = venv / ".torch-build"
    before = read(build)
    torch = torch or before or "cpu"
    stamps = {venv / f".stamp-{path.stem}": fingerprint(files[: n + 1], torch) for n, path in enumerate(files)}
    if any(read(stamp) != wanted for stamp, wanted in stamps.items()):
        make_venv(venv)
        install(venv, files, torch, replace_torch=before not in ("", torch))
        build.write_text(torch, encoding="utf-8")
        install_fluidsynth()
        say_torch_build(venv)
        for stamp, wanted in stamps.items():
            stamp.write_text(wanted, encoding="utf-8")
    if dev:
        install_chromium()


def read(path: Path) -> str:
    """The text of `path`, empty if there is no such file."""
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def fingerprint(files: Sequence[Path], torch: str) -> str:
    """A hash of everything the environment depends on: the requirements, the build of torch, Python and this place."""
    parts = [*(path.read_bytes() for path in [*files, ROOT / "pyproject.toml"]), torch.encode(), sys.version.encode()]
    return hashlib.sha256(b"\0".join([*parts, os.fsencode(ROOT)])).hexdigest()


def install(venv: Path, files: Sequence[Path], torch: str, replace_torch: bool) -> None:
    """Installs `files` and then this package itself (as a link to the checkout) into `venv`.

    pip takes any build of a release for as good as another, so `replace_torch` removes the one that is there first.
    """
    pip: list[str | Path] = [venv_python(venv), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    if not sys.stdout.isatty():
        pip.append("--quiet")
    if replace_torch:
        run([*pip, "uninstall", "--yes", "torch"])
    print(f"Installing {' and '.join(path.name for path in files)} into {venv} (minutes, once) ...", flush=True)
    run([*pip, "install", *torch_index(torch), *(pin for path in files for pin in pins(path))])
    run([*pip, "install", "--no-deps", "--editable", ROOT])


def pins(path: Path) -> list[str]:
    """The requirements in `path`, without its comments and pip options: which index to ask is decided here."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-"))]


def make_venv(venv: Path) -> None:
    """Makes an empty environment, unless this very Python is the one inside it."""
    if Path(sys.prefix).resolve() == venv:
        return
    if not has_ensurepip():
        install_packages([f"python3.{sys.version_info.minor}-venv"])
    if not has_ensurepip():
        name = f"python3.{sys.version_info.minor}-venv"
        sys.exit(f"This Python cannot make environments; run “sudo apt-get install {name}”, then this again.")
    run([sys.executable, "-m", "venv", "--clear", venv])


def has_ensurepip() -> bool:
    """Whether this Python can make an environment with pip in it (Debian packs that part separately)."""
    return succeeds([sys.executable, "-c", "import venv, ensurepip"])


def venv_python(venv: Path) -> Path:
    """The Python inside `venv`."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def torch_index(torch: str) -> list[str]:
    """pip's options for the build of torch asked for; says so when that index cannot be reached."""
    if torch == "cuda" or (torch == "cpu" and sys.platform != "linux"):
        return []
    index = CPU_INDEX.replace("cpu", torch)
    if reachable(index):
        return ["--extra-index-url", index]
    print(f"{index} cannot be reached: pip takes the build of torch it finds, which may be a large one.", flush=True)
    return []


def reachable(url: str) -> bool:
    """Whether the host of `url` accepts a connection within TIMEOUT_S; through a proxy pip has to find out itself."""
    if os.environ.get("https_proxy") or os.environ.get("HTTPS_PROXY"):
        return True
    try:
        socket.create_connection((str(urlsplit(url).hostname), 443), TIMEOUT_S).close()
    except OSError:
        return False
    return True


def install_fluidsynth() -> None:
    """Gets libfluidsynth, which plays soundfonts; the studio has a plainer sound without it."""
    if ctypes.util.find_library("fluidsynth"):
        return
    if brew := shutil.which("brew"):
        succeeds([brew, "install", "--quiet", "fluid-synth"])
    elif not install_packages(["libfluidsynth3", "libfluidsynth2"]):
        print(f"For better sound (it works without): {by_hand('fluid-synth', 'libfluidsynth3', 'fluidsynth')}")


def install_chromium() -> None:
    """Gets Chromium for the browser tests; without it they are skipped."""
    if any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        return
    if not install_packages(["chromium"]):
        print(f"For the browser tests (skipped without it): {by_hand('--cask chromium', 'chromium', 'chromium')}")


def by_hand(brew: str, apt: str, choco: str) -> str:
    """The command that installs a package by hand on this system, by the package's name in each system's manager."""
    commands = {"darwin": f"brew install {brew}", "win32": f"choco install {choco}"}
    return commands.get(sys.platform, f"sudo apt-get install {apt}")


def install_packages(names: Sequence[str]) -> bool:
    """Installs the first of `names` that Debian's packages have, if that takes no password; returns whether it did."""
    apt = shutil.which("apt-get")
    as_root = root_prefix()
    if apt is None or as_root is None:
        return False
    command = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", apt, "-qq", "-o", "DPkg::Lock::Timeout=120"]
    print(f"Installing {names[0]} from the system's packages ...", flush=True)
    succeeds([*command, "update"])
    return any(succeeds([*command, "install", "--yes", "--no-install-recommends", name]) for name in names)


def root_prefix() -> list[str] | None:
    """What to put before a command to run it as root without being asked for a password, or None if nothing does."""
    if os.name == "nt":
        return None
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and succeeds([sudo, "-n", "true"]):
        return [sudo, "-n"]
    return None


def say_torch_build(venv: Path) -> None:
    """Prints which build of torch was installed."""
    question = "import torch; print(torch.__version__, torch.version.cuda or '')"
    answer = subprocess.check_output([venv_python(venv), "-c", question], text=True).split()
    build = f"CUDA {answer[1]} build" if len(answer) > 1 else "CPU build"
    print(f"PyTorch {answer[0]}: {build}.", flush=True)


def run(command: Sequence[str | Path]) -> None:
    """Runs `command` from the checkout; raises subprocess.CalledProcessError when it fails."""
    subprocess.run(command, check=True, cwd=ROOT)


def succeeds(command: Sequence[str]) -> bool:
    """Runs `command` silently, with nothing to read from, and returns whether its exit code is 0."""
    silent = subprocess.DEVNULL
    return subprocess.run(command, check=False, stdin=silent, stdout=silent, stderr=silent).returncode == 0


if __name__ == "__main__":
    main()
