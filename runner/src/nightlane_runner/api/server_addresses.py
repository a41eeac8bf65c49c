"""Where the customer's API server is: a lane resolves no names, so the deployment says its addresses in a file."""

import ipaddress
from pathlib import Path

from nightlane_runner.api.kubeconfig import UnusableKubeconfig
from nightlane_runner.document.input_check import Problem


def read_addresses(file: Path) -> tuple[str, ...]:
    """Read the addresses, in the order in which they are tried.

    Returns:
        Nothing where there is no such file, as outside a lane: the name in the kubeconfig is resolved then.

    Raises:
        UnusableKubeconfig: a line is no address.
        OSError: the file cannot be read.

    """
    try:
        lines = file.read_text(encoding="ascii").split()
    except FileNotFoundError:
        return ()
    except UnicodeDecodeError:
        lines = ["(no text)"]
    wrong = [line for line in lines if not _is_address(line)]
    if wrong or not lines:
        shown = ", ".join(map(repr, wrong)) or "nothing"
        raise UnusableKubeconfig(
            [Problem("server/addresses", shown, "must be addresses, one a line", "deploy the lane again")]
        )
    return tuple(lines)


def _is_address(line: str) -> bool:
    try:
        ipaddress.ip_address(line)
    except ValueError:
        return False
    return True
