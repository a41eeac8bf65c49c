"""Arguments that the stages' command lines share."""

import argparse


def count(text: str) -> int:
    """Read a whole number from 1."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


def seed(text: str) -> int:
    """Read a whole number from 0."""
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0")
    return int(text)


def add_input(parser: argparse.ArgumentParser, flag: str, step: str) -> None:
    """Add an argument that names the step whose result is read."""
    parser.add_argument(flag, default=step, metavar="STEP", help="step whose result is read (default: %(default)s)")


def add_partitions(parser: argparse.ArgumentParser) -> None:
    """Add the argument for the degree of parallelism."""
    parser.add_argument(
        "--partitions",
        type=count,
        metavar="N",
        help="tasks per stage; changes the time it takes, never a result (default: one per executor core)",
    )
