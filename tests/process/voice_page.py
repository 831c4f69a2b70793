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
# A loudspeaker heard by the microphone: seconds later, and how loud. 80 ms of devices and air at
# -15 dB, then the room.
ECHO = ((0.080, 0.178), (0.093, -0.06), (0.121, 0.04), (0.160, -0.02))


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
        self.echo = ()  # of the loudspeaker in the microphone, such as ECHO
        self.air = array.array("h")  # what the loudspeaker played, up to the next frame heard

    @classmethod
    async def open(cls, server, echo=(), **hello):
        socket = await websockets.connect(server.url.replace("http", "ws") + "/ws/voice",
                                          max_size=None, max_queue=None)
        await socket.send(json.dumps({
            "type": "voice.hello", "protocol": 1, "client": "test", "tab": "one",
            "input_rate": RATE, "output_rate": RATE, "echo_cancelled": True, "mode": "continuous",
            **hello}))
        page = cls(socket)
        page.echo = echo
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
            frame += SILENCE[len(frame):]
            await self.socket.send(self.with_echo(frame, due) if self.echo else frame)
            due += 0.02
            await asyncio.sleep(max(0, due - time.monotonic()))

    def with_echo(self, frame, end):
        """The frame, which ends at that time, with what the loudspeaker plays in it."""
        played = array.array("h", SILENCE)
        for response, began in self.began.items():
            first = int((end - began) * RATE + 0.001) - FRAME
            if self.paused != response and first + FRAME > 0:
                sound = self.audio[response][2 * max(0, first):2 * (first + FRAME)]
                at = max(0, -first)
                played[at:at + len(sound) // 2] = array.array("h", sound)
        self.air = (self.air + played)[-RATE // 2:]
        heard = array.array("h", frame)
        for late, gain in self.echo:
            begin = len(self.air) - FRAME - int(late * RATE)
            if begin >= 0:
                heard = [near + gain * far for near, far in zip(heard, self.air[begin:begin + FRAME])]
        return array.array("h", [max(-32768, min(32767, int(sample))) for sample in heard]).tobytes()

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
