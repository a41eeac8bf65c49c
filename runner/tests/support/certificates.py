"""Certificates that the test's API server's authority has issued."""

import subprocess
from pathlib import Path


def authority_of(administrator: Path) -> Path:
    """Return the folder of the authority of the API server of a kubeconfig."""
    return administrator.parents[1] / "pki"


def node_certificate(folder: Path, administrator: Path) -> tuple[Path, Path]:
    """Return certificate and key for loopback, made in `folder`."""
    authority = authority_of(administrator)
    return issued(folder, "node", (authority / "ca.pem", authority / "ca.key"), "subjectAltName=IP:127.0.0.1")


def issued(folder: Path, name: str, by: tuple[Path, Path] | None, extension: str) -> tuple[Path, Path]:
    """Make a certificate and its key; without an issuer it is its own."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += [] if by is None else ["-CA", str(by[0]), "-CAkey", str(by[1])]
    command += ["-days", "2", "-subj", f"/CN={name}", "-addext", extension]
    command += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key
