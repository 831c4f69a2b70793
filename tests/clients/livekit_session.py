"""LiveKit's OpenAI plugin, unmodified: its RealtimeSession without a room. Greeting, a spoken question,
a function, two interruptions with truncation, one by the program and one by speech, and changes to the
conversation that it waits for. Started by run_livekit.sh, which brings the plugin."""
import asyncio
import json
import os

from livekit import rtc
from livekit.agents import io as agents_io, llm
from livekit.plugins.openai import realtime
from openai.types.realtime.realtime_audio_input_turn_detection import SemanticVad

from livekit_shared import FRAME, RATE, REPLY, SENTENCE, URL, speak, tell, understand, until, words


class Generation:
    """What came of one response, gathered while it comes."""

    def __init__(self, event):
        self.event, self.text, self.sound, self.calls = event, "", b"", []
        self.message = None
        self.timed = 0
        self.over = asyncio.create_task(self.gather())

    async def gather(self):
        await asyncio.gather(self.messages(), self.functions())

    async def messages(self):
        async for message in self.event.message_stream:
            self.message = message.message_id
            await asyncio.gather(self.read(message), self.hear(message))
            assert await message.modalities == ["audio", "text"]

    async def read(self, message):
        async for delta in message.text_stream:
            self.timed += isinstance(delta, agents_io.TimedString)
            self.text += delta

    async def hear(self, message):
        async for frame in message.audio_stream:
            self.sound += bytes(frame.data)

    async def functions(self):
        async for function in self.event.function_stream:
            self.calls.append(function)


async def say(session, pcm):
    """As a microphone does: 20 ms every 20 ms, then silence."""
    loop = asyncio.get_running_loop()
    pcm = bytes(RATE // 2) + pcm + bytes(3 * RATE)
    due = loop.time()
    for at in range(0, len(pcm) - 2 * FRAME, 2 * FRAME):
        session.push_audio(rtc.AudioFrame(pcm[at:at + 2 * FRAME], RATE, 1, FRAME))
        due += 0.02
        await asyncio.sleep(max(0, due - loop.time()))


@llm.function_tool
async def weather(city: str) -> str:
    """Tells the weather"""
    return f"sunny in {city}"


class Conversation:
    """The plugin's session, what it told, and the parts of a conversation in their order."""

    def __init__(self, session):
        self.session = session
        self.generations, self.heard, self.errors, self.events = [], [], [], []
        session.on("generation_created", lambda event: self.generations.append(Generation(event)))
        session.on("input_audio_transcription_completed",
                   lambda event: event.is_final and self.heard.append(event.transcript))
        session.on("error", lambda event: self.errors.append(event.error))
        session.on("openai_server_event_received", self.events.append)

    def of(self, kind):
        return [event for event in self.events if event["type"] == kind]

    def ended(self):
        """How the last response ended, and why."""
        response = self.of("response.done")[-1]["response"]
        return response["status"], (response["status_details"] or {}).get("reason")

    async def next(self, what):
        await until(lambda: self.generations, what)
        return self.generations.pop(0)

    async def greeting(self):
        await self.session.generate_reply(instructions="Greet the person.")
        greeting = await self.next("the greeting")
        await greeting.over
        assert greeting.event.user_initiated and greeting.timed > 0
        assert greeting.text == REPLY and await understand(greeting.sound) == words(REPLY)
        tell("greeted")

    async def question(self):
        await say(self.session, await speak("What can you do for me?"))
        await self.answered()
        tell("a spoken question understood and answered aloud")

    async def answered(self):
        answer = await self.next("the answer to speech")
        await answer.over
        assert words(self.heard[-1]) == words("What can you do for me"), self.heard
        assert answer.text == REPLY and await understand(answer.sound) == words(REPLY)
        assert self.ended() == ("completed", None)

    async def function(self):
        await say(self.session, await speak("What is the weather in Rome?"))
        asked = await self.next("the call")
        await asked.over
        assert [(one.name, json.loads(one.arguments)) for one in asked.calls] == [("weather", {"city": "Rome"})]
        context = self.session.chat_ctx.copy()
        context.items.append(llm.FunctionCallOutput(
            call_id=asked.calls[0].call_id, name="weather", output="sunny in Rome", is_error=False))
        await self.session.update_chat_ctx(context)
        await self.session.generate_reply()
        used = await self.next("the answer that uses the function")
        await used.over
        assert words(used.text) == words("It is sunny today."), used.text
        tell("a function called, its result used")

    async def story(self):
        """Asks for one, by voice, and comes back when it sounds."""
        await say(self.session, await speak("Tell me a long story."))
        story = await self.next("a story")
        await until(lambda: story.sound, "the beginning of a story")
        return story

    async def truncate(self, story, ms):
        before = len(self.of("conversation.item.truncated"))
        self.session.truncate(message_id=story.message, modalities=["audio", "text"], audio_end_ms=ms)
        await until(lambda: len(self.of("conversation.item.truncated")) > before, "the truncation")

    def cut_off(self, story, reason):
        assert self.ended() == ("cancelled", reason), self.ended()
        assert SENTENCE.startswith(story.text.strip()[:len(SENTENCE) - 1]) and len(story.text) < 12 * len(SENTENCE)

    async def interruption_by_the_program(self):
        story = await self.story()
        self.session.interrupt()
        await story.over
        self.cut_off(story, "client_cancelled")
        await self.truncate(story, 200)
        silent = len(story.sound)
        await asyncio.sleep(0.5)
        assert len(story.sound) == silent and self.events[-1]["type"] == "conversation.item.truncated"
        tell("a story interrupted by the program and truncated")

    async def interruption_by_speech(self):
        story = await self.story()
        # As LiveKit's agent does when it is told of speech; the speech itself has cancelled by then.
        self.session.once("input_speech_started", lambda _: self.session.interrupt())
        await say(self.session, await speak("What can you do for me?"))
        await story.over
        await self.truncate(story, 300)
        await self.answered()
        cut = [one["response"] for one in self.of("response.done") if one["response"]["status"] == "cancelled"]
        assert cut[-1]["status_details"]["reason"] == "turn_detected", cut[-1]
        tell("a story interrupted by speech, the speech answered")

    async def changes(self):
        """Each is acknowledged, or the plugin raises or warns."""
        context = self.session.chat_ctx.copy()
        context.items.pop()
        context.add_message(role="user", content="What did I ask?")
        await self.session.update_chat_ctx(context)
        assert [item.id for item in self.session.chat_ctx.items] == [item.id for item in context.items]
        tell("the conversation changed")


async def main():
    model = realtime.RealtimeModel(
        base_url=URL + "/v1", api_key=os.environ.get("LOCI_KEY", "none"), voice="alloy",
        turn_detection=SemanticVad(type="semantic_vad", eagerness="high", create_response=True,
                                   interrupt_response=True))
    session = model.session()
    talk = Conversation(session)
    await session.update_instructions("Be brief.")
    await session.update_tools([weather])
    await talk.greeting()
    await talk.question()
    await talk.function()
    await talk.interruption_by_the_program()
    await talk.interruption_by_speech()
    await talk.changes()
    await session.aclose()
    await model.aclose()
    refused = [event["error"]["message"] for event in talk.of("error")]
    # The speech had stopped the story already.
    assert not talk.errors and refused[1:] == [] and all(one.startswith("Cancellation failed") for one in refused), (
        talk.errors, refused)
    print(f"ok {len(talk.events)} events")


asyncio.run(main())
