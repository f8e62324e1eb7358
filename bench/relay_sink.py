"""The next server: takes every letter and notes when it came and what it answers.

`python -m bench.relay_sink FILE` prints its port; FILE gets a line `seconds answered-message-id` for each letter.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import BinaryIO


class Session(asyncio.Protocol):
    """As little SMTP as a relay's client needs."""

    def __init__(self, notes: BinaryIO) -> None:
        self._notes = notes
        self._unread = b""
        self._in_text = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 sink.example\r\n")

    def data_received(self, data: bytes) -> None:
        self._unread += data
        while True:
            if self._in_text:
                text, end, rest = self._unread.partition(b"\r\n.\r\n")
                if not end:
                    return
                self._note(text)
                self._in_text, self._unread = False, rest
                self._transport.write(b"250 taken\r\n")
                continue
            line, end, rest = self._unread.partition(b"\r\n")
            if not end:
                return
            self._unread = rest
            self._command(line[:4].upper())

    def _command(self, verb: bytes) -> None:
        self._in_text = verb == b"DATA"
        answers = {b"DATA": b"354 go on\r\n", b"EHLO": b"250-sink.example\r\n250 SIZE 99000000\r\n"}
        self._transport.write(answers.get(verb, b"250 ok\r\n"))
        if verb == b"QUIT":
            self._transport.close()

    def _note(self, text: bytes) -> None:
        head = text.partition(b"\r\n\r\n")[0]
        lines = [line for line in head.split(b"\r\n") if line.lower().startswith(b"in-reply-to:")]
        answered = lines[0].partition(b"<")[2].rstrip(b">") if lines else b"-"
        self._notes.write(f"{time.monotonic():.6f} ".encode() + answered + b"\n")
        self._notes.flush()


async def main(path: Path) -> None:
    with path.open("ab") as notes:
        server = await asyncio.get_running_loop().create_server(lambda: Session(notes), "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
