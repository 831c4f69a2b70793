"""A page that talks, without a browser: a microphone in real time, a loudspeaker that reports what
it played. Used by the tests of /ws/voice."""
import array
import asyncio
import json
import struct
import subprocess
import time
import wave

import websockets

RATE = 16000
FRAME = RATE // 50  # 20 ms
SILENCE = bytes(2 * FRAME)


def speech(program, home, env, text):
    """The text as samples at 16 kHz, spoken by flite, which speaks at that rate."""
    path = home / "said.wav"
    made = subprocess.run([program, "speak", text, "--out", str(path), "--voice", "flite"], env=env,
                          capture_output=True, text=True, timeout=120, check=False, cwd=home)
    assert made.returncode == 0, made.stderr
    with wave.open(str(path)) as file:
        assert file.getframerate() == RATE and file.getnchannels() == 1
        return file.readframes(file.getnframes())


class Page:
    def __init__(self, socket):
        self.socket = socket
        self.events = []
        self.audio = {}  # response -> samples as bytes
        self.began = {}  # response -> when its first sample came
        self.paused = None
        self.to_say = b""
        self.held = {}  # response -> seconds played before a pause

    @classmethod
    async def open(cls, server, **hello):
        socket = await websockets.connect(server.url.replace("http", "ws") + "/ws/voice",
                                          max_size=None, max_queue=None)
        await socket.send(json.dumps({
            "type": "voice.hello", "protocol": 1, "client": "test", "tab": "one",
            "input_rate": RATE, "output_rate": RATE, "echo_cancelled": True, "mode": "continuous",
            **hello}))
        page = cls(socket)
        page.tasks = [asyncio.create_task(page.listen()), asyncio.create_task(page.microphone()),
                      asyncio.create_task(page.loudspeaker())]
        return page

    async def close(self):
        for task in self.tasks:
            task.cancel()
        await self.socket.close()

    async def send(self, kind, **fields):
        await self.socket.send(json.dumps({"type": kind, **fields}))

    async def microphone(self):
        due = time.monotonic()
        while True:
            frame, self.to_say = self.to_say[:2 * FRAME], self.to_say[2 * FRAME:]
            await self.socket.send(frame + SILENCE[len(frame):])
            due += 0.02
            await asyncio.sleep(max(0, due - time.monotonic()))

    def played_ms(self, response):
        made = len(self.audio.get(response, b"")) / 2 / RATE
        if response not in self.began:
            return 0
        if self.paused == response:
            return int(1000 * self.held[response])
        return int(1000 * min(made, time.monotonic() - self.began[response]))

    async def loudspeaker(self):
        while True:
            await asyncio.sleep(0.1)
            for response in list(self.began):
                await self.send("voice.played", response=response,
                                played_ms=self.played_ms(response))

    async def listen(self):
        async for message in self.socket:
            if isinstance(message, bytes):
                response, _, first = struct.unpack("<III", message[:12])
                self.began.setdefault(response, time.monotonic())
                before = self.audio.setdefault(response, b"")
                assert first * 2 == len(before), "the audio of a response has no gaps"
                self.audio[response] = before + message[12:]
                continue
            event = json.loads(message)
            event["came"] = time.monotonic()
            self.events.append(event)
            response = event.get("response")
            if event["type"] == "voice.pause":
                self.held[response] = self.played_ms(response) / 1000
                self.paused = response
            elif event["type"] == "voice.resume":
                self.began[response] = time.monotonic() - self.held[response]
                self.paused = None
            elif event["type"] in ("voice.cancel", "voice.response_done"):
                played = self.played_ms(response)
                self.paused = None
                if self.began.pop(response, None) and event["type"] == "voice.cancel":
                    await self.send("voice.played", response=response, played_ms=played)

    def of(self, kind):
        return [event for event in self.events if event["type"] == kind]

    async def until(self, kind, seconds=30, **fields):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for event in self.of(kind):
                if all(event.get(key) == value for key, value in fields.items()):
                    return event
            await asyncio.sleep(0.02)
        shown = [e["type"] for e in self.events if e["type"] != "voice.probability"]
        raise AssertionError(f"no {kind} {fields} within {seconds} s after {shown[-30:]}: "
                             f"{self.of('voice.error')[-3:]}")

    def save(self, response, path):
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(self.audio[response])

    def loudest(self, response):
        return max(abs(sample) for sample in array.array("h", self.audio[response]))
