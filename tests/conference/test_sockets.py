"""The shorter way in and out of uvicorn's WebSockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from websockets.asyncio.client import connect

from conference.sockets import SocketProtocol, direct, pack_bytes, pack_text

Message = dict[str, Any]


async def echo(scope: Message, receive: Any, send: Any) -> None:
    """Answers texts by the shorter way, and bytes by ASGI's."""
    await receive()
    await send({"type": "websocket.accept"})
    wire = direct(scope)
    assert wire
    write = wire.write
    wire.hear = lambda data, is_text: (
        is_text and write(pack_text(f"short {data.decode()}"))
    )
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "bytes": b"long " + message["bytes"]})
        assert write(pack_bytes(b"after it"))


@asynccontextmanager
async def serving() -> AsyncIterator[str]:
    server = uvicorn.Server(
        uvicorn.Config(
            echo,
            port=0,
            ws=SocketProtocol,
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
        )
    )
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - nobody tells of it
        await asyncio.sleep(0.01)
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"ws://127.0.0.1:{port}/"
    finally:
        server.should_exit = True
        await task


async def test_both_ways_keep_their_order() -> None:
    async with serving() as url, connect(url, compression=None) as client:
        await client.send("one")
        assert await client.recv() == "short one"
        await client.send(b"two")
        assert [await client.recv(), await client.recv()] == [b"long two", b"after it"]
        large = "x" * 200_000  # read in many pieces
        await client.send([large, large])
        assert await client.recv() == f"short {large}{large}"
