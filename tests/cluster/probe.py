"""Asks a service over HTTP whether it is ready."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Callable


def answers(
    url_host: str, port: int, path: str, *, tls: ssl.SSLContext | None = None, accept: tuple[int, ...] = (200,)
) -> bool:
    """Whether a GET is answered with one of the accepted codes."""
    connection: http.client.HTTPConnection
    if tls is not None:
        connection = http.client.HTTPSConnection(url_host, port, timeout=2, context=tls)
    else:
        connection = http.client.HTTPConnection(url_host, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status in accept
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def when_answers(host: str, port: int, path: str) -> Callable[[], bool]:
    """`answers` as a condition to wait for."""
    return lambda: answers(host, port, path)


def unverified() -> ssl.SSLContext:
    """For health checks of local servers that sign their own certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
