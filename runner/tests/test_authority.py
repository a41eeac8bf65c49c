"""Whom the runner trusts: what kubectl trusts, and nobody else."""

import base64
import json
import subprocess
from pathlib import Path

import pytest

from nightlane_runner.api.client import Api
from nightlane_runner.api.errors import CertificateRefused
from tests.support.administrator import Administrator
from tests.support.certificates import issued
from tests.support.gateway import Gateway

pytestmark = pytest.mark.api_server

AUTHORITY = "basicConstraints=critical,CA:TRUE"


@pytest.mark.parametrize("given", ["root", "issuing", "both"])
def test_authority_that_kubectl_accepts_is_accepted(
    admin: Administrator, mounts: Path, tmp_path: Path, kubectl: Path, given: str
) -> None:
    """R15: the issuing authority alone, the root alone, or both: one setting, one opinion."""
    root = issued(tmp_path, "root", None, AUTHORITY)
    issuing = issued(tmp_path, "issuing", root, AUTHORITY)
    server = issued(tmp_path, "server", issuing, "subjectAltName=IP:127.0.0.1")
    chain = tmp_path / "chain.pem"
    chain.write_text(server[0].read_text() + issuing[0].read_text())
    gateway = Gateway(tmp_path, admin.kubeconfig, (chain, server[1]))
    texts = {"root": root[0].read_text(), "issuing": issuing[0].read_text()}
    kubeconfig = _trusting(mounts, admin, gateway, texts.get(given, "".join(texts.values())))

    listed = subprocess.run(
        [kubectl, f"--kubeconfig={kubeconfig}", f"--namespace={admin.namespace}", "get", "pods"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert listed.returncode == 0, listed.stderr
    assert Api(kubeconfig, tmp_path).get(admin.core("pods"))["kind"] == "PodList"


def test_another_authority_is_not_trusted(admin: Administrator, mounts: Path, tmp_path: Path) -> None:
    """Nor one of the same name."""
    gateway = Gateway(tmp_path, admin.kubeconfig)
    stranger = issued(tmp_path, "root", None, AUTHORITY)
    kubeconfig = _trusting(mounts, admin, gateway, stranger[0].read_text())

    with pytest.raises(CertificateRefused):
        Api(kubeconfig, tmp_path).get(admin.core("pods"))


def _trusting(mounts: Path, admin: Administrator, gateway: Gateway, authority: str) -> Path:
    """Write a kubeconfig that leads through the gateway and trusts that authority."""
    file = mounts / "credentials" / "kubeconfig"
    admin.write_kubeconfig(file, gateway.port)
    tree = json.loads(file.read_text())
    encoded = base64.b64encode(authority.encode()).decode()
    tree["clusters"][0]["cluster"]["certificate-authority-data"] = encoded
    file.write_text(json.dumps(tree))
    return file
