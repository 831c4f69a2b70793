"""An early client with Moly's habits on the real server with the real engines: see early_client.py."""
import asyncio
import json
import os

import pytest
from conftest import CACHE
from early_client import RATE, EarlyClient
from sound import spoken, understood, words

GREETING = "Hello there, nice to see you."
REPLY = "I can tell you about the weather."
STORY = "Once upon a time there was a very small house near the sea. " * 60
TOOL = {"type": "function", "name": "weather", "description": "Tells the weather", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "additionalProperties": False}}
# The recogniser may write any word with a capital.
SCRIPT = [
    {"match": "tory", "repeat": True, "steps": [{"text": STORY}]},
    # Once as a call, then with what came of it.
    {"match": "eather", "steps": [{"tool": {"id": "call_1", "name": "weather", "arguments": {"city": "Rome"}}},
                                {"finish": "tool_calls"}]},
    {"match": "eather", "repeat": True, "steps": [{"text": "It is sunny today."}]},
    {"match": "or me", "repeat": True, "steps": [{"text": REPLY}]},
    {"repeat": True, "steps": [{"text": GREETING}]},
]


@pytest.fixture
def server(scripted):
    if not (CACHE / "models/ggml-tiny.en.bin").exists():
        pytest.skip(f"missing {CACHE / 'models/ggml-tiny.en.bin'}")
    port = 19123 + os.getpid() % 1000
    made = scripted(SCRIPT, [], {"LOCI_SERVER_REALTIME_PORT": str(port)}, engine="child")
    made.bare = f"ws://127.0.0.1:{port}"
    return made


def test_a_whole_conversation_with_the_habits_of_moly(server):
    asked, story, rome = (spoken(server, text) for text in (
        "What can you do for me?", "Tell me a long story.", "What is the weather in Rome?"))

    async def talk():
        client = await EarlyClient.open(server.bare)
        await client.configure([TOOL])
        await client.greet()
        await client.answered(1)
        assert understood(server, client.sound) == words(GREETING)
        assert client.of("session.updated")[0]["session"]["voice"] == "alloy"

        # A spoken question; the microphone has been open since the greeting sounded.
        client.sound = b""
        client.to_say = asked
        await client.answered(2)
        # "Stop" when all of it is made and still played: there is nothing left to cancel.
        await client.interrupt()
        assert understood(server, client.sound) == words(REPLY)

        # "Stop" in the middle.
        client.sound = b""
        client.to_say = story
        await client.holds(lambda: client.sound, "the story's first sound")
        await client.interrupt()
        assert (await client.answered(3))["status"] == "cancelled", client.shown()

        client.sound = b""
        client.to_say = rome
        await client.holds(lambda: client.calls, "the call of the function")
        assert client.calls[0]["name"] == "weather"
        assert json.loads(client.calls[0]["arguments"]) == {"city": "Rome"}
        await client.answer_call(client.calls[0], "sunny")
        await client.answered(5)
        assert understood(server, client.sound) == words("It is sunny today.")
        await client.close()
        return client

    client = asyncio.run(talk())
    assert client.errors == [] and client.broken is None
    assert len(client.answers()) == 5
    shown = client.shown()
    assert [who for who, _ in shown] == ["ai", "user", "ai", "user", "ai", "user", "ai"], shown
    # Half heard is heard: a pause of 200 ms ends a turn with this client.
    heard = [words(text) for who, text in shown if who == "user"]
    assert heard[0] == words("What can you do for me") and "story" in heard[1] and "weather" in heard[2]
    assert shown[0][1] == GREETING and [text for _, text in shown].count(GREETING) == 1
    ids = [event["event_id"] for event in client.events]
    assert len(set(ids)) == len(ids)


def test_half_a_word_does_not_leave_the_microphone_closed(server):
    """It closes at speech_stopped, and only an answer, be it an empty one, opens it again. What comes
    without any word is in src/api/realtime/session_beta_test.cpp."""
    asked = spoken(server, "What can you do for me?")

    async def talk():
        client = await EarlyClient.open(server.bare)
        await client.configure()
        await client.greet()
        await client.answered(1)
        client.to_say = asked[:2 * RATE * 4 // 10]
        await client.until("input_audio_buffer.speech_stopped")
        await client.until("response.done", 2)
        await client.holds(lambda: client.listening, "the microphone")
        client.to_say = asked
        await client.holds(lambda: any(words(text) == words(REPLY) for _, text in client.shown()),
                           "the answer")
        await client.close()
        return client

    assert asyncio.run(talk()).errors == []


def test_the_name_of_another_host_is_let_in_on_that_port_alone(server):
    other = server.url.replace("http", "ws")
    with pytest.raises(Exception, match="403"):
        asyncio.run(EarlyClient.open(other))
