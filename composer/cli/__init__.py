"""The command line: `composer COMMAND`. Each command is a module beside this, imported only when it is asked for."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from composer import __version__
from composer.errors import BadInput

COMMANDS = {
    "studio": "open the studio in the browser",
    "compose": "arrange a melody and save the result",
    "train": "train a model, or go on with a training",
    "sweep": "train with several settings and compare",
    "evaluate": "measure how good a model's music is",
    "bench": "measure how fast everything is on this machine",
    "datasets": "list the music a model can learn from",
    "runs": "list the trainings on this machine, export or delete them",
    "models": "list the models, give one away or take one in",
}
OK, BAD_INPUT, INTERRUPTED = 0, 2, 130
_EPILOG = """\
exit codes: 0 done; 2 something in what was given can't be used (one line on stderr says what);
130 stopped with Ctrl-C; 1 a fault of the program itself.

Everything runs on this computer. COMPOSER_HOME moves the folder in which trainings and datasets are kept."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command with `argv` (else the process's arguments) and return its exit code; see the epilog of --help."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        chosen = _parser(arguments).parse_args(arguments)
        return int(chosen.run(chosen) or OK)
    except BadInput as error:
        print(f"composer: {error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("composer: stopped.", file=sys.stderr)
        return INTERRUPTED


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """The parser, with the flags of the one command that `arguments` ask for."""
    formatter = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("composer", description=__doc__, epilog=_EPILOG, formatter_class=formatter)
    parser.description = "An open music studio and machine-learning classroom."
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    chosen = next((word for word in arguments if not word.startswith("-")), None)
    for name, summary in COMMANDS.items():
        sub = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.", epilog=_EPILOG)
        sub.formatter_class = formatter
        if name == chosen:
            import_module(f"composer.cli.{name}").add_arguments(sub, arguments)
    return parser
