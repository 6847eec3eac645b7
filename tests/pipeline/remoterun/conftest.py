"""Places for runs: fsspec's store in memory, and a bucket behind S3's protocol on this machine."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from hashlib import md5
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import pytest

ACCESS = {"AWS_ACCESS_KEY_ID": "AKIATESTTESTTESTTEST", "AWS_SECRET_ACCESS_KEY": "very-secret-indeed",
          "AWS_DEFAULT_REGION": "us-east-1"}


@dataclass
class Bucket:
    """What the server holds, by name; it refuses to take names for which ``refused`` is true."""

    objects: dict[str, bytes] = field(default_factory=dict)
    put: list[str] = field(default_factory=list)
    refused: Callable[[str], bool] = lambda name: False


class _Server(http.server.ThreadingHTTPServer):
    bucket: Bucket


class _Objects(http.server.BaseHTTPRequestHandler):
    """As much of S3 as putting, getting, listing and removing small objects asks for."""

    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        name, query = self._asked()
        if name is None:
            self._list(query.get("prefix", [""])[0], query.get("delimiter", [""])[0])
        elif name in self.server.bucket.objects:
            self._answer(200, self.server.bucket.objects[name])
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

    do_HEAD = do_GET

    def do_PUT(self) -> None:
        body = self._body()
        name, _ = self._asked()
        if name is None or self.server.bucket.refused(name):
            self._answer(403, b"<Error><Code>AccessDenied</Code><Message>for very-secret-indeed</Message></Error>")
            return
        self.server.bucket.objects[name] = body
        self.server.bucket.put.append(name)
        self._answer(200, b"", ETag=f'"{md5(body).hexdigest()}"')

    def do_DELETE(self) -> None:
        self.server.bucket.objects.pop(self._asked()[0] or "", None)
        self._answer(204, b"")

    def do_POST(self) -> None:
        body = self._body().decode()
        for name in [part.split("</Key>")[0] for part in body.split("<Key>")[1:]]:
            self.server.bucket.objects.pop(name, None)
        self._answer(200, b"<DeleteResult/>")

    def _asked(self) -> tuple[str | None, dict[str, list[str]]]:
        parts = urlsplit(self.path)
        bucket, _, name = unquote(parts.path).lstrip("/").partition("/")
        assert bucket == "feedback"
        return name or None, parse_qs(parts.query)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked" or "x-amz-decoded-content-length" in self.headers:
            return self._decoded(self.rfile)
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _decoded(self, stream: Any) -> bytes:
        body = b""
        while size := int(stream.readline().split(b";")[0].strip() or b"0", 16):
            body += stream.read(size)
            stream.readline()
        while stream.readline().strip():
            pass
        return body

    def _list(self, prefix: str, delimiter: str) -> None:
        inside, folders = [], set()
        for name, content in sorted(self.server.bucket.objects.items()):
            if not name.startswith(prefix):
                continue
            head, cut, _ = name[len(prefix):].partition(delimiter) if delimiter else (name, "", "")
            if cut:
                folders.add(prefix + head + delimiter)
            else:
                inside.append(f"<Contents><Key>{escape(name)}</Key><Size>{len(content)}</Size><LastModified>"
                              f'2026-11-01T00:00:00.000Z</LastModified><ETag>"x"</ETag></Contents>')
        parts = "".join(inside) + "".join(f"<CommonPrefixes><Prefix>{escape(one)}</Prefix></CommonPrefixes>"
                                          for one in sorted(folders))
        self._answer(200, f"<ListBucketResult><IsTruncated>false</IsTruncated><KeyCount>{len(inside) + len(folders)}"
                          f"</KeyCount>{parts}</ListBucketResult>".encode(), type="application/xml")

    def _answer(self, status: int, content: bytes, type: str = "application/octet-stream", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), "Content-Type": type,
                            "Last-Modified": formatdate(usegmt=True), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """The bucket s3://feedback, on this machine."""
    s3fs = pytest.importorskip("s3fs", reason="the extra painpoints[s3] is not installed")
    server = _Server(("127.0.0.1", 0), _Objects)
    server.bucket = Bucket()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    for name, value in {**ACCESS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_address[1]}"}.items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    yield server.bucket
    s3fs.S3FileSystem.clear_instance_cache()
    server.shutdown()
    server.server_close()


@pytest.fixture
def memory() -> Iterator[Any]:
    """fsspec's store in memory, emptied afterwards."""
    fsspec = pytest.importorskip("fsspec", reason="the extra painpoints[s3] is not installed")
    system = fsspec.filesystem("memory")
    yield system
    system.store.clear()
    system.pseudo_dirs[:] = [""]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache folder."""
    monkeypatch.setenv("PAINPOINTS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"
