"""The project's own SS 12000 server, for tests and for trying an import, with faults to switch on.

    python -m samhandla.integrations.ss12000.fake --port 18080 --pupils 400

It runs on the loopback address only and holds nothing but invented people.
"""

from __future__ import annotations

import argparse
import base64
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Generic, Protocol, Self, TypeVar
from urllib.parse import parse_qs, urlsplit

import orjson

from samhandla.integrations.ss12000.fake_source import BadQuery, FakeSource, Query
from samhandla.integrations.ss12000.resources import RESOURCES
from samhandla.integrations.ss12000.values import read_moment

HOST = "127.0.0.1"
TOKEN_PATH = "/connect/token"  # noqa: S105 - an address, not a secret
JSON_TYPE = "application/json"
DROPPED = 5  # one row in five
HTML = b"<!doctype html><html><body><h1>Logga in</h1></body></html>"


@dataclass
class Faults:
    """What the server does wrong; sets hold resource names. Change it while the server runs.

    `status` answers a resource with that status for ever, `hiccups` the next so many requests
    with 503. `busy_every` answers every n-th request with 429 and `retry_after`. `times` is
    "naive" or "utc". `endless`: the same page and token again and again. `cut`: half of the
    JSON; `broken_off`: the connection ends in the middle. `no_mixing`: a token together with
    filters gives 400. `largest_lookup`: more ids than that give 503.
    """

    status: dict[str, int] = field(default_factory=dict)
    html: set[str] = field(default_factory=set)
    cut: set[str] = field(default_factory=set)
    broken_off: set[str] = field(default_factory=set)
    endless: set[str] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)
    hiccups: int = 0
    busy_every: int = 0
    retry_after: str = "1"
    times: str = ""
    slow: float = 0.0
    no_mixing: bool = False
    no_expand: bool = False
    largest_lookup: int = 1000
    redirect_to: str = ""


@dataclass(frozen=True)
class Login:
    """What the token endpoint accepts, and for how long (seconds) its tokens are good."""

    client_id: str = "samhandla"
    client_secret: str = "hemlig"  # noqa: S105 - of an invented server
    lifetime: float = 3600.0


@dataclass(frozen=True)
class Reply:
    """An answer before it is sent."""

    status: int
    body: bytes = b""
    content_type: str = JSON_TYPE
    headers: tuple[tuple[str, str], ...] = ()
    broken_off: bool = False


class Answers(Protocol):
    """What stands behind a server: a `FakeSource`, or something that makes its answers when asked."""

    def page(self, name: str, query: Query) -> dict[str, Any]: ...

    def look_up(self, name: str, ids: Iterable[str]) -> list[dict[str, Any]]: ...


S = TypeVar("S", bound=Answers)


class FakeServer(Generic[S]):
    """Serves a source over HTTP in a thread; use it in a with statement.

    `counts` tells how many requests each path had, `queries` keeps them in order.
    """

    def __init__(
        self,
        source: S,
        *,
        port: int = 0,
        base_path: str = "/v2",
        token: str = "prov",  # noqa: S107 - of an invented server
        login: Login | None = None,
        faults: Faults | None = None,
    ) -> None:
        self.source = source
        self.token = token
        self.login = login or Login()
        self.faults = faults or Faults()
        self.counts: Counter[str] = Counter()
        self.queries: list[tuple[str, dict[str, list[str]]]] = []
        self._base_path = base_path
        self._issued: dict[str, float] = {}
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer((HOST, port), _handler(self))
        self._server.daemon_threads = True

    @property
    def base_url(self) -> str:
        return f"http://{HOST}:{self._server.server_port}{self._base_path}"

    @property
    def token_url(self) -> str:
        return f"http://{HOST}:{self._server.server_port}{TOKEN_PATH}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def serve(self) -> None:
        """Serve until interrupted."""
        self._server.serve_forever()

    def revoke(self) -> None:
        """Make all issued tokens useless, as a server that is restarted does."""
        self._issued.clear()

    def reply(self, method: str, target: str, authorization: str, body: bytes) -> Reply:
        """Answer one request."""
        parts = urlsplit(target)
        path, query = parts.path, parse_qs(parts.query, keep_blank_values=True)
        with self._lock:
            self.counts[path] += 1
            self.queries.append((path, query))
            if method == "POST" and path == TOKEN_PATH:
                return self._issue(authorization, body)
            if not self._allowed(authorization):
                return _error(401, "unauthorized", "token saknas eller gäller inte")
            steps = path.removeprefix(self._base_path).strip("/").split("/")
            if not path.startswith(self._base_path) or steps[0] not in RESOURCES:
                return Reply(404)
            return self._fault(steps[0], target) or self._resource(method, steps, query, body)

    def _issue(self, authorization: str, body: bytes) -> Reply:
        form = {key: values[0] for key, values in parse_qs(body.decode()).items()}
        if authorization.startswith("Basic "):
            given = base64.b64decode(authorization[6:]).decode().partition(":")
            form |= {"client_id": given[0], "client_secret": given[2]}
        right = (self.login.client_id, self.login.client_secret, "client_credentials")
        if (form.get("client_id"), form.get("client_secret"), form.get("grant_type")) != right:
            return _json(401, {"error": "invalid_client", "error_description": "okänd klient"})
        token = f"utfardad-{self.counts[TOKEN_PATH]}"
        self._issued[token] = time.monotonic() + self.login.lifetime
        return _json(200, {"access_token": token, "token_type": "Bearer", "expires_in": self.login.lifetime})

    def _allowed(self, authorization: str) -> bool:
        token = authorization.removeprefix("Bearer ")
        return token == self.token or self._issued.get(token, 0.0) > time.monotonic()

    def _fault(self, name: str, target: str) -> Reply | None:
        faults = self.faults
        if faults.slow:
            time.sleep(faults.slow)
        if faults.redirect_to:
            return Reply(302, headers=(("Location", faults.redirect_to + target),))
        if faults.hiccups:
            faults.hiccups -= 1
            return _error(503, "overload", "försök igen")
        if faults.busy_every and sum(self.counts.values()) % faults.busy_every == 0:
            reply = _error(429, "busy", "för många frågor")
            return Reply(429, reply.body, headers=(("Retry-After", faults.retry_after),))
        if name in faults.status:
            status = faults.status[name]
            return Reply(404) if status == 404 else _error(status, "fault", "fel i källan")
        return Reply(200, HTML, "text/html; charset=utf-8") if name in faults.html else None

    def _resource(self, method: str, steps: Sequence[str], query: dict[str, list[str]], body: bytes) -> Reply:
        name = steps[0]
        try:
            if steps[1:] == ["lookup"] and method == "POST":
                return self._look_up(name, body)
            if len(steps) == 2:
                found = self.source.look_up(name, [steps[1]])
                return _json(200, found[0]) if found else Reply(404)
            return self._page(name, query)
        except BadQuery as error:
            return _error(400, "bad_request", str(error))

    def _look_up(self, name: str, body: bytes) -> Reply:
        try:
            ids = orjson.loads(body)["ids"]
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise BadQuery("ids is required") from error
        if len(ids) > self.faults.largest_lookup:
            return _error(503, "too_many", "för många id")
        return _json(200, self.source.look_up(name, ids))

    def _page(self, name: str, query: dict[str, list[str]]) -> Reply:
        faults = self.faults
        if faults.no_mixing and "pageToken" in query and set(query) - {"pageToken", "limit"}:
            raise BadQuery("pageToken must not be combined with filters")
        if faults.no_expand:
            query.pop("expand", None)
        if name in faults.endless:
            query = {key: values for key, values in query.items() if key != "pageToken"}
        answer = self.source.page(name, query)
        if name in faults.endless:
            answer["pageToken"] = "samma"
        if name in faults.dropped:
            answer["data"] = [row for at, row in enumerate(answer["data"]) if at % DROPPED]
        reply = _json(200, _other_times(answer, faults.times) if faults.times else answer)
        if name in faults.cut:
            return Reply(200, reply.body[: len(reply.body) // 2])
        return Reply(200, reply.body, broken_off=name in faults.broken_off)


def _other_times(value: Any, form: str) -> Any:
    if isinstance(value, dict):
        return {key: _other_times(one, form) for key, one in value.items()}
    if isinstance(value, list):
        return [_other_times(one, form) for one in value]
    if isinstance(value, str) and len(value) >= 19 and value[10:11] == "T" and value[:4].isdigit():
        moment = read_moment(value)
        return moment.strftime("%Y-%m-%d %H:%M:%S") if form == "naive" else f"{_utc(moment)}Z"
    return value


def _utc(moment: Any) -> str:
    return str((moment - moment.utcoffset()).replace(tzinfo=None).isoformat())


def _json(status: int, value: Any) -> Reply:
    return Reply(status, orjson.dumps(value))


def _error(status: int, code: str, message: str) -> Reply:
    return _json(status, {"code": code, "message": message})


def _handler(fake: FakeServer[Any]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._serve("GET")

        def do_POST(self) -> None:
            self._serve("POST")

        def _serve(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            reply = fake.reply(method, self.path, self.headers.get("Authorization") or "", body)
            sent = reply.body[: len(reply.body) // 2] if reply.broken_off else reply.body
            self.send_response(reply.status)
            if reply.body:
                self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
            for name, value in reply.headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(sent)
            self.close_connection = self.close_connection or reply.broken_off

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's own
            """Say nothing: tests and demo own the screen."""

    return Handler


def simulated(pupils: int, schools: int, seed: int, window: tuple[date, date]) -> FakeSource:
    """Make a source from an invented municipality and its lessons in a period."""
    # Only here, so that a test with a few rows of its own does not load the simulator.
    from samhandla.integrations.simulator.attendance import whole_year
    from samhandla.integrations.simulator.ss12000 import ss12000_resources
    from samhandla.integrations.simulator.world import build_world

    world = build_world(pupils=pupils, schools=schools, seed=seed)
    return FakeSource(ss12000_resources(world, whole_year(world).lessons, window=window))


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m samhandla.integrations.ss12000.fake",
        description="Påhittad SS 12000-källa att prova importen mot. Bara påhittade personer.",
    )
    parser.add_argument("--port", type=int, default=18080, help="port på den egna datorn")
    parser.add_argument("--pupils", type=int, default=400, help="antal elever")
    parser.add_argument("--schools", type=int, default=2, help="antal skolor")
    parser.add_argument("--seed", type=int, default=1, help="samma frö ger samma kommun")
    parser.add_argument(
        "--from", dest="first", type=date.fromisoformat, default=date(2025, 9, 1), help="första dag"
    )
    parser.add_argument("--days", type=int, default=28, help="antal dagar med lektioner")
    parser.add_argument("--token", default="prov", help="den token som godtas")
    args = parser.parse_args(argv)
    window = (args.first, args.first + timedelta(days=args.days - 1))
    server = FakeServer(
        simulated(args.pupils, args.schools, args.seed, window), port=args.port, token=args.token
    )
    sys.stdout.write(f"Källan finns på {server.base_url}; token {args.token}; avsluta med Ctrl-C.\n")
    sys.stdout.flush()
    try:
        server.serve()
    except KeyboardInterrupt:
        sys.stdout.write("Avslutad.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
