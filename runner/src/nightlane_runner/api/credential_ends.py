"""Reports when the parts of the mounted credential end, for nightwatch: dates, and nothing else of it."""

import base64
import binascii
import json
from datetime import UTC, datetime
from pathlib import Path

from nightlane_runner.api.certificate_end import certificates_end
from nightlane_runner.api.kubeconfig import Credential, UnusableKubeconfig, read_kubeconfig
from nightlane_runner.json_tree import number_at
from nightlane_runner.step_log import StepLog

OUTPUT = "credential-ends"
"""The output's file; such as `token=2027-03-31T00:00:00Z authority=2035-01-01T00:00:00Z`."""


def write_credential_ends(kubeconfig: Path, outputs: Path, log: StepLog) -> None:
    """Write the ends of a kubeconfig's credential as an output.

    A credential that cannot be read is refused by the steps that need it: here it only costs a line in the log.
    """
    try:
        ends = credential_ends(read_kubeconfig(kubeconfig))
    except (OSError, UnusableKubeconfig) as error:
        log.info(f"when the credential ends cannot be read: {error}")
        return
    text = " ".join(f"{part}={end.strftime('%Y-%m-%dT%H:%M:%SZ')}" for part, end in ends.items())
    outputs.mkdir(parents=True, exist_ok=True)
    (outputs / OUTPUT).write_text(text, encoding="utf-8")
    log.info(f"the credential ends: {text or 'no part of it has a date'}")


def credential_ends(credential: Credential) -> dict[str, datetime]:
    """Return when each part ends; a part without a date is left out."""
    found = {
        # The kubelet renews a token in a file; nobody has to act before its end.
        "token": None if credential.token_file is not None else _token_end(credential.token),
        "certificate": _certificate_end(credential.client_certificate),
        "authority": _certificate_end(credential.certificate_authority),
    }
    return {part: end for part, end in found.items() if end is not None}


def _token_end(token: str) -> datetime | None:
    """Return a JSON web token's end. Tokens of other kinds have none."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        end = number_at(claims, "exp")
        return datetime.fromtimestamp(end, UTC) if end > 0 else None
    except (binascii.Error, ValueError, OverflowError, OSError):
        return None


def _certificate_end(pem: str) -> datetime | None:
    try:
        return certificates_end(pem)
    except (binascii.Error, ValueError):
        return None  # anything but a certificate is refused where it is used
