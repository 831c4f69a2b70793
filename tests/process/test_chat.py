"""A conversation over REST, SSE and the socket, with the scripted model."""
import asyncio
import json
import time
import urllib.request

import websockets


def test_a_message_is_answered_and_kept(scripted):
    server = scripted()
    answer = server.say("hello there")
    assert answer.status == 200
    reply = answer.json()
    assert reply["response"] == "One two three."
    assert reply["model"] == "scripted"
    messages = server.messages(reply["session_id"])
    assert [(m["role"], m["content"], m["status"]) for m in messages] == [
        ("user", "hello there", "complete"), ("assistant", "One two three.", "complete")]
    assert messages[1]["id"] == reply["message_id"]
    assert messages[1]["detail"]["source"] == "model"


def test_everything_is_there_after_a_restart(scripted):
    server = scripted()
    session = server.say("remember me").json()["session_id"]
    assert server.stop() == 0
    server.start()
    assert [m["content"] for m in server.messages(session)] == ["remember me", "One two three."]
    sessions = server.call("GET", "/api/sessions?query=rememb").json()["sessions"]
    assert [s["id"] for s in sessions] == [session]


def test_server_sent_events_end_in_done(scripted):
    server = scripted()
    request = urllib.request.Request(
        server.url + "/api/chat", method="POST",
        data=json.dumps({"message": "hi", "stream": True}).encode(),
        headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        text = answer.read().decode()
    kinds = [line[7:] for line in text.split("\n") if line.startswith("event: ")]
    assert kinds[0] == "message.accepted"
    assert kinds.count("reply.delta") == 3
    assert kinds[-1] == "done"


def test_the_same_key_gives_one_turn(scripted):
    server = scripted()
    first = server.say("once", idempotency_key="k1").json()
    again = server.say("once", idempotency_key="k1").json()
    assert again["message_id"] == first["message_id"]
    assert len(server.messages(first["session_id"])) == 2


def test_the_same_key_after_a_stop_does_not_wait(thinking):
    server, session, asking = thinking
    assert server.call("POST", f"/api/sessions/{session}/stop", {}).status == 200
    first = asking.result().json()
    again = server.say("hello", session_id=session, idempotency_key="k").json()
    assert (again["state"], again["turn_id"]) == ("stopped", first["turn_id"])
    assert [(m["role"], m["status"]) for m in server.messages(session)] == [
        ("user", "complete"), ("assistant", "stopped")]


def test_rename_export_clear_delete(scripted):
    server = scripted()
    session = server.say("a story about foxes").json()["session_id"]
    path = f"/api/sessions/{session}"
    assert server.call("PATCH", path, {"title": "Foxes"}).json()["title"] == "Foxes"
    exported = server.call("GET", path + "/export?format=markdown").body.decode()
    assert "# Foxes" in exported and "One two three." in exported
    assert json.loads(server.call("GET", path + "/export?format=json").body)["messages"]
    assert server.call("POST", path + "/clear", {}).status == 200
    assert server.messages(session) == []
    assert server.call("DELETE", path).status == 200
    assert server.call("GET", path).status == 404


async def greet(server, **more):
    socket = await websockets.connect(server.url.replace("http", "ws") + "/ws",
                                      max_size=None, max_queue=None)
    await socket.send(json.dumps({"type": "hello", "protocol": 1, **more}))
    return socket, json.loads(await socket.recv())


async def until(socket, kind, events):
    while True:
        event = json.loads(await asyncio.wait_for(socket.recv(), 20))
        events.append(event)
        if event["type"] == kind:
            return event


def test_a_socket_streams_and_resumes_without_loss_or_doubles(scripted):
    steps = [{"text": f"w{i} ", "delay_ms": 15} for i in range(60)]
    server = scripted([{"repeat": True, "steps": steps}])

    async def play():
        socket, ready = await greet(server)
        assert ready["type"] == "ready" and not ready["resumed"]
        await socket.send(json.dumps(
            {"type": "message.send", "text": "go on", "idempotency_key": "s1"}))
        events = []
        accepted = await until(socket, "message.accepted", events)
        session = accepted["message"]["session_id"]
        for _ in range(8):
            await until(socket, "reply.delta", events)
        await socket.close()
        socket, ready = await greet(server, epoch=ready["epoch"], session_id=session,
                                    last_seq=events[-1]["seq"])
        assert ready["resumed"]
        ended = await until(socket, "turn.ended", events)
        await socket.close()
        deltas = [e["text"] for e in events if e["type"] == "reply.delta"]
        assert "".join(deltas).strip() == ended["message"]["content"]
        numbers = [e["seq"] for e in events if e["type"] != "ready"]
        assert numbers == sorted(set(numbers))

    asyncio.run(play())


def test_a_late_client_sees_the_running_reply(scripted):
    steps = [{"text": f"w{i} ", "delay_ms": 20} for i in range(40)]
    server = scripted([{"repeat": True, "steps": steps}])

    async def play():
        first, _ = await greet(server)
        await first.send(json.dumps(
            {"type": "message.send", "text": "go", "idempotency_key": "a"}))
        events = []
        session = (await until(first, "message.accepted", events))["message"]["session_id"]
        await until(first, "reply.delta", events)
        second, _ = await greet(server, session_id=session)
        seen = []
        snapshot = await until(second, "session.snapshot", seen)
        ended = await until(second, "turn.ended", seen)
        deltas = [e["text"] for e in seen if e["type"] == "reply.delta"]
        whole = snapshot["running"]["text"] + "".join(deltas)
        assert whole.strip() == ended["message"]["content"]
        await first.close()
        await second.close()

    asyncio.run(play())


def test_stop_ends_the_reply_at_once_and_keeps_it(scripted):
    server = scripted([{"repeat": True,
                        "steps": [{"text": "word ", "delay_ms": 20, "times": 500}]}])

    async def play():
        socket, _ = await greet(server)
        await socket.send(json.dumps(
            {"type": "message.send", "text": "long", "idempotency_key": "a"}))
        events = []
        session = (await until(socket, "message.accepted", events))["message"]["session_id"]
        await until(socket, "reply.delta", events)
        await socket.send(json.dumps({"type": "turn.stop", "session_id": session}))
        ended = await until(socket, "turn.ended", events)
        assert ended["state"] == "stopped"
        assert ended["message"]["content"].startswith("word")
        await socket.close()
        return session

    session = asyncio.run(play())
    assert server.messages(session)[-1]["status"] == "stopped"


def test_a_thousand_messages_in_a_second_do_no_harm(scripted):
    server = scripted()

    async def play():
        socket, _ = await greet(server)
        for number in range(1000):
            await socket.send(json.dumps({"type": "message.send", "text": f"m{number}",
                                          "session_id": session,
                                          "idempotency_key": f"k{number}"}))
        accepted, refused = set(), []
        while len(accepted) + len(refused) < 1000:
            event = json.loads(await asyncio.wait_for(socket.recv(), 60))
            if event["type"] == "message.accepted":
                accepted.add(event["message"]["idempotency_key"])
            elif event["type"] == "command.failed":
                refused.append(event["error"]["code"])
        await socket.close()
        return accepted, refused

    session = server.call("POST", "/api/sessions", {}).json()["id"]
    accepted, refused = asyncio.run(play())
    assert accepted
    assert set(refused) <= {"rate_limited"}
    said = [m for m in server.messages(session) if m["role"] == "user"]
    assert {m["idempotency_key"] for m in said} == accepted
    assert len(said) == len(accepted)


def test_two_messages_at_once_are_queued_in_order(scripted):
    server = scripted([{"repeat": True, "steps": [{"text": "ok", "delay_ms": 150}]}])
    session = server.call("POST", "/api/sessions", {}).json()["id"]

    async def play():
        socket, _ = await greet(server, session_id=session)
        for key in ("a", "b", "c"):
            await socket.send(json.dumps({"type": "message.send", "text": key,
                                          "session_id": session, "idempotency_key": key}))
        events, ended = [], 0
        while ended < 3:
            event = json.loads(await asyncio.wait_for(socket.recv(), 20))
            events.append(event)
            ended += event["type"] == "turn.ended"
        await socket.close()
        return [e["position"] for e in events if e["type"] == "message.accepted"]

    assert asyncio.run(play()) == [0, 1, 2]
    assert [m["content"] for m in server.messages(session)] == ["a", "ok", "b", "ok", "c", "ok"]


def test_logs_follow_one_request_and_hold_no_words(scripted):
    secret, words = "sk-test-7f3a9c1d5e", "the purple walrus sings at dawn"
    server = scripted(arguments=["--log-level", "trace"],
                      environment={"LOCI_AUTH_KEY": secret})
    headers = {"Authorization": f"Bearer {secret}"}
    answer = server.call("POST", "/api/chat", {"message": words}, headers)
    assert answer.status == 200
    server.call("POST", "/api/auth/login", {"key": secret})
    server.call("GET", f"/api/sessions?query={words.split()[1]}", headers=headers)
    time.sleep(1.5)  # the log table is written once a second
    table = server.call("GET", "/api/logs?limit=5000", headers=headers).body.decode()
    assert json.loads(table)["records"]
    server.stop()
    log = (server.home / "stderr.log").read_text()
    for text in (log, table):
        for forbidden in (secret, "walrus", "One two three"):
            assert forbidden not in text
