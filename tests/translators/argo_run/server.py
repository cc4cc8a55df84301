"""An HTTP server that answers as the API server does in its bad moments, which a real one does not have on command."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from jetbridge_translators.argo.cluster import Cluster
from jetbridge_translators.argo.connect import connect

Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Gives each request the next answer of the script, and keeps what was asked."""

    protocol_version = "HTTP/1.1"
    answers: list[Answer]
    asked: list[tuple[str, str, dict[str, list[str]]]]
    bodies: list[bytes]

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PATCH(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def _answer(self) -> None:
        self.bodies.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        url = urlsplit(self.path)
        self.asked.append((self.command, url.path, parse_qs(url.query)))
        self.answers.pop(0)(self)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name of the base class
        """Silent."""


def listed(*items: Mapping[str, Any], version: str = "7") -> Answer:
    """A list of objects."""
    return reply(200, {"items": list(items), "metadata": {"resourceVersion": version}})


def refused(code: int, message: str = "no") -> Answer:
    """An error as Kubernetes writes it."""
    return reply(code, {"kind": "Status", "code": code, "message": message})


def reply(code: int, value: Mapping[str, Any]) -> Answer:
    """One JSON document."""

    def answer(handler: Handler) -> None:
        data = json.dumps(value).encode()
        handler.send_response(code)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def streamed(*lines: str, cut: bool = False) -> Answer:
    """Lines as they come; `cut` breaks the connection in the middle of one."""

    def answer(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for line in lines:
            data = f"{line}\n".encode()
            handler.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        handler.wfile.write(b'ff\r\n{"ty' if cut else b"0\r\n\r\n")
        handler.close_connection = cut

    return answer


def event(kind: str, value: Mapping[str, Any]) -> str:
    """A line of a watch."""
    return json.dumps({"type": kind, "object": value})


def hang_up(handler: Handler) -> None:
    """No answer at all."""
    handler.close_connection = True


@contextmanager
def api_server(folder: Any, *answers: Answer) -> Generator[tuple[Cluster, type[Handler]]]:
    """A cluster whose API server gives these answers, one after the other."""
    script = type("Script", (Handler,), {"answers": list(answers), "asked": [], "bodies": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), script)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    config = folder / "kubeconfig"
    cluster = {"name": "c", "cluster": {"server": f"http://127.0.0.1:{server.server_port}"}}
    context = {"name": "x", "context": {"cluster": "c", "user": "u", "namespace": "team"}}
    user = {"name": "u", "user": {"token": "t"}}
    content = {"clusters": [cluster], "contexts": [context], "users": [user], "current-context": "x"}
    config.write_text(json.dumps({"apiVersion": "v1", "kind": "Config", **content}))
    try:
        yield connect("", {"KUBECONFIG": str(config)}), script
    finally:
        server.shutdown()
        server.server_close()
