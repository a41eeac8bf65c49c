"""When a credential ends: read from what OpenSSL and a real API server make, and never more of it than dates."""

import base64
import io
import ssl
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nightlane_runner.api.certificate_end import certificates_end
from nightlane_runner.api.credential_ends import credential_ends, write_credential_ends
from nightlane_runner.api.kubeconfig import FEDERATED_TOKEN, Credential, read_kubeconfig
from nightlane_runner.step_log import StepLog
from tests.support.administrator import Administrator


@pytest.mark.parametrize(
    ("days", "key"),
    [(1, "rsa:2048"), (400, "ec"), (30_000, "ec")],
    ids=["tomorrow", "in a year", "after 2049, when years have four digits"],
)
@pytest.mark.parametrize("authority", [True, False], ids=["an authority's", "a client's"])
def test_end_of_a_certificate_is_what_openssl_says(tmp_path: Path, days: int, key: str, authority: bool) -> None:
    """Of every form of date, key and purpose."""
    pem = _certificate(tmp_path, days, key, authority)
    command = ["openssl", "x509", "-noout", "-enddate"]
    said = subprocess.run(command, input=pem, text=True, check=True, capture_output=True).stdout
    expected = datetime.fromtimestamp(ssl.cert_time_to_seconds(said.strip().removeprefix("notAfter=")), UTC)
    assert certificates_end(pem) == expected


def test_of_two_authorities_the_last_one_counts(tmp_path: Path) -> None:
    """Both are trusted while one is being replaced."""
    old, new = _certificate(tmp_path, 1, "ec", True), _certificate(tmp_path, 100, "ec", True)
    assert certificates_end(f"{new}\n{old}") == certificates_end(new)


@pytest.mark.parametrize("pem", ["", "text", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----"])
def test_what_is_no_certificate_has_no_end(pem: str) -> None:
    """Wherever it is used, it is refused with a reason; here nothing is said."""
    assert credential_ends(_credential("x", pem)) == {}


@pytest.mark.parametrize("cut", [1, 5, 40, 100])
def test_certificate_that_is_cut_has_no_end(tmp_path: Path, cut: int) -> None:
    """It is read with care: it comes from outside."""
    whole = _certificate(tmp_path, 1, "ec", True)
    der = ssl.PEM_cert_to_DER_cert(whole)[:cut]
    pem = f"-----BEGIN CERTIFICATE-----\n{base64.b64encode(der).decode()}\n-----END CERTIFICATE-----"
    assert credential_ends(_credential("x", pem)) == {}


@pytest.mark.parametrize("token", ["", "opaque", "a.b.c", "!.!.!", f"x.{base64.urlsafe_b64encode(b'[]').decode()}.x"])
def test_token_that_does_not_say_has_no_end(token: str) -> None:
    """As those of older clusters."""
    assert credential_ends(_credential(token, "")) == {}


def test_unreadable_kubeconfig_costs_a_line(tmp_path: Path) -> None:
    """The calendar needs no cluster, and must not fail for its sake."""
    said = io.StringIO()
    write_credential_ends(tmp_path / "absent", tmp_path / "outputs", StepLog(said))
    assert "cannot be read" in said.getvalue()
    assert not (tmp_path / "outputs").exists()


@pytest.mark.api_server
def test_end_of_a_real_token_is_written_and_nothing_else_of_it(admin: Administrator, tmp_path: Path) -> None:
    """One that an API server has issued for an hour."""
    kubeconfig, said = tmp_path / "kubeconfig", io.StringIO()
    admin.write_kubeconfig(kubeconfig)
    write_credential_ends(kubeconfig, tmp_path, StepLog(said))
    written = (tmp_path / "credential-ends").read_text()
    parts = dict(entry.split("=") for entry in written.split(" "))
    assert set(parts) == {"token", "authority"}
    left = datetime.fromisoformat(parts["token"]) - datetime.now(UTC)
    assert timedelta(minutes=55) < left <= timedelta(hours=1)
    token = read_kubeconfig(kubeconfig).token
    assert not any(part in written + said.getvalue() for part in token.split("."))


@pytest.mark.api_server
def test_end_of_a_federated_token_is_nobodys_to_wait_for(admin: Administrator, tmp_path: Path) -> None:
    """It ends within the hour, always, and another one comes before: anybody watching it would be called each night."""
    kubeconfig = tmp_path / "kubeconfig"
    admin.write_federated_kubeconfig(kubeconfig)
    kubeconfig.with_name(FEDERATED_TOKEN).write_text(admin.token())
    write_credential_ends(kubeconfig, tmp_path, StepLog(io.StringIO()))
    assert (tmp_path / "credential-ends").read_text().startswith("authority=")


def _credential(token: str, authority: str) -> Credential:
    return Credential("k8s.example", 6443, "", authority, token, "", "")


def _certificate(folder: Path, days: int, key: str, authority: bool) -> str:
    command = ["openssl", "req", "-x509", "-nodes", "-subj", "/O=Testbank/CN=nightlane", "-days", str(days)]
    command += ["-newkey", key, *(["-pkeyopt", "ec_paramgen_curve:prime256v1"] if key == "ec" else [])]
    command += ["-addext", f"basicConstraints=critical,CA:{'TRUE' if authority else 'FALSE'}"]
    command += ["-keyout", str(folder / "key.pem")]
    return subprocess.run(command, text=True, check=True, capture_output=True).stdout
