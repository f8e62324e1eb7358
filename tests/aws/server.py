"""The double of AWS behind a socket: in a thread, or `python -m tests.aws.server --port N`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import threading
from collections.abc import Iterator

from tests.aws import control
from tests.aws.fake import FakeAws
from tests.aws.faults import Silence
from tests.aws.wire import Nowhere, Refused, Request, Response, answered, call_of, refused

HEAD_BYTES, BODY_BYTES = 64 * 1024, 32 * 1024 * 1024
GARBAGE = b'{"truncated": '


class Door:
    """Connections, one coroutine each; a hung call costs nothing but its socket."""

    def __init__(self, fake: FakeAws) -> None:
        """A door to this world, still closed."""
        self.fake = fake
        self.closing = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Requests of one connection, until it ends or an answer is to be lost."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            while True:
                request = await _read(reader)
                try:
                    response = await self._answer(request)
                except Silence as silence:
                    if silence.kind == "hang":
                        await self.closing.wait()
                    break
                writer.write(_written(response))
                await writer.drain()
        writer.transport.abort()

    async def _answer(self, request: Request) -> Response:
        if request.target.startswith("/_control"):
            return control.obey(self.fake, request)
        try:
            call = call_of(request)
        except Nowhere as nowhere:
            self.fake.lost(nowhere)
            raise Silence("drop") from None
        except Refused as error:
            return refused("support", error)
        if delay := self.fake.delay(call):
            await asyncio.sleep(delay)
        try:
            return answered(call, self.fake.answer(call))
        except Refused as error:
            return refused(call.service, error)
        except Silence as silence:
            if silence.kind == "garbage":
                return Response(200, GARBAGE)
            raise
        except Exception as error:
            return refused(call.service, self.fake.break_down(call, error))


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    method, target, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines if line)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    length = int(headers.get("content-length", 0))
    body = await reader.readexactly(length) if 0 < length <= BODY_BYTES else b""
    return Request(method, target, headers, body)


def _written(response: Response) -> bytes:
    head = (
        f"HTTP/1.1 {response.status} {'OK' if response.status == 200 else 'Error'}\r\n"
        f"Content-Type: {response.kind}\r\nContent-Length: {len(response.body)}\r\n"
        "x-amzn-RequestId: 00000000-0000-4000-8000-000000000000\r\n\r\n"
    )
    return head.encode() + response.body


async def _run(fake: FakeAws, port: int, ready: threading.Event, stop: asyncio.Event) -> None:
    door = Door(fake)
    server = await asyncio.start_server(door.serve, "127.0.0.1", port, limit=HEAD_BYTES, backlog=1024)
    fake.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    ready.set()
    await stop.wait()
    door.closing.set()
    server.close()
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()


@contextlib.contextmanager
def serving(fake: FakeAws, port: int = 0) -> Iterator[FakeAws]:
    """The double behind `fake.url`, in a thread of this process."""
    loop, ready, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    run = threading.Thread(
        target=lambda: loop.run_until_complete(_run(fake, port, ready, stop)), name="aws", daemon=True
    )
    run.start()
    if not ready.wait(10):
        raise RuntimeError("the double of AWS did not start")
    try:
        yield fake
    finally:
        loop.call_soon_threadsafe(stop.set)
        run.join(10)
        loop.close()


def main() -> None:
    """Serve until killed; the address is the first line said."""
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, default=0)
    port = options.parse_args().port
    with serving(FakeAws(), port) as fake:
        sys.stdout.write(fake.url + "\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
