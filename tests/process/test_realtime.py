"""/v1/realtime on the real server: who is let in, how speech becomes an answer, and bad input."""
import base64
import json
import os
import signal
import subprocess
import time

import pytest
from conftest import CACHE
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

REPLY = "I can tell you about the weather."
STORY = "Once upon a time there was a very small house near the sea. " * 40
SCRIPT = [{"match": "long story", "repeat": True, "steps": [{"text": STORY}]},
          {"repeat": True, "steps": [{"text": REPLY}]}]
BY_HAND = {"type": "session.update", "session": {"type": "realtime", "audio": {"input": {
    "turn_detection": None}}}}


class Client:
    def __init__(self, server, query="?model=loci/companion", path="/v1/realtime", **options):
        self.socket = connect(server.url.replace("http", "ws") + path + query, max_size=None,
                              **options)
        self.seen = []

    def send(self, **event):
        self.socket.send(json.dumps(event))

    def take(self, seconds=30):
        self.seen.append(json.loads(self.socket.recv(timeout=seconds)))
        return self.seen[-1]

    def until(self, kind, seconds=30):
        end = time.monotonic() + seconds
        while True:
            event = self.take(max(0.1, end - time.monotonic()))
            if event["type"] == kind:
                return event

    def say(self, text):
        self.send(type="conversation.item.create", item={
            "type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]})

    def append(self, pcm):
        self.send(type="input_audio_buffer.append", audio=base64.b64encode(pcm).decode())

    def __enter__(self):
        assert self.until("session.created")
        return self

    def __exit__(self, *_):
        self.socket.close()


def spoken(server, text):
    answer = server.call("POST", "/v1/audio/speech", {
        "model": "tts-1", "voice": "flite", "input": text, "response_format": "pcm"})
    assert answer.status == 200, answer.body
    return answer.body


@pytest.fixture
def server(scripted):
    if not (CACHE / "models/ggml-tiny.en.bin").exists():
        pytest.skip(f"missing {CACHE / 'models/ggml-tiny.en.bin'}")
    return scripted(SCRIPT, engine="child")


def test_speech_faster_than_real_time_is_told_apart_and_answered(server):
    quiet = bytes(48000)
    with Client(server) as client:
        client.append(quiet + spoken(server, "Hello there, how are you?") + quiet * 2)
        done = client.until("response.done")["response"]
    kinds = [event["type"] for event in client.seen]
    order = ["input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped",
             "input_audio_buffer.committed", "conversation.item.done", "response.created"]
    assert [kinds.index(kind) for kind in order] == sorted(kinds.index(kind) for kind in order)
    assert done["status"] == "completed" and done["output"][0]["content"][0]["transcript"] == REPLY
    # The companion keeps it like any conversation.
    [kept] = server.call("GET", "/api/sessions").json()["sessions"]
    said = [message["content"] for message in server.messages(kept["id"])]
    assert said[0].lower().startswith("hello there") and said[1] == REPLY


def test_a_greeting_by_instructions_is_said_once_on_the_port_of_early_clients(scripted):
    port = 18123 + os.getpid() % 1000
    server = scripted(SCRIPT, [], {"LOCI_SERVER_REALTIME_PORT": str(port)}, engine="child")
    server.url = f"http://127.0.0.1:{port}"
    with Client(server, "", "/") as client:
        client.send(type="session.update", session={"modalities": ["text", "audio"], "voice": "alloy",
                                                     "turn_detection": {"type": "server_vad"}})
        client.send(type="response.create", response={"modalities": ["text", "audio"],
                                                       "instructions": "Greet the person."})
        done = client.until("response.done")["response"]
    assert done["output"][0]["content"][0] == {"type": "audio", "transcript": REPLY}
    assert [event["type"] for event in client.seen].count("response.created") == 1
    assert any(event["type"] == "response.audio.delta" for event in client.seen)


def test_who_is_let_in(scripted):
    server = scripted(SCRIPT, environment={"LOCI_AUTH_KEY": "owners-key-for-tests"})
    key = {"Authorization": "Bearer owners-key-for-tests"}

    def opens(query="?model=loci/companion", **options):
        try:
            with Client(server, query, **options) as client:
                return client.socket.subprotocol or True
        except ConnectionClosed as closed:
            assert closed.rcvd.code == 4001
            return False

    assert not opens()
    assert not opens(additional_headers={"Authorization": "Bearer wrong"})
    assert not opens(additional_headers={"Authorization": "Bearer ek_wrong"})
    assert opens(additional_headers=key)
    assert opens(subprotocols=["realtime", "openai-insecure-api-key.owners-key-for-tests"]) == "realtime"
    assert server.call("POST", "/v1/realtime/client_secrets", {}).status == 401
    made = server.call("POST", "/v1/realtime/client_secrets", {
        "expires_after": {"anchor": "created_at", "seconds": 60},
        "session": {"type": "realtime", "instructions": "Be kind."}}, key).json()
    assert made["value"].startswith("ek_") and made["session"]["instructions"] == "Be kind."
    with Client(server, additional_headers={"Authorization": "Bearer " + made["value"]}) as client:
        assert client.seen[0]["session"]["instructions"] == "Be kind."
    older = server.call("POST", "/v1/realtime/sessions", {"voice": "alloy", "modalities": ["text"]}, key)
    assert older.json()["client_secret"]["value"].startswith("ek_")
    assert older.json()["modalities"] == ["text"]
    refused = server.call("POST", "/v1/realtime/client_secrets", {"session": {"foo": 1}}, key)
    assert refused.status == 400 and refused.json()["error"]["param"] == "session.foo"


def test_a_model_that_is_not_there_is_named(scripted):
    server = scripted(SCRIPT)
    with connect(server.url.replace("http", "ws") + "/v1/realtime?model=nothing") as socket:
        assert json.loads(socket.recv())["error"]["code"] == "model_not_found"
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv()
        assert closed.value.rcvd.code == 4004


def test_bad_sound_is_refused_and_the_session_goes_on(server):
    with Client(server) as client:
        client.send(**BY_HAND)
        for bad in ("%%%", "AAA", "AAAA\n", 7, None):
            client.send(type="input_audio_buffer.append", audio=bad, event_id="bad")
            error = client.until("error")["error"]
            assert error["event_id"] == "bad" and error["type"] == "invalid_request_error"
        client.socket.send("not json")
        assert client.until("error")["error"]["code"] == "invalid_event"
        # Odd numbers of bytes: the halves of a sample find each other.
        question = spoken(server, "What can you do for me?")
        for at in range(0, len(question), 4801):
            client.append(question[at:at + 4801])
        client.send(type="input_audio_buffer.commit")
        client.send(type="response.create")
        assert client.until("response.done")["response"]["status"] == "completed"


def test_fifteen_megabytes_at_once_are_taken_and_more_are_not(server):
    with Client(server) as client:
        client.send(**BY_HAND)
        client.append(bytes(15 * 1024 * 1024))
        client.append(bytes(15 * 1024 * 1024 + 2))
        assert "15 MiB" in client.until("error")["error"]["message"]
        client.append(bytes(15 * 1024 * 1024))
        assert client.until("error")["error"]["code"] == "input_audio_buffer_full"
        client.send(type="input_audio_buffer.clear")
        client.until("input_audio_buffer.cleared")
        client.send(type="input_audio_buffer.commit")
        assert client.until("error")["error"]["code"] == "input_audio_buffer_commit_empty"


def test_a_client_that_never_reads_does_not_hold_the_server(server):
    client = Client(server)
    try:
        client.send(**BY_HAND)
        client.say("Tell me a long story.")
        client.send(type="response.create")
        with Client(server) as other:
            other.send(**BY_HAND)
            other.say("Hello.")
            other.send(type="response.create", response={"output_modalities": ["text"]})
            assert other.until("response.done")["response"]["status"] == "completed"
        assert server.call("GET", "/healthz").status == 200
    finally:
        client.socket.socket.close()


def test_an_engine_killed_in_mid_sentence_fails_one_response(server):
    with Client(server) as client:
        client.send(**BY_HAND)
        client.say("Tell me a long story.")
        client.send(type="response.create")
        client.until("response.output_audio.delta")
        children = subprocess.run(["pgrep", "-P", str(server.process.pid), "loci-engine"],
                                  capture_output=True, text=True, check=False).stdout.split()
        assert children
        for child in children:
            os.kill(int(child), signal.SIGKILL)
        done = client.until("response.done")["response"]
        assert done["status"] == "failed" and done["status_details"]["error"]["message"]
        client.say("Hello.")
        client.send(type="response.create")
        done = client.until("response.done", 60)["response"]
        assert done["status"] == "completed", done


def test_telephone_sound_goes_both_ways(server):
    with Client(server) as client:
        client.send(type="session.update", session={"type": "realtime", "audio": {
            "input": {"format": {"type": "audio/pcmu"}, "turn_detection": None},
            "output": {"format": {"type": "audio/pcma"}}}})
        client.until("session.updated")
        client.say("Hello.")
        client.send(type="response.create")
        client.until("response.done")
    sound = b"".join(base64.b64decode(event["delta"]) for event in client.seen
                     if event["type"] == "response.output_audio.delta")
    assert 8000 < len(sound) < 8000 * 8  # seconds at one byte a sample
