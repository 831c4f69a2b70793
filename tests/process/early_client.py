"""An early voice client as Moly is one, written from what it is known to do: it speaks the older form
of the Realtime protocol to a bare address, reads each event strictly and passes over what it does not
know, closes its microphone between speech_stopped and the answer, says "stop" by a commit, and reads
the calls of functions from response.done. Used by test_moly.py."""
import asyncio
import base64
import json
import time

import websockets

RATE = 24000
FRAME_MS = 20
SILENCE = bytes(2 * RATE * FRAME_MS // 1000)
# Field and kind of every event that is read; one that lacks a field is lost to the client.
READ = {
    "error": {"error.message": str},
    "session.created": {"session": dict},
    "session.updated": {"session": dict},
    "response.audio.delta": {"response_id": str, "item_id": str, "output_index": int,
                             "content_index": int, "delta": str},
    "response.audio_transcript.delta": {"response_id": str, "item_id": str, "output_index": int,
                                        "content_index": int, "delta": str},
    "response.audio_transcript.done": {"response_id": str, "item_id": str, "output_index": int,
                                       "content_index": int, "transcript": str},
    "conversation.item.input_audio_transcription.completed": {
        "item_id": str, "content_index": int, "transcript": str},
    "response.done": {"response.id": str, "response.status": str, "response.output": list},
    "input_audio_buffer.speech_started": {"audio_start_ms": int, "item_id": str},
    "input_audio_buffer.speech_stopped": {"audio_end_ms": int, "item_id": str},
}
CALL = {"id": str, "name": str, "call_id": str, "arguments": str, "status": str}


def field(event, path):
    for key in path.split("."):
        event = event.get(key) if isinstance(event, dict) else None
    return event


def strictly(event, fields):
    for path, kind in fields.items():
        found = field(event, path)
        right = isinstance(found, kind) and not isinstance(found, bool)
        assert right and (kind is not int or found >= 0), f"{path} of {event} is no {kind.__name__}"


class EarlyClient:
    def __init__(self, socket):
        self.socket = socket
        self.events = []
        self.sound = b""  # since the last clear()
        self.messages = []  # (item, who, words); shown in the order of their items
        self.calls = []
        self.errors = []
        self.listening = False
        self.to_say = b""
        self.playing_until = 0.0
        self.broken = None

    @classmethod
    async def open(cls, url, key=""):
        # The host that it names is OpenAI's, whatever it is connected to.
        port = int(url.rsplit(":", 1)[1].strip("/"))
        socket = await websockets.connect(
            "ws://api.openai.com/", host="127.0.0.1", port=port, max_size=None, max_queue=None,
            proxy=None, additional_headers={"Authorization": f"Bearer {key}", "OpenAI-Beta": "realtime=v1"})
        client = cls(socket)
        client.tasks = [asyncio.create_task(client.read()), asyncio.create_task(client.microphone())]
        await client.until("session.created")
        return client

    async def close(self):
        for task in self.tasks:
            task.cancel()
        await self.socket.close()

    async def send(self, **event):
        await self.socket.send(json.dumps(event))

    async def configure(self, tools=()):
        await self.send(type="session.update", session={
            "modalities": ["text", "audio"], "instructions": "Be warm and brief.", "voice": "alloy",
            "model": "nook", "input_audio_format": "pcm16", "output_audio_format": "pcm16",
            "input_audio_transcription": {"model": "whisper"},
            "input_audio_noise_reduction": {"type": "far_field"},
            "turn_detection": {"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300,
                               "silence_duration_ms": 200, "interrupt_response": True,
                               "create_response": True},
            "tools": list(tools), "tool_choice": "auto" if tools else "none",
            "temperature": 0.800000011920929, "max_response_output_tokens": 4096})

    async def respond(self, instructions=None, choice="auto"):
        await self.send(type="response.create", response={
            "modalities": ["text", "audio"], "instructions": instructions, "voice": None,
            "output_audio_format": "pcm16", "tools": [], "tool_choice": choice,
            "temperature": 0.800000011920929, "max_output_tokens": 4096})

    async def greet(self):
        await self.respond("Start with one short greeting.", "none")

    async def interrupt(self):
        await self.send(type="input_audio_buffer.commit")

    async def answer_call(self, call, output):
        await self.send(type="conversation.item.create", item={
            "type": "function_call_output", "call_id": call["call_id"], "output": output})
        await self.respond()

    async def microphone(self):
        """In real time; closed, it sends nothing at all."""
        due = time.monotonic()
        while True:
            if self.listening:
                frame, self.to_say = self.to_say[:len(SILENCE)], self.to_say[len(SILENCE):]
                await self.send(type="input_audio_buffer.append",
                                audio=base64.b64encode(frame + SILENCE[len(frame):]).decode())
            due += FRAME_MS / 1000
            await asyncio.sleep(max(0, due - time.monotonic()))

    async def read(self):
        try:
            async for frame in self.socket:
                event = json.loads(frame)
                self.events.append(event)
                if event["type"] in READ:
                    strictly(event, READ[event["type"]])
                    self.take(event["type"], event)
        except Exception as error:  # told by until()
            self.broken = error
            raise

    def take(self, kind, event):
        if kind == "response.audio.delta":
            sound = base64.b64decode(event["delta"], validate=True)
            self.sound += sound
            now = time.monotonic()
            self.playing_until = max(self.playing_until, now) + len(sound) / 2 / RATE
            self.listening = True
        elif kind == "response.audio_transcript.done":
            self.messages.append((event["item_id"], "ai", event["transcript"]))
        elif kind.endswith("transcription.completed"):
            self.messages.append((event["item_id"], "user", event["transcript"]))
        elif kind == "input_audio_buffer.speech_started":
            self.playing_until = 0.0
            self.listening = True
        elif kind == "input_audio_buffer.speech_stopped":
            self.listening = False
        elif kind == "response.done":
            calls = [item for item in event["response"]["output"] if item["type"] == "function_call"]
            for call in calls:
                strictly(call, CALL)
            self.calls += calls[:1]
            # With a call it waits for the answer that follows.
            self.listening = self.listening or not calls
        elif kind == "error":
            self.errors.append(event["error"]["message"])
            self.listening = True

    def shown(self):
        return [(who, words) for _, who, words in sorted(self.messages) if words.strip()]

    def of(self, kind):
        return [event for event in self.events if event["type"] == kind]

    def answers(self):
        """Responses that are over, without the empty ones that answer a noise."""
        return [event["response"] for event in self.of("response.done") if event["response"]["output"]]

    async def answered(self, count):
        await self.holds(lambda: len(self.answers()) >= count, f"answer {count}")
        return self.answers()[count - 1]

    async def until(self, kind, count=1, seconds=30):
        await self.holds(lambda: len(self.of(kind)) >= count, f"{kind}, {count} times", seconds)
        return self.of(kind)[count - 1]

    async def holds(self, condition, what, seconds=30):
        end = time.monotonic() + seconds
        while not condition():
            assert self.broken is None, self.broken
            shown = [event["type"] for event in self.events[-25:]]
            assert time.monotonic() < end, f"{what} did not come within {seconds} s: {self.errors} {shown}"
            await asyncio.sleep(0.02)
