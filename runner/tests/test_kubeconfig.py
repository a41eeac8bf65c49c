"""A kubeconfig that could do more than a lane's credential may is refused, without a word of its secrets."""

import base64
import copy
import json
from pathlib import Path
from typing import Any

import pytest

from nightlane_runner.api.kubeconfig import UnusableKubeconfig, read_kubeconfig

PEM = base64.b64encode(b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n").decode()

GOOD: dict[str, Any] = {
    "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}],
    "clusters": [
        {"name": "k", "cluster": {"server": "https://k8s.nordbank.example:6443", "certificate-authority-data": PEM}}
    ],
    "users": [{"name": "u", "user": {"token": "s3cret"}}],
}


def _read(tmp_path: Path, tree: object) -> Any:
    file = tmp_path / "kubeconfig"
    file.write_text(json.dumps(tree))
    return read_kubeconfig(file)


def test_good_one_is_read(tmp_path: Path) -> None:
    """Server and token; the token does not show in a representation."""
    credential = _read(tmp_path, GOOD)
    assert credential.server == "https://k8s.nordbank.example:6443"
    assert credential.token == "s3cret"
    assert "s3cret" not in repr(credential)


@pytest.mark.parametrize(
    ("section", "changes", "complaint"),
    [
        ("cluster", {"server": "http://k8s.nordbank.example"}, "cluster.server"),
        ("cluster", {"server": "https://k8s.nordbank.example:port"}, "cluster.server"),
        ("cluster", {"server": "https://admin:s3cret@k8s.nordbank.example:6443"}, "without a user or password"),
        ("cluster", {"server": "https://s3cret@k8s.nordbank.example"}, "got https://k8s.nordbank.example,"),
        ("cluster", {"server": "https://k8s.nordbank.example/?token=s3cret"}, "got https://k8s.nordbank.example,"),
        ("cluster", {"server": "https:/admin:s3cret@k8s.nordbank.example"}, "got something else"),
        ("cluster", {"server": "https://admin:s3cret@k8s.nordbank.example:port"}, "got something else"),
        ("cluster", {"insecure-skip-tls-verify": True}, "insecure-skip-tls-verify"),
        ("cluster", {"proxy-url": "http://proxy.example"}, "cluster.proxy-url"),
        ("cluster", {"tls-server-name": "kubernetes"}, "cluster.tls-server-name: got a value, must not be used"),
        ("cluster", {"certificate-authority": "/ca.pem"}, "cluster.certificate-authority"),
        ("cluster", {"certificate-authority-data": "%%%"}, "cluster.certificate-authority-data"),
        ("user", {"exec": {"command": "aws"}}, "user.exec"),
        ("user", {"auth-provider": {"name": "gcp"}}, "user.auth-provider"),
        ("user", {"tokenFile": "/token"}, "user.tokenFile"),
        ("user", {"tokenFile": "../federated-token", "token": ""}, "user.tokenFile"),
        ("user", {"tokenFile": "federated-token"}, "user.tokenFile"),
        ("user", {"token": ""}, "user.client-certificate-data"),
    ],
)
def test_forbidden_parts_are_named(tmp_path: Path, section: str, changes: dict[str, Any], complaint: str) -> None:
    """R28: each with the property, and never with a value that is secret."""
    tree = copy.deepcopy(GOOD)
    tree[f"{section}s"][0][section].update(changes)
    with pytest.raises(UnusableKubeconfig) as refusal:
        _read(tmp_path, tree)
    assert complaint in str(refusal.value)
    assert "s3cret" not in str(refusal.value)


@pytest.mark.parametrize("token", ["s3cret\n", " s3cret", "s3cret\u2013x", "s3c ret"])
def test_token_that_no_header_can_carry_is_refused_without_its_value(tmp_path: Path, token: str) -> None:
    """R28: a library that is handed such a token quotes it in its error."""
    tree = copy.deepcopy(GOOD)
    tree["users"][0]["user"]["token"] = token
    with pytest.raises(UnusableKubeconfig, match=r"user\.token: got a value, must be printable ASCII") as refusal:
        _read(tmp_path, tree)
    assert "s3c" not in str(refusal.value)


FEDERATED = {**GOOD, "users": [{"name": "u", "user": {"tokenFile": "federated-token"}}]}


def test_token_of_a_federated_customer_lies_beside_the_kubeconfig(tmp_path: Path) -> None:
    """It is read again whenever it is asked for, and one that cannot be read does not take the last one away."""
    token = tmp_path / "federated-token"
    token.write_text("f1rst-token")
    credential = _read(tmp_path, FEDERATED)
    assert credential.token == "f1rst-token"
    assert "f1rst-token" not in repr(credential)
    assert credential.with_current_token() is credential

    token.write_text("s3cond-token\n")
    assert credential.with_current_token().token == "s3cond-token"
    assert credential.with_current_token().left_out_of(b"a s3cond-token") == b"a <token>"

    token.unlink()
    assert credential.with_current_token() is credential


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "federated-token: got no file, must be the pod's own token .* with the lane's current template"),
        ("", "federated-token: got no token"),
        ("s3c ret", "federated-token: got no token"),
        ("s3cret\u2013", "federated-token: got no token"),
    ],
)
def test_federated_token_that_is_none_is_refused(tmp_path: Path, content: str | None, complaint: str) -> None:
    """A template that was made before the customer was federated mounts none: the sentence says what to do."""
    if content is not None:
        (tmp_path / "federated-token").write_text(content)
    with pytest.raises(UnusableKubeconfig, match=complaint) as refusal:
        _read(tmp_path, FEDERATED)
    assert "s3c" not in str(refusal.value)


def test_second_context_is_refused(tmp_path: Path) -> None:
    """Exactly one way into exactly one cluster."""
    tree = copy.deepcopy(GOOD)
    tree["contexts"].append(tree["contexts"][0])
    with pytest.raises(UnusableKubeconfig, match="contexts: got 2 entries"):
        _read(tmp_path, tree)


def test_text_that_is_no_yaml_is_not_quoted(tmp_path: Path) -> None:
    """A parser's message would show the line with the token."""
    file = tmp_path / "kubeconfig"
    file.write_text("token: s3cret: [")
    with pytest.raises(UnusableKubeconfig) as refusal:
        read_kubeconfig(file)
    assert "s3cret" not in str(refusal.value)
