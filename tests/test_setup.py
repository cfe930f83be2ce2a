"""Set-up: what it installs, when it does nothing, what it says, and that a first start asks nothing."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.terminal import free_port, start_in_terminal

ROOT = Path(__file__).resolve().parent.parent
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@pytest.fixture
def setup() -> ModuleType:
    """scripts/setup.py as a module of its own, so that what a test replaces in it stays in that test."""
    spec = importlib.util.spec_from_file_location("composer_setup", ROOT / "scripts" / "setup.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def installs(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What set_up would install, call by call, without doing it."""
    calls: list[dict[str, Any]] = []

    def record(venv: Path, files: list[Path], torch: str, replace_torch: bool) -> None:
        calls.append({"files": [path.name for path in files], "torch": torch, "replace_torch": replace_torch})

    monkeypatch.setattr(setup, "make_venv", lambda venv: venv.mkdir(exist_ok=True))
    monkeypatch.setattr(setup, "install", record)
    for name in ("install_fluidsynth", "install_chromium"):
        monkeypatch.setattr(setup, name, lambda: None)
    monkeypatch.setattr(setup, "say_torch_build", lambda venv: None)
    return calls


def test_second_set_up_does_nothing(setup: ModuleType, installs: list[dict[str, Any]], tmp_path: Path) -> None:
    for _ in range(2):
        setup.set_up(tmp_path / "venv", dev=False, torch="")
    assert installs == [{"files": ["requirements.txt"], "torch": "cpu", "replace_torch": False}]


def test_set_up_for_tests_serves_running_too(setup: ModuleType, installs: list[dict[str, Any]], tmp_path: Path) -> None:
    setup.set_up(tmp_path / "venv", dev=True, torch="")
    setup.set_up(tmp_path / "venv", dev=False, torch="")
    assert [call["files"] for call in installs] == [["requirements.txt", "requirements-dev.txt"]]


def test_changed_requirements_are_installed(
    setup: ModuleType, installs: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    for text in ("numpy==2.4.5", "numpy==2.4.6", "numpy==2.4.6"):
        (tmp_path / "requirements.txt").write_text(text)
        (tmp_path / "pyproject.toml").touch()
        setup.set_up(tmp_path / "venv", dev=False, torch="")
    assert len(installs) == 2


def test_build_of_torch_is_replaced_when_another_is_asked_for_and_then_kept(
    setup: ModuleType, installs: list[dict[str, Any]], tmp_path: Path
) -> None:
    for torch in ("", "cuda", ""):
        setup.set_up(tmp_path / "venv", dev=False, torch=torch)
    assert [(call["torch"], call["replace_torch"]) for call in installs] == [("cpu", False), ("cuda", True)]


def test_failed_set_up_is_done_again(
    setup: ModuleType, installs: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **words: object) -> None:
        raise subprocess.CalledProcessError(1, ["pip"])

    with monkeypatch.context() as patch:
        patch.setattr(setup, "install", fail)
        with pytest.raises(subprocess.CalledProcessError):
            setup.set_up(tmp_path / "venv", dev=False, torch="")
    setup.set_up(tmp_path / "venv", dev=False, torch="")
    assert len(installs) == 1


@pytest.mark.parametrize(
    ("system", "torch", "answers", "options"),
    [
        ("linux", "cpu", True, ["--extra-index-url", CPU_INDEX]),
        ("linux", "cpu", False, []),
        ("linux", "cuda", True, []),
        ("linux", "cu130", True, ["--extra-index-url", "https://download.pytorch.org/whl/cu130"]),
        ("darwin", "cpu", True, []),
        ("win32", "cpu", True, []),
    ],
)
def test_index_that_torch_comes_from(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch, system: str, torch: str, answers: bool, options: list[str]
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(setup, "reachable", lambda url: answers)
    assert setup.torch_index(torch) == options


def test_unreachable_index_is_given_up_soon(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(address: tuple[str, int], timeout: float) -> socket.socket:
        assert timeout <= 2
        raise TimeoutError

    for name in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(socket, "create_connection", unreachable)
    assert not setup.reachable(CPU_INDEX)


def test_without_root_nothing_is_installed_and_the_command_is_told(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(setup, "root_prefix", lambda: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    setup.install_chromium()
    assert "sudo apt-get install chromium" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned(setup: ModuleType, name: str) -> None:
    pins = setup.pins(ROOT / name)
    assert pins and all(pin.count("==") == 1 and "*" not in pin for pin in pins)


def run_make(target: str, path: Path) -> subprocess.CompletedProcess[str]:
    """`make target` with nothing but `path` to find a Python in, and no environment made yet."""
    command = [shutil.which("make") or "make", "-C", str(ROOT), target, f"VENV={path / 'venv'}", "SHELL=/bin/sh"]
    return subprocess.run(command, env={"PATH": str(path)}, capture_output=True, text=True, timeout=60, check=False)


@needs_make
def test_machine_without_python_is_told_so(tmp_path: Path) -> None:
    done = run_make("setup", tmp_path)
    assert done.returncode != 0 and "Python 3.11 or newer is needed" in done.stderr


@needs_make
def test_newest_python_that_runs_is_taken(tmp_path: Path) -> None:
    for name, body in {"python3.13": "exit 127", "python3.12": 'echo "ran $0 $*"', "python3": "exit 0"}.items():
        stand_in = tmp_path / name
        stand_in.write_text(f"#!/bin/sh\n{body}\n")
        stand_in.chmod(0o755)
    assert f"ran {tmp_path / 'python3.12'} scripts/setup.py" in run_make("setup", tmp_path).stdout


@needs_make
@pytest.mark.skipif(
    not Path(sys.prefix, ".stamp-requirements").is_file(), reason="this environment was not made by make setup"
)
def test_make_run_asks_nothing_and_is_up_in_five_seconds(tmp_path: Path) -> None:
    seconds = []
    for attempt in range(3):  # other work on the machine can slow one start, hardly three
        home = tmp_path / str(attempt)
        home.mkdir()
        port = free_port()
        took, shown = start_in_terminal(["make", "run", f"VENV={sys.prefix}", f"PORT={port}"], ROOT, home, port)
        seconds.append(took)
        assert "Email" not in shown
        if took < 5:
            break
    assert min(seconds) < 5
