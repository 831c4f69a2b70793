"""LiveKit's agent, unmodified, with its OpenAI plugin as the model: an AgentSession with a microphone and
a loudspeaker of its own instead of a room, in real time. Greeting, a spoken question, a function that the
agent calls by itself, and speech into a story that is played. Started by run_livekit.sh."""
import asyncio
import os
import time

from livekit import rtc
from livekit.agents import Agent, AgentSession, function_tool
from livekit.agents.voice import io
from livekit.agents.voice.transcription import TranscriptSynchronizer
from livekit.plugins.openai import realtime

from livekit_shared import FRAME, RATE, REPLY, SENTENCE, URL, speak, tell, understand, until, words


class Microphone(io.AudioInput):
    """20 ms every 20 ms: what is to be said, otherwise silence."""

    def __init__(self):
        super().__init__(label="microphone")
        self.waiting = bytearray()
        self.due = None

    async def __anext__(self):
        loop = asyncio.get_running_loop()
        self.due = (self.due or loop.time()) + 0.02
        await asyncio.sleep(max(0, self.due - loop.time()))
        pcm = bytes(self.waiting[:2 * FRAME])
        del self.waiting[:2 * FRAME]
        return rtc.AudioFrame(pcm.ljust(2 * FRAME, b"\0"), RATE, 1, FRAME)

    async def say(self, text):
        self.waiting += await speak(text)


class Loudspeaker(io.AudioOutput):
    """Plays in real time without a sound, and tells what was played of each segment."""

    def __init__(self):
        super().__init__(label="loudspeaker", capabilities=io.AudioOutputCapabilities(pause=False),
                         sample_rate=RATE)
        self.sound, self.began, self.ending = b"", None, None
        self.played = []  # (sound, seconds, interrupted)

    def seconds(self):
        return len(self.sound) / 2 / RATE

    def position(self):
        if self.began is None:
            return 0
        return min(self.seconds(), asyncio.get_running_loop().time() - self.began)

    async def capture_frame(self, frame):
        await super().capture_frame(frame)
        if self.began is None:
            self.sound, self.began = b"", asyncio.get_running_loop().time()
            self.on_playback_started(created_at=time.time())
        self.sound += bytes(frame.data)

    def flush(self):
        super().flush()
        if self.began is not None and self.ending is None:
            self.ending = asyncio.create_task(self.end())

    async def end(self):
        await asyncio.sleep(self.seconds() - self.position())
        self.over(False)

    def clear_buffer(self):
        if self.ending is not None:
            self.ending.cancel()
        if self.began is not None:
            self.over(True)

    def over(self, interrupted):
        at = self.position()
        self.played.append((self.sound, at, interrupted))
        self.began = self.ending = None
        self.on_playback_finished(playback_position=at, interrupted=interrupted)


class Nook(Agent):
    def __init__(self):
        super().__init__(instructions="Be brief.")
        self.asked = []

    @function_tool
    async def weather(self, city: str) -> str:
        """Tells the weather"""
        self.asked.append(city)
        return f"sunny in {city}"


async def spoken(loudspeaker, count, what):
    await until(lambda: len(loudspeaker.played) >= count, what)
    sound, _, interrupted = loudspeaker.played[count - 1]
    assert not interrupted, f"{what} was interrupted"
    return await understand(sound)


async def main():
    model = realtime.RealtimeModel(base_url=URL + "/v1", api_key=os.environ.get("LOCI_KEY", "none"), voice="alloy")
    microphone, loudspeaker, nook, errors, events = Microphone(), Loudspeaker(), Nook(), [], []
    session = AgentSession(llm=model)
    # As a room does it: the text goes with the sound, so what was heard is known.
    together = TranscriptSynchronizer(next_in_chain_audio=loudspeaker, next_in_chain_text=None)
    session.input.audio = microphone
    session.output.audio, session.output.transcription = together.audio_output, together.text_output
    session.on("error", lambda event: errors.append(event.error))
    await session.start(agent=nook)
    nook.realtime_llm_session.on("openai_server_event_received", events.append)

    await session.generate_reply(instructions="Greet the person.")
    assert await spoken(loudspeaker, 1, "the greeting") == words(REPLY)
    tell("greeted")

    await microphone.say("What can you do for me?")
    assert await spoken(loudspeaker, 2, "the answer to speech") == words(REPLY)
    tell("a spoken question answered aloud")

    await microphone.say("What is the weather in Rome?")
    assert await spoken(loudspeaker, 3, "the answer that uses the function") == words("It is sunny today.")
    assert nook.asked == ["Rome"]
    tell("a function called, its result used")

    # Speech while it plays what has been made already: LiveKit stops playing and truncates.
    await microphone.say("Tell me a long story.")
    await until(lambda: loudspeaker.position() > 6, "six seconds of a story")
    await microphone.say("What can you do for me?")
    await until(lambda: len(loudspeaker.played) >= 4, "the interruption")
    _, at, interrupted = loudspeaker.played[3]
    assert interrupted and 6 < at < 10, loudspeaker.played[3][1:]
    await until(lambda: any(one["type"] == "conversation.item.truncated" for one in events), "the truncation")
    cut = [one for one in events if one["type"] == "conversation.item.truncated"]
    assert [one["audio_end_ms"] for one in cut] == [int(at * 1000)]
    assert await spoken(loudspeaker, 5, "the answer to the interruption") == words(REPLY)
    tell(f"a story interrupted by speech after {at:.1f} s, the speech answered")

    nook.realtime_llm_session.send_event({"type": "conversation.item.retrieve", "item_id": cut[0]["item_id"]})
    await until(lambda: events[-1]["type"] == "conversation.item.retrieved", "the truncated story")
    kept = words(events[-1]["item"]["content"][0]["transcript"])
    await session.aclose()
    await together.aclose()
    await model.aclose()

    said = [(item.role, item.interrupted, words(item.text_content)) for item in session.history.items
            if item.type == "message"]
    assert [text for role, _, text in said if role == "user"] == [words(text) for text in (
        "What can you do for me", "What is the weather in Rome", "Tell me a long story",
        "What can you do for me")], [one for one in events if one["type"].endswith("transcription.completed")]
    [story] = [text for role, cut, text in said if role == "assistant" and cut]
    for heard in (story, kept):
        assert words(SENTENCE) == heard[:len(words(SENTENCE))] and len(heard) < 4 * len(words(SENTENCE)), heard
    tell(f"of the story {len(story)} words were heard as LiveKit counts, {len(kept)} as Loci does")
    refused = [one["error"]["message"] for one in events if one["type"] == "error"]
    assert not errors and not refused, (errors, refused)
    print(f"ok {len(events)} events")


asyncio.run(main())
