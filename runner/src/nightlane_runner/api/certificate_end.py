"""When a certificate ends. The standard library reads certificates of authorities only, hence the few lines of DER."""

import base64
import re
from datetime import UTC, datetime

_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)

_SEQUENCE = 0x30
_VERSION = 0xA0
_UTC_TIME = 0x17


def certificates_end(pem: str) -> datetime | None:
    """Return when the last of some certificates ends, None if none can be read."""
    ends = [_end(base64.b64decode(block)) for block in _CERTIFICATE.findall(pem)]
    return max(ends, default=None)


def _end(certificate: bytes) -> datetime:
    """Read `notAfter`; raises ValueError for bytes that are not a certificate.

    Certificate ::= SEQUENCE { SEQUENCE { [0] version, serial, algorithm, issuer, SEQUENCE { notBefore, notAfter } ...
    """
    signed = _Reader(_Reader(certificate).take(_SEQUENCE)).take(_SEQUENCE)
    fields = _Reader(signed)
    if fields.tag == _VERSION:
        fields.take()
    for _ in ("serial", "algorithm", "issuer"):
        fields.take()
    validity = _Reader(fields.take(_SEQUENCE))
    validity.take()
    short = validity.tag == _UTC_TIME
    text = validity.take().decode("ascii")
    # Years with two digits are 1950 to 2049; later ones have four.
    if short:
        text = f"{'19' if int(text[:2]) >= 50 else '20'}{text}"
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


class _Reader:
    """Reads the values of a DER encoding one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def tag(self) -> int:
        """The next value's tag."""
        if self._at >= len(self._data):
            raise ValueError("the encoding ends too soon")
        return self._data[self._at]

    def take(self, expected: int | None = None) -> bytes:
        """Return the next value's content."""
        if expected is not None and self.tag != expected:
            raise ValueError(f"tag {self.tag:#x} in place of {expected:#x}")
        begin, length = self._at + 2, self._byte(self._at + 1)
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(self._data[begin : begin + size])
            begin += size
        if begin + length > len(self._data):
            raise ValueError("the encoding ends too soon")
        self._at = begin + length
        return self._data[begin : begin + length]

    def _byte(self, at: int) -> int:
        if at >= len(self._data):
            raise ValueError("the encoding ends too soon")
        return self._data[at]
