"""Model servers that misbehave: the turn ends with words that help, and the program stays small."""
import asyncio
import json

import pytest

from test_chat import greet, until
from upstream import reply

MEGABYTE = 1_000_000


def resident_bytes(server):
    for line in open(f"/proc/{server.process.pid}/status", encoding="ascii"):
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return None


def cut_in_the_middle(call):
    call.head(Content_Length=100_000)
    call.delta("half a")


def shorter_than_it_says(call):
    call.head(Content_Length=10)
    for _ in range(50):
        call.delta("more than was said ")


def not_http(call):
    call.write(b"\x16\x03\x01 this is no HTTP\r\n\r\n" * 10)


def a_page(call):
    call.answer(200, "<!doctype html><html>Sign in to the hotel</html>", "text/html")


def broken_json(call):
    call.head()
    call.write(b'data: {"choices":[{"delta":{"content":\n\n')
    call.write(b"data: [DONE]\n\n")


def gone_at_once(call):
    call.handler.connection.close()


def test_a_reply_that_is_cut_off_is_kept_and_marked(remote):
    upstream, server = remote(cut_in_the_middle)
    answer = server.say("hello there").json()
    assert (answer["response"], answer["state"]) == ("half a", "interrupted")
    kept = server.messages(answer["session_id"])[-1]
    assert (kept["content"], kept["status"]) == ("half a", "interrupted")
    assert "custom" in kept["error"]["message"]
    assert len(upstream.calls) == 1, "half a reply was begun again"


@pytest.mark.parametrize("behaviour", [shorter_than_it_says, not_http, a_page,
                                       broken_json, gone_at_once])
def test_a_broken_answer_fails_the_turn_and_not_the_next_one(remote, behaviour):
    upstream, server = remote(behaviour)
    answer = server.say("hello there")
    error = answer.json()["error"]
    assert answer.status in (502, 503), error
    assert "127.0.0.1" in error["message"] or "custom" in error["message"], error
    session = server.call("GET", "/api/sessions").json()["sessions"][0]["id"]
    failed = server.messages(session)[-1]
    assert failed["status"] == "failed" and failed["error"]["message"]
    upstream.answer = reply("All is well.")
    assert server.say("and now?", session_id=session).json()["response"] == "All is well."


def endless_line(call):
    call.head()
    call.write(b'data: {"choices":[{"delta":{"content":"')
    for _ in range(100):
        call.write(b"x" * MEGABYTE)


def endless_words(call):
    call.head()
    for _ in range(100):
        call.delta("x" * MEGABYTE)


def endless_error(call):
    call.head(500, "text/plain", Content_Length=100 * MEGABYTE)
    for _ in range(100):
        call.write(b"x" * MEGABYTE)


def endless_headers(call):
    call.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(100_000):
        call.write(b"X-%d: " % number + b"y" * 1000 + b"\r\n")


@pytest.mark.parametrize("behaviour", [endless_line, endless_words, endless_error, endless_headers])
def test_a_hundred_megabytes_are_cut_off_and_take_no_memory(remote, behaviour):
    _, server = remote(behaviour)
    before = resident_bytes(server)
    answer = server.say("go on")
    if answer.status == 200:  # what had come of the reply is kept and marked
        assert answer.json()["state"] == "interrupted"
        last = server.messages(answer.json()["session_id"])[-1]
        assert "without end" in last["error"]["message"], last["error"]
    else:
        assert answer.json()["error"]["message"]
    assert len(answer.body) < 10 * MEGABYTE
    # The peak over the whole life, so nothing was held for a moment either.
    assert resident_bytes(server) - before < 90 * MEGABYTE
    assert server.call("GET", "/healthz").status == 200


def test_a_silent_model_server_can_be_stopped_and_is_left_alone(remote):
    upstream, server = remote(lambda call: call.wait_for_hang_up())

    async def play():
        socket, _ = await greet(server)
        await socket.send(json.dumps(
            {"type": "message.send", "text": "anyone?", "idempotency_key": "a"}))
        events = []
        accepted = await until(socket, "message.accepted", events)
        session = accepted["message"]["session_id"]
        await until(socket, "turn.started", events)
        server.wait_until(lambda: upstream.calls, what="the request")
        # The rest of the server does not wait with it.
        assert server.call("GET", "/readyz").status == 200
        await socket.send(json.dumps({"type": "turn.stop", "session_id": session}))
        ended = await until(socket, "turn.ended", events)
        await socket.close()
        return session, ended

    session, ended = asyncio.run(play())
    assert ended["state"] == "stopped"
    assert upstream.ended.acquire(timeout=20), "the connection to the model server stays open"
    upstream.answer = reply("Here I am.")
    assert server.say("again", session_id=session).json()["response"] == "Here I am."


def test_a_model_server_that_is_not_there_is_named(remote):
    upstream, server = remote(reply("x"))
    where = upstream.url
    upstream.close()
    error = server.say("hello").json()["error"]
    assert error["code"] == "unavailable"
    assert where.removeprefix("http://") in error["message"]
    assert "start the model server" in error["hint"]
