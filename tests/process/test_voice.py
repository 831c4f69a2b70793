"""/ws/voice on the real server with the real engine: spoken questions in, spoken answers out."""
import asyncio
import json
import os
import re
import shutil
import signal
import subprocess

import pytest
import websockets
from conftest import CACHE, PROGRAM
from voice_page import ECHO, Page, speech

LONG = ("The harbour lies quiet in the morning. Small boats wait along the wall. A baker opens his "
        "shop and the smell of bread fills the street. Children walk to school and talk about the "
        "weekend. Later the market begins and people meet there.")


def words(text):
    return re.findall(r"[a-z]+", text.lower())


@pytest.fixture
def talking(make_server, tmp_path):
    """A server that hears and speaks, whose model plays the given texts."""
    for name in ("ggml-tiny.en.bin", "silero_vad.onnx"):
        if not list((CACHE / "models").glob(name)):
            pytest.skip(f"missing {CACHE / 'models' / name}")

    def make(*texts, environment=None):
        path = tmp_path / "script.json"
        path.write_text(json.dumps([{"repeat": len(texts) == 1, "steps": [
            {"text": word + " ", "delay_ms": 5} for word in text.split(" ")]} for text in texts]))
        return make_server([], {"LOCI_LLM_PROVIDER": "scripted", "LOCI_LLM_SCRIPT": str(path),
                                "LOCI_LLM_REFLEXES": "off", **(environment or {})})

    return make


def say(server, page, text):
    page.to_say += speech(PROGRAM, server.home, server.env(), text)


def engine_of(server):
    found = subprocess.run(["pgrep", "-P", str(server.process.pid), "-f", "loci-engine"],
                           capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


def test_models_that_arrive_behind_the_start_are_talked_with(talking, tmp_path):
    """On a first start the page is open before the models are there."""
    cache = tmp_path / "cache"
    (cache / "models").mkdir(parents=True)
    for name in ("speech", "llama"):
        (cache / name).symlink_to(CACHE / name)
    server = talking("Hello there, the weather is nice today.", environment={"LOCI_CACHE": str(cache)})

    async def lacking():
        page = await Page.open(server)
        ready = await page.until("voice.ready")
        await page.close()
        return {lack["name"] for lack in ready["lacks"]}

    assert {"recogniser", "activity", "turns"} <= asyncio.run(lacking())
    assert server.subsystem("speech")["health"] == "degraded"
    for file in (CACHE / "models").iterdir():
        if file.name.startswith(("ggml-tiny.en", "silero", "smart-turn")):
            shutil.copy(file, cache / "models")
    server.wait_until(lambda: server.subsystem("speech")["health"] == "up", 60, "speech")

    async def play():
        page = await Page.open(server)
        assert (await page.until("voice.ready"))["lacks"] == []
        say(server, page, "When does the library open?")
        heard = await page.until("voice.transcript", 60, final=True)
        await page.close()
        return heard

    assert words(asyncio.run(play())["text"]) == words("When does the library open")


def test_a_spoken_question_gets_a_spoken_answer(talking, tmp_path):
    answer = "Hello there, the weather is nice today."
    server = talking(answer)

    async def play():
        page = await Page.open(server)
        ready = await page.until("voice.ready")
        assert ready["lacks"] == [] and ready["speaking_tab"] and ready["recogniser"]
        assert ready["choice_needed"] and ready["voice"] == "flite"
        await page.send("voice.wake")
        await page.until("voice.response_done", 60, response=1)
        assert page.audio[1]
        say(server, page, "When does the library open?")
        heard = await page.until("voice.transcript", final=True)
        assert words(heard["text"]) == words("When does the library open")
        done = await page.until("voice.response_done", response=2)
        await page.close()
        return page, done

    page, done = asyncio.run(play())
    assert done["status"] == "completed" and words(done["heard_text"]) == words(answer)
    assert page.loudest(2) > 3000
    page.save(2, tmp_path / "answer.wav")
    understood = server.command("transcribe", str(tmp_path / "answer.wav"))
    assert words(understood.stdout) == words(answer), understood.stderr
    order = [e["type"] for e in page.events if e.get("turn") == 1 or e.get("response") == 2]
    for earlier, later in [("voice.speech_started", "voice.question_ended"),
                           ("voice.question_ended", "voice.response_started"),
                           ("voice.response_started", "voice.segment"),
                           ("voice.segment", "voice.response_done")]:
        assert order.index(earlier) < order.index(later), order
    segments = [e for e in page.of("voice.segment") if e["response"] == 2]
    assert [w for s in segments for w in words(s["text"])] == words(answer)
    for segment in segments:
        assert len(segment["words"]) == len(segment["text"].split()) and segment["phonemes"]
    stages = {s["name"]: s["ms"] for s in page.of("voice.latency")[-1]["stages"]}
    assert 0 < stages["first_sound"] < 30000, stages  # a busy machine passes, too
    started = next(e for e in page.of("voice.response_started") if e["response"] == 2)
    stored = server.messages(started["session_id"])
    assert [m["role"] for m in stored] == ["user", "assistant"]
    assert words(stored[1]["content"]) == words(answer)


def test_what_a_spoken_reply_does_has_its_place_in_the_sound(talking):
    server = talking("Hello there, [wave] the weather is nice.")
    session = server.say("hi").json()["session_id"]

    async def play():
        stage = await websockets.connect(server.url.replace("http", "ws") + "/ws", max_size=None)
        await stage.send(json.dumps({"type": "hello", "protocol": 1, "session_id": session}))
        await stage.send(json.dumps({"type": "body.stage", "character": "Nook", "actions": ["wave"],
                                     "expressions": ["happy"]}))
        page = await Page.open(server, session_id=session)
        await page.until("voice.ready")
        say(server, page, "When does the library open?")
        await page.until("voice.response_done", 60)
        while True:
            wave = json.loads(await asyncio.wait_for(stage.recv(), 20))
            if wave["type"] == "body.directive" and wave["source"] == "reply":
                break
        await stage.close()
        await page.close()
        return page, wave

    page, wave = asyncio.run(play())
    started = page.of("voice.response_started")[-1]
    assert wave["spoken"] and wave["turn_id"] == started["turn_id"]
    assert wave["offset"] == len("Hello there, ")
    marks = [(m["offset"], s["t_ms"] + m["t_ms"]) for s in page.of("voice.segment")
             if s["response"] == started["response"] for m in s["marks"]]
    assert [offset for offset, _ in marks] == [0, 6, 13, 17, 25, 28]
    times = [t for _, t in marks]
    assert times == sorted(times) and times[2] > times[0]


def test_an_interruption_cuts_history_to_what_was_heard(talking):
    server = talking(LONG, "Fine.")

    async def play():
        page = await Page.open(server)
        await page.until("voice.ready")
        say(server, page, "Please tell me about the harbour.")
        started = await page.until("voice.response_started")
        await page.until("voice.segment")
        await asyncio.sleep(2.5)
        say(server, page, "Wait a moment, what time is it now?")
        await page.until("voice.pause")
        cancel = await page.until("voice.cancel")
        assert cancel["reason"] in ("words", "loud_speech")
        done = await page.until("voice.response_done", response=started["response"])
        length = len(page.audio[started["response"]])
        await page.until("voice.response_done", status="completed")
        assert len(page.audio[started["response"]]) == length, "no audio after cancel"
        await page.close()
        return started, done

    started, done = asyncio.run(play())
    assert done["status"] == "interrupted" and 0 < done["heard_ms"] < 8000
    assert LONG.startswith(done["heard_text"]) and 10 < len(done["heard_text"]) < len(LONG)
    stored = server.messages(started["session_id"])
    cut = [m for m in stored if m["status"] == "interrupted"]
    assert len(cut) == 1 and cut[0]["content"] == done["heard_text"]
    assert [m["role"] for m in stored] == ["user", "assistant", "user", "assistant"]


def pauses(page):
    return [e for e in page.events if e["type"] in ("voice.pause", "voice.cancel")]


def test_a_companion_that_hears_itself_is_paused_by_its_own_voice(talking):
    """What the next test is without: its client lies about cancelling the echo."""
    server = talking(LONG)

    async def play():
        page = await Page.open(server, echo=ECHO, echo_cancelled=True)
        assert (await page.until("voice.ready"))["cancels_echo"] is False
        say(server, page, "Please tell me about the harbour.")
        await page.until("voice.pause", 60)
        await page.close()

    asyncio.run(play())


def test_the_echo_of_a_client_that_leaves_it_in_interrupts_nothing(talking):
    server = talking(LONG + " " + LONG, "Fine.")

    async def play():
        page = await Page.open(server, echo=ECHO, echo_cancelled=False)
        assert (await page.until("voice.ready"))["cancels_echo"] is True
        await page.send("voice.wake")  # the first sound of all: nothing is known of the room
        # Where it comes late and skips, it may pause once (docs/benchmarks.md), but is said to its end.
        await page.until("voice.response_done", 60, response=1, status="completed")
        learning = len(page.of("voice.pause")), len(page.of("voice.speech_started"))
        assert max(learning) <= 1, page.of("voice.transcript")
        say(server, page, "Please tell me about the harbour.")
        started = await page.until("voice.segment", 60, response=2)
        await asyncio.sleep(20)
        assert [pause for pause in pauses(page) if pause["response"] != 1] == [], page.of("voice.transcript")
        assert len(page.of("voice.speech_started")) == learning[1] + 1, "the question"
        assert page.played_ms(started["response"]) > 15_000
        # A person who talks over it is heard all the same.
        say(server, page, "Wait a moment, what time is it now?")
        await page.until("voice.pause", 10)
        assert (await page.until("voice.cancel"))["reason"] in ("words", "loud_speech")
        await page.until("voice.response_done", 60, response=2, status="interrupted")
        await page.until("voice.response_done", 60, response=3)
        await page.close()
        return page

    page = asyncio.run(play())
    assert page.of("voice.error") == []


def test_the_engine_dies_in_mid_sentence_and_the_conversation_goes_on(talking):
    server = talking(LONG)

    async def play():
        page = await Page.open(server)
        await page.until("voice.ready")
        say(server, page, "Please tell me about the harbour.")
        started = await page.until("voice.response_started")
        await page.until("voice.segment")
        engines = engine_of(server)
        assert engines
        for engine in engines:
            os.kill(engine, signal.SIGKILL)
        # What was spoken already still plays; what is missing is spoken by the next engine or told.
        await page.until("voice.response_done", 60, response=started["response"])
        await page.send("voice.interrupt")
        before = len(page.of("voice.response_started"))
        say(server, page, "Please tell me about the harbour.")
        for _ in range(1500):
            if len(page.of("voice.response_started")) > before:
                break
            await asyncio.sleep(0.02)
        assert len(page.of("voice.response_started")) > before, page.of("voice.error")
        await page.close()

    asyncio.run(play())
    assert server.call("GET", "/healthz").status == 200


def test_one_tab_speaks(talking):
    server = talking("Yes.")

    async def play():
        first = await Page.open(server, tab="one")
        await first.until("voice.ready", speaking_tab=True)
        second = await Page.open(server, tab="two")
        assert not (await second.until("voice.ready"))["speaking_tab"]
        await second.until("voice.claimed", tab="one")
        await second.send("voice.claim")
        await first.until("voice.claimed", tab="two")
        await second.close()
        for _ in range(200):
            if first.of("voice.claimed")[-1]["tab"] == "one":
                break
            await asyncio.sleep(0.02)
        assert first.of("voice.claimed")[-1]["tab"] == "one"
        await first.close()

    asyncio.run(play())


def test_settings_of_speech_hold_for_talks_that_run(talking):
    server = talking("The library opens at nine.")

    def change(**settings):
        answer = server.call("PATCH", "/api/config",
                             {f"speech.{name}": value for name, value in settings.items()})
        assert answer.status == 200, answer.body
        assert answer.json()["restart_needed"] == []

    async def hello_asleep():
        """The frames that a page gets which wants to wait for a phrase, and the close code."""
        async with websockets.connect(server.url.replace("http", "ws") + "/ws/voice") as socket:
            await socket.send(json.dumps({
                "type": "voice.hello", "protocol": 1, "client": "test", "tab": "two",
                "input_rate": 16000, "echo_cancelled": True, "mode": "wake"}))
            frames = []
            with pytest.raises(websockets.ConnectionClosed) as closed:
                while True:
                    frames.append(json.loads(await asyncio.wait_for(socket.recv(), 10)))
            return frames, closed.value.rcvd.code

    async def play():
        frames, code = await hello_asleep()
        assert code == 4003 and [f["type"] for f in frames] == ["voice.error"]
        assert "wake phrase" in frames[0]["error"]["message"]
        assert "speech.wake_phrase" in frames[0]["error"]["hint"]
        page = await Page.open(server)
        assert (await page.until("voice.ready"))["wake_phrase"] == ""
        assert server.call("GET", "/api/stt/status").json()["wakeword_enabled"] is False
        await asyncio.to_thread(change, wake_phrase="Computer", voice="nobody")
        ready = await page.until("voice.ready", wake_phrase="Computer")
        assert ready["voice"] == "nobody", "of a page that named none"
        assert any(lack["name"] == "voice" for lack in ready["lacks"])
        await asyncio.to_thread(change, voice="flite")
        status = server.call("GET", "/api/stt/status").json()
        assert status["wakeword_enabled"] is True and status["wakeword_keyword"] == "Computer"
        await page.send("voice.configure", mode="wake")
        await page.until("voice.state", state="asleep")
        say(server, page, "When does the library open?")
        await page.until("voice.question_ended", 60)
        assert page.of("voice.response_started") == [], "it was not called"
        page.to_say += bytes(2 * 16000)
        say(server, page, "Computer, when does the library open?")
        done = await page.until("voice.response_done", 60)
        assert done["status"] == "completed"
        await asyncio.to_thread(change, listen_window_ms=1000, wake_phrase="")
        await page.until("voice.ready", wake_phrase="", speaking_tab=True)
        await page.until("voice.error", 10)
        await page.close()
        return page

    page = asyncio.run(play())
    assert "phrase" in page.of("voice.error")[-1]["error"]["message"]


def test_what_is_no_protocol_changes_nothing(talking):
    server = talking("Yes.")

    async def refused(first):
        async with websockets.connect(server.url.replace("http", "ws") + "/ws/voice") as socket:
            await socket.send(first)
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await asyncio.wait_for(socket.recv(), 10)
            return closed.value.rcvd.code

    async def play():
        assert await refused("{}") == 4003
        assert await refused(b"\x00\x00") == 4003
        assert await refused(json.dumps({"type": "voice.wake"})) == 4003
        page = await Page.open(server)
        await page.until("voice.ready")
        for bad in ('{"type":"voice.nothing"}', "[]", '{"type":"voice.talk","down":7}',
                    '{"type":"voice.configure","speed":99}',
                    '{"type":"voice.configure","eagerness":"very"}',
                    '{"type":"voice.configure","mode":"wake"}',
                    '{"type":"voice.try","voice":"nobody","text":""}', b"\x01"):
            before = len(page.of("voice.error"))
            await page.socket.send(bad)
            for _ in range(200):
                if len(page.of("voice.error")) > before:
                    break
                await asyncio.sleep(0.02)
            assert len(page.of("voice.error")) == before + 1, bad
        await page.send("voice.played", response=-5, played_ms=-1)
        await page.send("voice.played", response=99, played_ms=10**12)
        await page.send("voice.interrupt")
        await page.send("voice.try", voice="flite", text="Still here.")
        await page.until("voice.response_done", status="completed")
        await page.close()

    asyncio.run(play())


def test_without_the_engine_the_socket_says_so(scripted):
    server = scripted()

    async def play():
        async with websockets.connect(server.url.replace("http", "ws") + "/ws/voice") as socket:
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await asyncio.wait_for(socket.recv(), 10)
            assert closed.value.rcvd.code == 4004

    asyncio.run(play())
