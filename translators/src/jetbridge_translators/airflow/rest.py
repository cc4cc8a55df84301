"""Airflow's REST API, as far as gates need it: version 2 of it, which all of Airflow 3 has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import quote, urlsplit

from jetbridge.errors import RunError, UsageError
from jetbridge_translators.option import ConnectionSetting

URL, TOKEN = "JETBRIDGE_AIRFLOW_URL", "JETBRIDGE_AIRFLOW_TOKEN"
USERNAME, PASSWORD = "JETBRIDGE_AIRFLOW_USERNAME", "JETBRIDGE_AIRFLOW_PASSWORD"
CONNECTION = (
    ConnectionSetting(name="url", variable=URL, help="the address of Airflow's API server"),
    ConnectionSetting(name="username", variable=USERNAME, help="who asks it"),
    ConnectionSetting(name="password", variable=PASSWORD, help="their password", is_secret=True),
    ConnectionSetting(name="token", variable=TOKEN, help="a token in place of name and password", is_secret=True),
)
NOT_FOUND = 404
_UNAUTHORIZED = (401, 403)
_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Api:
    """An API server, and the token it knows the user by."""

    url: str
    token: str = ""

    def call(self, method: str, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
        """The status and the JSON of a call below `/api/v2`.

        Raises:
            UsageError: the server does not know the user, or refuses.
            RunError: there is no answer that can be read.
        """
        status, found = self.post_or_get(method, f"/api/v2/{path}", body)
        if status in _UNAUTHORIZED:
            raise UsageError(
                f"Airflow at {self.url} refuses: {found.get('detail', status)}",
                hint=f"Set {TOKEN}, or {USERNAME} and {PASSWORD}, to those of a user who may answer.",
            )
        return status, found

    def post_or_get(self, method: str, path: str, body: object) -> tuple[int, dict[str, Any]]:
        """The status and the JSON of a call."""
        address = urlsplit(self.url)
        kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            with closing(kind(address.netloc, timeout=_SECONDS)) as connection:
                connection.request(method, address.path.rstrip("/") + path, json.dumps(body) if body else None, headers)
                answer = connection.getresponse()
                return answer.status, json.loads(answer.read() or b"{}")
        except (OSError, HTTPException, ValueError) as error:
            raise RunError(f"Airflow at {self.url} does not answer: {error}", hint=f"Check {URL}.") from error

    @staticmethod
    def path(*parts: str) -> str:
        """A path of names, whatever characters they hold.

        Example:
            >>> Api.path("dagRuns", "manual__2026-01-01T00:00:00+00:00")
            'dagRuns/manual__2026-01-01T00%3A00%3A00%2B00%3A00'
        """
        return "/".join(quote(part, safe="") for part in parts)


def api(environ: Mapping[str, str]) -> Api | None:
    """The server that the environment names, with a token; None when it names none.

    Raises:
        UsageError: the server does not know the user.
        RunError: there is no answer that can be read.
    """
    url = environ.get(URL, "").rstrip("/")
    if not url:
        return None
    if TOKEN in environ or USERNAME not in environ:
        return Api(url, environ.get(TOKEN, ""))
    given = {"username": environ[USERNAME], "password": environ.get(PASSWORD, "")}
    status, found = Api(url).post_or_get("POST", "/auth/token", given)
    if "access_token" not in found:
        raise UsageError(
            f"Airflow at {url} gives {environ[USERNAME]!r} no token: {found.get('detail', status)}",
            hint=f"Check {USERNAME} and {PASSWORD}, or set {TOKEN}.",
        )
    return Api(url, found["access_token"])
