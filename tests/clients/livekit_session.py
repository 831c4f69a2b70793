"""LiveKit's OpenAI plugin, unmodified: its RealtimeSession without a room. Greeting, a spoken question,
a function, an interruption with truncation, and changes to the conversation that it waits for.

The package is 415 MB with what it needs, so set-up does not bring it. By hand, in an environment with
livekit-plugins-openai 1.8.9, against a server that runs (docs/rooms/realtime.md)."""
import asyncio
import io
import json
import os
import re
import urllib.request
import uuid
import wave

from livekit import rtc
from livekit.agents import io as agents_io, llm
from livekit.plugins.openai import realtime
from openai.types.realtime.realtime_audio_input_turn_detection import SemanticVad

URL = os.environ["LOCI_URL"]
REPLY = os.environ["LOCI_REPLY"]
RATE = 24000
FRAME = RATE // 50


def words(text):
    return re.findall(r"[a-z]+", text.lower())


def call(path, body, kind="application/json"):
    request = urllib.request.Request(URL + path, data=body, headers={"Content-Type": kind})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def speak(text):
    return call("/v1/audio/speech", json.dumps({
        "model": "tts-1", "voice": "flite", "input": text, "response_format": "pcm"}).encode())


def understand(pcm):
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, RATE, 0, "NONE", ""))
        out.writeframes(pcm)
    line = uuid.uuid4().hex
    body = (f'--{line}\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n--{line}\r\n'
            'Content-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n').encode()
    answer = call("/v1/audio/transcriptions", body + file.getvalue() + f"\r\n--{line}--\r\n".encode(),
                  f"multipart/form-data; boundary={line}")
    return words(json.loads(answer)["text"])


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


async def until(holds, what, seconds=30):
    end = asyncio.get_running_loop().time() + seconds
    while not holds():
        assert asyncio.get_running_loop().time() < end, f"{what} did not come within {seconds} s"
        await asyncio.sleep(0.01)


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


async def main():
    model = realtime.RealtimeModel(
        base_url=URL + "/v1", api_key=os.environ.get("LOCI_KEY", "none"), voice="alloy",
        turn_detection=SemanticVad(type="semantic_vad", eagerness="high", create_response=True,
                                   interrupt_response=True))
    session = model.session()
    generations, heard, errors, seen = [], [], [], []
    session.on("generation_created", lambda event: generations.append(Generation(event)))
    session.on("input_audio_transcription_completed",
               lambda event: event.is_final and heard.append(event.transcript))
    session.on("error", lambda event: errors.append(event.error))
    session.on("openai_server_event_received", lambda event: seen.append(event["type"]))
    await session.update_instructions("Be brief.")
    await session.update_tools([weather])

    await session.generate_reply(instructions="Greet the person.")
    greeting = generations.pop()
    await greeting.over
    assert greeting.event.user_initiated and understand(greeting.sound) == words(REPLY)
    assert greeting.text == REPLY and greeting.timed > 0

    await say(session, speak("What can you do for me?"))
    await until(lambda: generations, "the answer to speech")
    answer = generations.pop()
    await answer.over
    assert words(heard[-1]) == words("What can you do for me"), heard
    assert answer.text == REPLY and understand(answer.sound) == words(REPLY)

    await say(session, speak("What is the weather in Rome?"))
    await until(lambda: generations, "the call")
    asked = generations.pop()
    await asked.over
    assert [(one.name, json.loads(one.arguments)) for one in asked.calls] == [("weather", {"city": "Rome"})]
    context = session.chat_ctx.copy()
    context.items.append(llm.FunctionCallOutput(
        call_id=asked.calls[0].call_id, name="weather", output="sunny in Rome", is_error=False))
    await session.update_chat_ctx(context)
    await session.generate_reply()
    used = generations.pop()
    await used.over
    assert words(used.text) == words("It is sunny today."), used.text

    speaking = asyncio.create_task(say(session, speak("Tell me a long story.")))
    await until(lambda: generations and generations[-1].sound, "the beginning of a story")
    story = generations.pop()
    session.interrupt()
    await story.over
    await speaking
    session.truncate(message_id=story.message, modalities=["audio", "text"], audio_end_ms=200)
    await until(lambda: "conversation.item.truncated" in seen, "the truncation")

    # What it changes in the conversation is acknowledged, or this raises.
    context = session.chat_ctx.copy()
    context.items.pop()
    context.add_message(role="user", content="What did I ask?")
    await session.update_chat_ctx(context)
    assert [item.id for item in session.chat_ctx.items] == [item.id for item in context.items]
    await session.aclose()
    await model.aclose()
    assert not errors, errors
    print(f"ok {len(seen)} events")


asyncio.run(main())
