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


def expired(folder: Path, name: str, by: tuple[Path, Path]) -> tuple[Path, Path]:
    """Make a certificate that was good for one day, years ago, and its key."""
    certificate, key, request = folder / f"{name}.pem", folder / f"{name}.key", folder / f"{name}.csr"
    (folder / "issued.txt").touch()
    (folder / "serial.txt").write_text("01")
    settings = folder / "ca.conf"
    settings.write_text(
        "[ca]\ndefault_ca = own\n[own]\ndefault_md = sha256\npolicy = any\nunique_subject = no\n"
        f"database = {folder / 'issued.txt'}\nserial = {folder / 'serial.txt'}\nnew_certs_dir = {folder}\n"
        f"certificate = {by[0]}\nprivate_key = {by[1]}\n[any]\ncommonName = supplied\n"
    )
    new = ["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subprocess.run(
        [*new, "-subj", f"/CN={name}", "-keyout", str(key), "-out", str(request)], check=True, capture_output=True
    )
    sign = ["openssl", "ca", "-batch", "-notext", "-config", str(settings), "-in", str(request)]
    dates = ["-startdate", "20200101000000Z", "-enddate", "20200102000000Z"]
    subprocess.run([*sign, *dates, "-out", str(certificate)], check=True, capture_output=True)
    return certificate, key
