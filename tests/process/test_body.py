"""What a page that shows the character is told, and what an owner may add: on the real server."""
import asyncio
import json

import websockets


async def open_stage(server, **more):
    socket = await websockets.connect(server.url.replace("http", "ws") + "/ws", max_size=None)
    await socket.send(json.dumps({"type": "hello", "protocol": 1, **more}))
    assert json.loads(await socket.recv())["type"] == "ready"
    await socket.send(json.dumps({"type": "body.stage", "character": "Nook", "actions": ["wave", "moonwalk"],
                                  "expressions": ["happy", "sad"]}))
    return socket


async def until(socket, kind, **fields):
    while True:
        event = json.loads(await asyncio.wait_for(socket.recv(), 20))
        if event["type"] == kind and all(event.get(k) == v for k, v in fields.items()):
            return event


async def say(socket, text, key):
    await socket.send(json.dumps({"type": "message.send", "text": text, "idempotency_key": key}))


def test_sentences_move_the_face_and_the_mood_outlives_the_server(scripted):
    server = scripted([{"repeat": True, "steps": [{"text": "I am so happy for you! "}, {"text": "[wave] Bye."}]}])

    async def play():
        socket = await open_stage(server)
        await say(socket, "hi", "a")
        joy = await until(socket, "body.directive", source="emotion")
        assert joy["expression"]["name"] == "happy" and joy["offset"] == 0 and "spoken" not in joy
        wave = await until(socket, "body.directive", source="reply")
        assert wave["offset"] == 23
        await socket.send(json.dumps({"type": "body.ack", "id": wave["id"], "tick": 60}))
        doing = await until(socket, "body.state")
        while doing["body"]["activity"] != "wave":
            doing = await until(socket, "body.state")
        await socket.send(json.dumps({"type": "body.ack", "id": wave["id"], "finished": True}))
        over = await until(socket, "body.state")
        assert over["body"]["activity"] == "" and over["body"]["valence"] > 0.1
        await socket.close()
        return over["session_id"]

    session = asyncio.run(play())
    server.stop()
    server.start()

    async def again():
        socket = await websockets.connect(server.url.replace("http", "ws") + "/ws", max_size=None)
        await socket.send(json.dumps({"type": "hello", "protocol": 1, "session_id": session}))
        snapshot = await until(socket, "session.snapshot")
        await socket.close()
        return snapshot["body"]

    body = asyncio.run(again())
    assert 0.1 < body["valence"] < 1 and body["pose"] == "standing"


def test_an_owners_words_are_read_and_a_broken_file_is_named(scripted):
    server = scripted(environment={"LOCI_LLM_REFLEXES": "on"}, start=False)
    folder = server.data / "workspace" / "body"
    folder.mkdir(parents=True)
    (folder / "own.json").write_text(json.dumps({
        "language": "en", "heads": [{"label": "moonwalk", "do": "moonwalk", "say": ["moonwalk"]}],
        "answers": {"moonwalk": ["Watch my feet."]}}))
    (folder / "zz_broken.json").write_text('{"language": "en", "feelings": [{"feel": "envy"}]}')
    server.start()

    async def play():
        socket = await open_stage(server)
        await say(socket, "please moonwalk", "b")
        done = await until(socket, "body.directive", source="person")
        assert done["action"]["name"] == "moonwalk"
        ended = await until(socket, "turn.ended")
        assert ended["message"]["content"] == "Watch my feet."
        await socket.close()

    asyncio.run(play())
    said = server.command("doctor", "--data", str(server.data))
    assert "zz_broken.json" in said.stdout and "envy" in said.stdout and said.returncode == 1
    assert "zz_broken.json" in (server.home / "stderr.log").read_text()


def test_movements_tell_how_long_they_last(scripted):
    server = scripted()
    bvh = b"HIERARCHY\nMOTION\nFrames: 11\nFrame Time: 0.1\n"
    assert server.call("POST", "/api/animations?name=hop.bvh", raw=bvh).status == 200
    listed = {a["name"]: a for a in server.call("GET", "/api/animations").json()["animations"]}
    assert listed["hop.bvh"]["duration_s"] == 1
    assert 0.5 < listed["wave"]["duration_s"] < 20
