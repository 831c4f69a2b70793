"""Clients that send too much, too fast or nonsense."""
import asyncio
import http.client
import json
import socket

import pytest
import websockets

from test_chat import greet, until
from test_upstream import MEGABYTE, resident_bytes


def address(server):
    host, port = server.url.removeprefix("http://").split(":")
    return host, int(port)


def test_ten_megabytes_are_refused_in_every_way_of_sending_them(scripted):
    server = scripted()
    before = resident_bytes(server)
    big = json.dumps({"message": "x" * 10 * MEGABYTE}).encode()
    connection = http.client.HTTPConnection(*address(server), timeout=60)
    try:
        connection.request("POST", "/api/chat", big, {"Content-Type": "application/json"})
    except OSError:
        pass  # the server had answered and closed before all was sent
    answer = connection.getresponse()
    assert answer.status == 413
    assert json.loads(answer.read())["error"]["code"] == "too_large"
    connection.close()

    pieces = (b"x" * 100_000 for _ in range(110))
    connection = http.client.HTTPConnection(*address(server), timeout=60)
    try:
        connection.request("POST", "/api/chat", pieces, encode_chunked=True)
    except OSError:
        pass
    assert connection.getresponse().status == 413
    connection.close()

    async def play():
        peer, _ = await greet(server)
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await peer.send(json.dumps({"type": "message.send", "text": "x" * 10 * MEGABYTE,
                                        "idempotency_key": "big"}))
            await asyncio.wait_for(peer.recv(), 30)
        return closed.value.rcvd.code if closed.value.rcvd else 1009

    assert asyncio.run(play()) == 1009
    assert resident_bytes(server) - before < 80 * MEGABYTE
    assert server.say("hi").status == 200


def test_nonsense_on_the_socket_is_answered_or_closed_with_a_reason(scripted):
    server = scripted()

    async def closed_after(send):
        peer, _ = await greet(server)
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await send(peer)
            while True:
                await asyncio.wait_for(peer.recv(), 30)
        return closed.value.rcvd.code

    async def refused(text):
        peer, _ = await greet(server)
        await peer.send(text)
        event = await until(peer, "command.failed", [])
        await peer.close()
        return event["error"]

    async def play():
        assert await closed_after(lambda peer: peer.send(b"\x00binary")) == 1003
        assert await closed_after(lambda peer: peer.send(b"\xff\xfe\xc3", text=True)) == 1007
        for text in ("", "{", "[]", "7", '{"type":7}', '{"type":"message.send"}', "[" * 5000,
                     '{"type":"message.send","text":"\\ud800","idempotency_key":"x"}'):
            error = await refused(text)
            assert error["message"] and error["code"] != "internal", (text, error)
        peer = await websockets.connect(server.url.replace("http", "ws") + "/ws")
        await peer.send('{"type":"ping"}')
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await peer.recv()
        assert closed.value.rcvd.code == 4003 and "hello" in closed.value.rcvd.reason

    asyncio.run(play())
    assert server.say("hi").status == 200


def test_a_thousand_requests_at_once_are_slowed_down(scripted):
    server = scripted(environment={"LOCI_LIMITS_REQUESTS_PER_SECOND": "1",
                                   "LOCI_LIMITS_REQUEST_BURST": "50",
                                   "LOCI_CHAT_TITLES": "false"})
    connection = http.client.HTTPConnection(*address(server), timeout=60)
    answers = []
    for number in range(1000):
        connection.request("POST", "/api/chat", json.dumps({"message": f"m{number}"}),
                           {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answers.append((answer.status, answer.headers.get("Retry-After"), answer.read()))
    connection.close()
    refused = [a for a in answers if a[0] == 429]
    assert {status for status, _, _ in answers} == {200, 429}
    assert all(int(after) >= 1 for _, after, _ in refused)
    error = json.loads(refused[0][2])["error"]
    assert error["code"] == "rate_limited" and "try again" in error["hint"]


def test_a_flood_of_new_conversations_leaves_the_server_answering(scripted):
    server = scripted(environment={"LOCI_CHAT_TITLES": "false"})
    before = resident_bytes(server)

    async def play():
        peer, _ = await greet(server)
        for number in range(400):
            await peer.send(json.dumps({"type": "message.send", "text": f"m{number}",
                                        "idempotency_key": f"k{number}"}))
        other, _ = await greet(server)
        await other.send(json.dumps({"type": "ping"}))
        await until(other, "pong", [])
        await other.close()
        accepted, refused = set(), []
        while len(accepted) + len(refused) < 400:
            event = json.loads(await asyncio.wait_for(peer.recv(), 60))
            if event["type"] == "message.accepted":
                accepted.add(event["message"]["idempotency_key"])
            elif event["type"] == "command.failed":
                refused.append(event["error"])
        await peer.close()
        return accepted, refused

    accepted, refused = asyncio.run(play())
    assert accepted
    assert {(e["code"], bool(e["hint"])) for e in refused} <= {("rate_limited", True)}
    assert resident_bytes(server) - before < 80 * MEGABYTE
    assert server.call("GET", "/healthz").status == 200


def test_connections_that_say_nothing_do_not_shut_others_out(scripted):
    server = scripted(environment={"LOCI_LIMITS_CONNECTIONS": "200"})
    idle = [socket.create_connection(address(server), timeout=20) for _ in range(150)]
    assert server.say("hi").status == 200
    more = [socket.create_connection(address(server), timeout=20) for _ in range(100)]
    for peer in idle + more:
        peer.close()
    server.wait_until(lambda: server.call("GET", "/healthz").status == 200, what="an answer")
