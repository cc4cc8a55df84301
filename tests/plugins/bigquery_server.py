"""As much of BigQuery's REST API as a query needs, on a real socket. It runs no SQL: answers are laid out beforehand.

Requests are kept, so that a test can look at what the client has really sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

Field = tuple[str, str]
_JOB = re.compile(
    r"/bigquery/v2/projects/(?P<project>[^/]+)/(?P<kind>jobs|queries)(?:/(?P<id>[^/]+))?(?P<action>/cancel)?"
)
_PAGE_ROWS = 2


class BigQuery(ThreadingHTTPServer):
    """Jobs in memory.

    Attributes:
        schema: The columns of the next result.
        rows: Its rows, each value as BigQuery's JSON has it: text or None.
        error: Why the next statement fails; empty where it succeeds.
        unavailable: Whether it answers with 503.
        polls: How often a job says that it runs before it is done.
        requests: Method, path and body of each request.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.schema: tuple[Field, ...] = ()
        self.rows: tuple[tuple[str | None, ...], ...] = ()
        self.error = ""
        self.polls = 0
        self.unavailable = False
        self.requests: list[tuple[str, str, Any]] = []
        self.jobs: dict[str, dict[str, Any]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def inserted(self) -> list[dict[str, Any]]:
        """The jobs that were sent."""
        return [body for method, path, body in self.requests if method == "POST" and path.endswith("/jobs")]


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    server: BigQuery  # pyright: ignore[reportIncompatibleVariableOverride] -- the only one that starts it

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the base class's name
        return

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"null")
        match = self._match(body)
        if self.server.unavailable:
            self._answer({"error": {"code": 503, "message": "later", "errors": [{"reason": "backendError"}]}}, 503)
            return
        if match["action"]:
            stopped = {"state": "DONE", "errorResult": {"reason": "stopped", "message": "stopped"}}
            self.server.jobs[match["id"]]["status"] = stopped
            self._answer({"job": self.server.jobs[match["id"]]})
            return
        reference = {"projectId": match["project"], "location": "EU", **body["jobReference"]}
        job: dict[str, Any] = {
            "jobReference": reference,
            "configuration": body["configuration"],
            "status": {"state": "RUNNING"},
            "statistics": {"query": {"statementType": "SELECT"}},
        }
        job["configuration"]["query"].setdefault(
            "destinationTable", {"projectId": match["project"], "datasetId": "_hidden", "tableId": "anon"}
        )
        self.server.jobs[reference["jobId"]] = job
        self._answer(job)

    def do_GET(self) -> None:
        match = self._match(None)
        job = self.server.jobs.get(match["id"])
        if job is None:
            self._answer({"error": {"code": 404, "message": f"no job {match['id']}", "errors": []}}, 404)
        elif match["kind"] == "queries":
            self._answer(self._page(job))
        else:
            self._answer(self._status(job))

    def _match(self, body: Any) -> re.Match[str]:
        path = urlsplit(self.path).path
        self.server.requests.append((self.command, path, body))
        match = _JOB.fullmatch(path)
        assert match is not None, path
        return match

    def _status(self, job: dict[str, Any]) -> dict[str, Any]:
        if job["status"]["state"] == "RUNNING":
            if self.server.polls:
                self.server.polls -= 1
                return job
            error = {"errorResult": {"reason": "invalidQuery", "message": self.server.error}}
            job["status"] = {"state": "DONE", **(error if self.server.error else {})}
        return job

    def _page(self, job: dict[str, Any]) -> dict[str, Any]:
        """Two rows and the way to the next page."""
        self._status(job)
        asked = parse_qs(urlsplit(self.path).query)
        answer: dict[str, Any] = {"jobReference": job["jobReference"], "jobComplete": job["status"]["state"] == "DONE"}
        if not answer["jobComplete"]:
            return answer
        if "errorResult" in job["status"]:
            return answer
        answer["schema"] = {"fields": [{"name": name, "type": kind} for name, kind in self.server.schema]}
        answer["totalRows"] = str(len(self.server.rows))
        if asked.get("maxResults") == ["0"]:
            return answer
        start = int((asked.get("pageToken") or ["0"])[0])
        rows = self.server.rows[start : start + _PAGE_ROWS]
        answer["rows"] = [{"f": [{"v": value} for value in row]} for row in rows]
        if start + _PAGE_ROWS < len(self.server.rows):
            answer["pageToken"] = str(start + _PAGE_ROWS)
        return answer

    def _answer(self, body: Any, status: int = 200) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def bigquery() -> Generator[BigQuery]:
    """Starts a server, and ends it with the block."""
    server = BigQuery()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
