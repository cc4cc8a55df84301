"""Just enough of S3's signed requests to make a bucket without any library."""

from __future__ import annotations

import hashlib
import hmac
import http.client
from dataclasses import dataclass
from datetime import UTC, datetime

EMPTY = hashlib.sha256(b"").hexdigest()
SIGNED = "host;x-amz-content-sha256;x-amz-date"


@dataclass(frozen=True)
class Credentials:
    """An access key pair."""

    key_id: str
    secret: str


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signed_headers(
    method: str, host: str, path: str, credentials: Credentials, *, region: str, now: datetime
) -> dict[str, str]:
    """The headers of a bodyless request, by AWS Signature Version 4."""
    stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    request = f"{method}\n{path}\n\nhost:{host}\nx-amz-content-sha256:{EMPTY}\nx-amz-date:{stamp}\n\n{SIGNED}\n{EMPTY}"
    scope = f"{day}/{region}/s3/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{credentials.secret}".encode()
    for part in (day, region, "s3", "aws4_request"):
        key = _mac(key, part)
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    access = f"Credential={credentials.key_id}/{scope}, SignedHeaders={SIGNED}, Signature={signature}"
    return {"x-amz-content-sha256": EMPTY, "x-amz-date": stamp, "Authorization": f"AWS4-HMAC-SHA256 {access}"}


def request(method: str, address: tuple[str, int], path: str, credentials: Credentials, region: str) -> int:
    """Send one signed request without a body; the status code, or 0 where nobody answers."""
    host, port = address
    headers = signed_headers(method, f"{host}:{port}", path, credentials, region=region, now=datetime.now(UTC))
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request(method, path, headers=headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
