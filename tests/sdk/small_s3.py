"""As much of S3 as the store speaks, on a real socket, with faults to order.

Bodies are checked against `x-amz-content-sha256`, as S3 does; signatures are not.
"""

from __future__ import annotations

import hashlib
import re
import socket
import struct
import time
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

MUTE_SECONDS = 2.0
STAMP = "Tue, 24 Nov 2026 12:00:00 GMT"


class SmallS3(ThreadingHTTPServer):
    """Objects in memory.

    Attributes:
        objects: Bytes by key.
        metadata: The `x-amz-meta-` headers by key.
        types: The media type by key.
        uploads: Parts by upload id, until they are completed or aborted.
        faults: What happens to the next requests, one each: a status such as 503, or
            `reset`: the connection breaks before anything is done;
            `lost`: it is done, then the connection breaks;
            `short`: half of the answer comes;
            `mute`: it is done, and nothing is said for `MUTE_SECONDS`;
            `damage`: one bit of the body is flipped on its way.
        requests: Method and path of each request.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.objects: dict[str, bytes] = {}
        self.metadata: dict[str, dict[str, str]] = {}
        self.types: dict[str, str] = {}
        self.uploads: dict[str, dict[int, bytes]] = {}
        self.faults: list[int | str] = []
        self.requests: list[str] = []
        self.lock = Lock()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no error."""

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that make a client use it."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "us-east-1",
        }


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: SmallS3  # pyright: ignore[reportIncompatibleVariableOverride] -- narrowed

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing is printed."""

    def setup(self) -> None:
        super().setup()
        self.fault: int | str = ""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with self.server.lock:
            self.server.requests.append(f"{self.command} {self.path}")
            self.fault = self.server.faults.pop(0) if self.server.faults else ""
        if self.fault == "reset":
            return self._break()
        if isinstance(self.fault, int):
            return self._answer(self.fault, xml("Error", "<Code>SlowDown</Code>"))
        if self.fault == "damage":
            body = body[:-1] + bytes([body[-1] ^ 1])
        if self.headers.get("x-amz-content-sha256") != hashlib.sha256(body).hexdigest():
            return self._answer(400, xml("Error", "<Code>XAmzContentSHA256Mismatch</Code>"))
        parts = urlsplit(self.path)
        key = unquote(parts.path).split("/", 2)[2] if parts.path.count("/") > 1 else ""
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        with self.server.lock:
            status, answer, headers = self._handle(key, query, body)
        if self.fault == "mute":
            time.sleep(MUTE_SECONDS)
        return self._break() if self.fault in {"lost", "mute"} else self._answer(status, answer, headers)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _serve

    def _handle(self, key: str, query: dict[str, str], body: bytes) -> tuple[int, bytes, dict[str, str]]:
        if "list-type" in query:
            return 200, self._listing(query), {}
        if "uploads" in query or "uploadId" in query:
            return self._multipart(key, query, body)
        if self.command == "PUT":
            return self._put(key, body)
        return self._get(key)

    def _multipart(self, key: str, query: dict[str, str], body: bytes) -> tuple[int, bytes, dict[str, str]]:
        uploads, upload = self.server.uploads, query.get("uploadId", "")
        if "uploads" in query:
            upload = f"u{len(self.server.requests)}"
            uploads[upload] = {}
            return 200, xml("InitiateMultipartUploadResult", f"<UploadId>{upload}</UploadId>"), {}
        if upload not in uploads:
            return 404, xml("Error", "<Code>NoSuchUpload</Code>"), {}
        if self.command == "PUT":
            uploads[upload][int(query["partNumber"])] = body
            return 200, b"", {"ETag": tag(body)}
        held = uploads.pop(upload)
        if self.command == "DELETE":
            return 204, b"", {}
        numbers = [int(number) for number in re.findall(r"<PartNumber>(\d+)<", body.decode())]
        self._store(key, b"".join(held[number] for number in numbers))
        return 200, xml("CompleteMultipartUploadResult", f"<ETag>{escape(tag(body))}</ETag>"), {}

    def _put(self, key: str, body: bytes) -> tuple[int, bytes, dict[str, str]]:
        if self.headers.get("If-None-Match") == "*" and key in self.server.objects:
            return 412, xml("Error", "<Code>PreconditionFailed</Code>"), {}
        self._store(key, body)
        return 200, b"", {"ETag": tag(body)}

    def _store(self, key: str, body: bytes) -> None:
        self.server.objects[key] = body
        names = [name for name in self.headers if name.lower().startswith("x-amz-meta-")]
        self.server.types[key] = self.headers.get("Content-Type", "")
        self.server.metadata[key] = {name: self.headers[name] for name in names}

    def _get(self, key: str) -> tuple[int, bytes, dict[str, str]]:
        if key not in self.server.objects:
            return 404, xml("Error", "<Code>NoSuchKey</Code>"), {}
        data = self.server.objects[key]
        headers = {"ETag": tag(data), "Last-Modified": STAMP, **self.server.metadata[key]}
        if self.headers.get("If-Match", tag(data)) != tag(data):
            return 412, b"", {}
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if wanted is None:
            return 200, data, headers
        start, end = int(wanted[1]), min(int(wanted[2] or len(data)), len(data) - 1)
        return 206, data[start : end + 1], {**headers, "Content-Range": f"bytes {start}-{end}/{len(data)}"}

    def _listing(self, query: dict[str, str]) -> bytes:
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        keys = sorted(key for key in self.server.objects if key.startswith(prefix))
        folders = {
            prefix + rest.split("/")[0] + "/" for key in keys if delimiter and "/" in (rest := key[len(prefix) :])
        }
        shown = [key for key in keys if not delimiter or "/" not in key[len(prefix) :]]
        contents = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(self.server.objects[key])}</Size>"
            f"<LastModified>2026-11-24T12:00:00.000Z</LastModified><ETag>x</ETag></Contents>"
            for key in shown
        )
        common = "".join(
            f"<CommonPrefixes><Prefix>{escape(each)}</Prefix></CommonPrefixes>" for each in sorted(folders)
        )
        return xml("ListBucketResult", f"<IsTruncated>false</IsTruncated>{contents}{common}")

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if self.fault == "short":
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            self._break()
            return
        self.wfile.write(body)

    def _break(self) -> None:
        """Resets the connection, as a store or a proxy that falls over does."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.shutdown(socket.SHUT_RDWR)


def xml(name: str, inner: str) -> bytes:
    """An XML element."""
    return f"<{name}>{inner}</{name}>".encode()


def tag(data: bytes) -> str:
    """An object's ETag; its start is enough to tell the tests' objects apart, and quick."""
    return f'"{len(data)}-{zlib.crc32(data[:65536]):08x}"'


@contextmanager
def small_s3() -> Generator[SmallS3]:
    """A server, until the block ends."""
    server = SmallS3()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
