"""The starter models in the real loci-engine."""
import asyncio
import errno
import json
import os
import pathlib
import platform
import signal
import time

import pytest

from conftest import CACHE
from inject import Taken
from test_chat import greet, until

STARTER = "SmolLM2-135M-Instruct.Q4_1.gguf"


def engine_pid(server):
    children = pathlib.Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    for pid in children.read_text().split():
        if "loci-engine" in pathlib.Path(f"/proc/{pid}/cmdline").read_text():
            return int(pid)
    return None


def test_the_starter_answers_and_says_what_it_is(real):
    server = real()
    server.wait_until(lambda: (server.subsystem("llm") or {}).get("health") == "up",
                      what="a language model")
    reply = server.say("Tell me about the sea.").json()
    assert reply["response"]
    assert reply["detail"]["place"] == "here"
    if reply["detail"]["source"] == "model":
        assert reply["detail"]["badge"] == "starter mind, often wrong"


def test_reflexes_know_what_was_meant(real):
    server = real()
    server.wait_until(lambda: (server.subsystem("reflexes") or {}).get("health") == "up", 60,
                      "the reflexes")
    for said, intent in [("Can you tell me the time please?", "time"),
                         ("Please don't forget I am allergic to nuts.", "remember"),
                         ("Could you switch to the dark theme?", "theme"),
                         ("what are you able to do for me?", "help")]:
        detail = server.say(said).json()["detail"]
        assert (detail["source"], detail["model"]) == ("reflex", intent), said
    detail = server.say("Why is the sky blue?").json()["detail"]
    assert detail["source"] != "reflex"


def test_a_killed_engine_fails_the_turn_and_comes_back(real):
    server = real()
    server.wait_until(lambda: engine_pid(server), what="the engine")
    first = engine_pid(server)
    os.kill(first, signal.SIGKILL)
    server.wait_until(lambda: engine_pid(server) != first, what="the end of the engine")
    began = time.monotonic()
    reply = server.say("Tell me about the mountains.")
    assert reply.status == 200, reply.body
    assert engine_pid(server) not in (None, first)
    assert time.monotonic() - began < 60
    assert server.call("GET", "/healthz").status == 200


async def hurt_in_mid_reply(server, number):
    """Sends `number` to the engine while it writes; gives the events until the turn has ended."""
    socket, _ = await greet(server)
    for attempt in range(5):
        events = []
        await socket.send(json.dumps({"type": "message.send", "text": "Tell me about the sea.",
                                      "idempotency_key": f"h{attempt}"}))
        await until(socket, "reply.delta", events)
        os.kill(engine_pid(server), number)
        while events[-1]["type"] != "turn.ended":
            events.append(json.loads(await asyncio.wait_for(socket.recv(), 60)))
        if events[-1]["state"] != "done":  # it was just ready, and we try again
            while not [e for e in events if e["type"] == "notice"]:
                events.append(json.loads(await asyncio.wait_for(socket.recv(), 20)))
            await socket.close()
            return events
        server.wait_until(lambda: (server.subsystem("engine") or {}).get("health") == "degraded",
                          what="the end of the engine")
    pytest.fail("five replies were quicker than a signal")


@pytest.mark.parametrize("number,words", [(signal.SIGKILL, "killed"),
                                          (signal.SIGSTOP, "no heartbeat"),
                                          (signal.SIGABRT, "sigabrt")])
def test_an_engine_that_dies_or_hangs_in_mid_reply_is_replaced(real, number, words):
    server = real()
    server.wait_until(lambda: engine_pid(server), what="the engine")
    first = engine_pid(server)
    events = asyncio.run(hurt_in_mid_reply(server, number))
    ended = next(e for e in events if e["type"] == "turn.ended")
    error = ended["error"]
    assert error["code"] == "engine_crashed"
    assert "engine ended" in error["message"] and "started anew" in error["hint"], error
    notice = next(e for e in events if e["type"] == "notice")
    assert "engine stopped" in notice["text"] and words in notice["text"].lower(), notice
    engine = server.subsystem("engine")
    assert engine["health"] == "degraded" and words in engine["detail"].lower()
    # The conversation goes on, on a new engine, and the old one is gone.
    session = ended["session_id"]
    reply = server.say("Tell me about the mountains.", session_id=session)
    assert reply.status == 200 and reply.json()["response"], reply.body
    assert engine_pid(server) not in (None, first)
    assert not pathlib.Path(f"/proc/{first}").exists()
    statuses = [m["status"] for m in server.messages(session) if m["role"] == "assistant"]
    assert statuses[-2:] == ["interrupted", "complete"], "what there was of the reply is kept"
    server.wait_until(lambda: server.subsystem("engine")["health"] != "degraded",
                      what="the good news")


def test_the_engine_dies_with_a_killed_server(real):
    server = real()
    server.wait_until(lambda: engine_pid(server), what="the engine")
    engine = engine_pid(server)
    server.kill()
    server.wait_until(lambda: not pathlib.Path(f"/proc/{engine}/exe").exists(),
                      what="the end of the engine")


def test_an_engine_that_was_taken_over_cannot_get_out(real):
    if platform.machine() != "x86_64":
        pytest.skip("the injection of system calls is written for x86-64")
    server = real()
    server.wait_until(lambda: engine_pid(server), what="the engine")
    pid = engine_pid(server)
    server.wait_until(lambda: "threads" in (server.subsystem("engine") or {}).get("detail", ""),
                      what="the engine's greeting")
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    assert "NoNewPrivs:\t1" in status and "Seccomp:\t2" in status
    # The same injection into a process that is not shut in succeeds, so it would show a hole.
    with Taken(server.process.pid) as free:
        opened = free.call("socket", 2, 1, 0)
        assert opened >= 0
    with Taken(pid) as engine:
        for family in (2, 10, 1, 16, 17):  # IPv4, IPv6, Unix, netlink, raw packets
            assert engine.call("socket", family, 1, 0) == -errno.EPERM, family
        assert engine.call("execve", b"/bin/true", 0, 0) == -errno.EPERM
        assert engine.call("ptrace", 16, server.process.pid, 0, 0) == -errno.EPERM
        assert engine.call("unshare", 0x10000000) == -errno.EPERM
        database = str(server.data / "loci.db").encode()
        for path in (b"/etc/passwd", database, b"/proc/1/environ"):
            assert engine.call("open", path, os.O_RDONLY, 0) == -errno.EACCES, path
        created = str(server.home / "created").encode()
        assert engine.call("open", created, os.O_CREAT | os.O_WRONLY, 0o600) == -errno.EACCES
        model = str(CACHE / "models" / STARTER).encode()
        assert engine.call("open", model, os.O_WRONLY, 0) == -errno.EACCES
        assert engine.call("open", model, os.O_RDONLY, 0) >= 0
    assert not (server.home / "created").exists()
    assert server.say("Tell me about the sea.").json()["response"]
    assert engine_pid(server) == pid


def half_of_a_model(path):
    with open(CACHE / "models" / STARTER, "rb") as whole:
        path.write_bytes(whole.read(40_000_000))


def a_pointer(path):
    path.write_text("version https://git-lfs.github.com/spec/v1\n"
                    f"oid sha256:{'0' * 64}\nsize 98362432\n")


@pytest.mark.parametrize("make,words", [
    (lambda path: path.write_text("<!doctype html><html><body>Sign in</body></html>"), "web page"),
    (a_pointer, "pointer"),
    (half_of_a_model, "cut off"),
    (lambda path: path.write_bytes(b""), "empty"),
    (lambda path: path.write_bytes(b"GGUF" + b"\xff" * 5000), "gguf"),
])
def test_a_file_that_is_no_model_is_named_and_harms_nothing(real, make, words):
    server = real(start=False)
    models = server.data / "models"
    models.mkdir(parents=True)
    server.data.chmod(0o700)
    make(models / "mine.gguf")
    server.start()
    answer = server.say("hello there, who wrote Faust?", model="mine")
    error = answer.json()["error"]
    assert answer.status >= 400
    assert "mine" in error["message"] and words in (error["message"] + error["hint"]).lower(), error
    engine = engine_pid(server)
    assert engine is not None, "the engine fell over it"
    starter = next(card["id"] for card in server.call("GET", "/api/models").json()["models"]
                   if "SmolLM2" in card["name"])
    assert server.say("Tell me about the sea.", model=starter).json()["response"]
    assert engine_pid(server) == engine
    if words in ("web page", "pointer", "empty"):  # seen from outside, so it is no default either
        mine = next(card for card in server.call("GET", "/api/models").json()["models"]
                    if card["id"] == "mine")
        assert mine["state"] == "failed" and words in mine["error"]["message"]
        assert server.say("Tell me about the moon.").json()["model"] != "mine"
