"""Loci as a node of a Dora dataflow: sound in, spoken answers out. See docs/dora.md.

Inputs   audio       float32 from -1 to 1, or int16, mono; metadata `sample_rate` or COMPANION_RATE
         text        words to answer instead of speech
         interrupt   anything: stop talking
Outputs  audio       float32, mono, 24000 Hz, hardly ahead of the time it takes to play it
         transcript  what Loci answered
         heard       what it understood
         state       idle, hearing, thinking or speaking, whenever that changes

One thread does it all: a Dora node must not be used by two.
"""
import base64
import collections
import json
import logging
import os
import subprocess
import sys
import time

import numpy as np
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

INPUTS = ("audio", "text", "interrupt")
OUTPUTS = ("audio", "transcript", "heard", "state")
RATE = 24000  # of the protocol, both ways
CHUNK = RATE // 10
AHEAD = 0.3  # seconds that may lie in the queues after this node
WAIT = 0.01
URL = "ws://127.0.0.1:5624/v1/realtime?model=loci/companion"
log = logging.getLogger("loci")


class Resampler:
    """Sound at another rate as sound at RATE, block by block, by a windowed sinc."""

    HALF = 16  # samples of the input on either side

    def __init__(self, rate):
        if not 4000 <= rate <= 192000:
            raise ValueError(f"a sample_rate of {rate} is not from 4000 to 192000")
        self.step = rate / RATE
        # Upwards nothing is lost; downwards what the lower rate cannot hold has to go.
        self.width = self.HALF * max(1.0, self.step)
        self.cut = min(1.0, 1 / self.step)
        self.kept = np.zeros(int(self.width) + 1, np.float32)
        self.at = float(len(self.kept))  # the next output, as a place in what is kept

    def __call__(self, samples):
        if self.step == 1:
            return samples
        self.kept = np.concatenate([self.kept, samples])
        reach = int(self.width) + 1
        last = len(self.kept) - 1 - reach
        count = int((last - self.at) / self.step) + 1 if last >= self.at else 0
        places = self.at + self.step * np.arange(count)
        whole = places.astype(np.int64)
        taps = np.arange(-reach + 1, reach + 1)
        away = (taps[None, :] - (places - whole)[:, None])
        window = np.where(np.abs(away) < self.width, 0.5 + 0.5 * np.cos(np.pi * away / self.width), 0)
        weights = self.cut * np.sinc(self.cut * away) * window
        made = (self.kept[whole[:, None] + taps[None, :]] * weights).sum(axis=1)
        self.at += self.step * count
        drop = max(0, int(self.at) - reach)
        self.kept, self.at = self.kept[drop:], self.at - drop
        return made.astype(np.float32)


class Voice:
    """What is still to be heard. Loci speaks faster than sound is played, and the queues of a dataflow
    drop what is too much for them, so it goes out as it is played."""

    def __init__(self, clock=time.monotonic):
        self.clock = clock
        self.items = collections.OrderedDict()  # id -> Item
        self.segment = 0
        self.played = 0.0  # when all that went out will have been heard

    class Item:
        def __init__(self, segment):
            self.segment = segment
            self.waiting = []
            self.sent = self.seq = 0  # samples, chunks
            self.ended = self.closed = False  # all of it came; all of it went out

    def add(self, item, samples):
        if item not in self.items:
            self.segment += 1
            self.items[item] = self.Item(self.segment)
        self.items[item].waiting.append(samples)

    def end(self, item):
        if item in self.items:
            self.items[item].ended = True

    def due(self):
        """(samples, metadata) of what may go out now."""
        now = self.clock()
        for name, item in list(self.items.items()):
            rest = np.concatenate([*item.waiting, np.zeros(0, np.float32)])
            while not item.closed and self.played - now + CHUNK / RATE < AHEAD + 0.001:
                # A part of a chunk waits for its rest.
                if len(rest) < CHUNK and not item.ended:
                    break
                chunk, rest = rest[:CHUNK], rest[CHUNK:]
                item.sent += len(chunk)
                item.closed = item.ended and not len(rest)
                self.played = max(self.played, now) + len(chunk) / RATE
                yield chunk, self.about(item)
            item.waiting = [rest] if len(rest) else []
            if not item.closed:
                return  # one after the other
            if self.played <= now or len(self.items) > 1:
                del self.items[name]

    def stop(self):
        """Forgets the rest. Returns {item: milliseconds heard} of what was not heard to its end, and
        the metadata that makes a dataflow drop what is on its way."""
        now = self.clock()
        ahead = max(0.0, self.played - now)
        cut = {}
        for name, item in self.items.items():
            if item.closed and not ahead:
                continue
            heard = max(0.0, item.sent / RATE - ahead)
            cut[name] = int(1000 * heard)
        self.items.clear()
        self.played = now
        self.segment += 1
        return cut, {"sample_rate": RATE, "segment_id": self.segment, "seq": 0, "fin": False, "flush": True}

    @property
    def speaking(self):
        return bool(self.items) or self.played > self.clock()

    @staticmethod
    def about(item):
        item.seq += 1
        return {"sample_rate": RATE, "segment_id": item.segment, "seq": item.seq - 1,
                "fin": item.closed, "flush": False}


class LociNode:
    def __init__(self, node, socket, arrow, rate=16000, instructions="", clock=time.monotonic):
        self.node, self.socket, self.arrow, self.rate = node, socket, arrow, rate
        self.clock = clock
        self.voice = Voice(clock)
        self.resampler = None
        self.state = ""
        self.hearing = self.thinking = False
        session = {"type": "realtime", "audio": {"input": {
            "format": {"type": "audio/pcm", "rate": RATE}, "transcription": {"model": "whisper-1"},
            "turn_detection": {"type": "semantic_vad"}}}}
        if instructions:
            session["instructions"] = instructions
        self.send(type="session.update", session=session)

    def run(self):
        """Until the dataflow stops. ConnectionClosed: Loci went away."""
        while True:
            began = time.monotonic()
            event = self.node.next(timeout=WAIT)
            # None: nothing came in that time, or, at once, nothing will ever come.
            if event is None and time.monotonic() - began < WAIT / 2:
                return
            if event is not None and event["type"] == "STOP":
                return
            if event is not None and event["type"] == "INPUT":
                self.take_input(event["id"], event["value"], event.get("metadata") or {})
            self.step()

    def step(self):
        while True:
            try:
                frame = self.socket.recv(timeout=0)
            except TimeoutError:
                break
            self.take_event(json.loads(frame))
        for samples, metadata in self.voice.due():
            self.node.send_output("audio", self.arrow(samples), metadata)
        self.tell_state()

    def take_input(self, name, value, metadata):
        if name == "audio":
            self.take_sound(value.to_numpy(zero_copy_only=False), int(metadata.get("sample_rate", self.rate)))
        elif name == "text":
            self.interrupt()
            words = " ".join(str(text) for text in value.to_pylist())
            self.send(type="conversation.item.create", item={
                "type": "message", "role": "user", "content": [{"type": "input_text", "text": words}]})
            self.send(type="response.create")
        elif name == "interrupt":
            self.interrupt()
        else:
            log.warning("there is no input `%s` here, but %s", name, ", ".join(INPUTS))

    def take_sound(self, samples, rate):
        if samples.dtype == np.int16:
            samples = samples.astype(np.float32) / 32768
        elif not np.issubdtype(samples.dtype, np.floating):
            raise ValueError(f"audio is {samples.dtype}: send float32 or int16")
        if self.resampler is None or self.resampler[0] != rate:
            self.resampler = rate, Resampler(rate)
        samples = self.resampler[1](samples.astype(np.float32))
        if len(samples):
            pcm = (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
            self.send(type="input_audio_buffer.append", audio=base64.b64encode(pcm).decode())

    def take_event(self, event):
        kind = event["type"]
        if kind == "response.output_audio.delta":
            pcm = np.frombuffer(base64.b64decode(event["delta"]), "<i2")
            self.voice.add(event["item_id"], pcm.astype(np.float32) / 32768)
        elif kind == "response.output_audio.done":
            self.voice.end(event["item_id"])
        elif kind == "response.output_audio_transcript.done":
            self.say("transcript", event["transcript"])
        elif kind == "conversation.item.input_audio_transcription.completed":
            self.say("heard", event["transcript"])
        elif kind == "input_audio_buffer.speech_started":
            self.hearing = True
            self.silence()
        elif kind == "input_audio_buffer.speech_stopped":
            self.hearing = False
        elif kind in ("response.created", "response.done"):
            self.thinking = kind == "response.created"
        elif kind == "error" and event["error"].get("code") != "response_cancel_not_active":
            # The other: it was over before it could be stopped.
            log.error("%s: %s", event["error"].get("code"), event["error"].get("message"))

    def interrupt(self):
        if self.thinking:
            self.send(type="response.cancel")
        self.silence()

    def silence(self):
        """Stops the sound and tells Loci what was heard of it."""
        if not self.voice.speaking:
            return
        cut, metadata = self.voice.stop()
        self.node.send_output("audio", self.arrow(np.zeros(0, np.float32)), metadata)
        for item, heard in cut.items():
            self.send(type="conversation.item.truncate", item_id=item, content_index=0, audio_end_ms=heard)

    def say(self, output, words):
        if words.strip():
            self.node.send_output(output, self.arrow([words.strip()]), {"segment_id": self.voice.segment})

    def tell_state(self):
        state = ("hearing" if self.hearing else "speaking" if self.voice.speaking
                 else "thinking" if self.thinking else "idle")
        if state != self.state:
            self.state = state
            self.node.send_output("state", self.arrow([state]), {})

    def send(self, **event):
        self.socket.send(json.dumps(event))


def start_server(program):
    """A server of its own on a free port. Its settings are the LOCI_… variables of the node."""
    server = subprocess.Popen([program, "serve", "--port", "0", "--no-browser"], stdout=subprocess.PIPE,
                              text=True)
    for line in server.stdout:
        if "ready: http" in line:
            base = line.rsplit("ready: ", 1)[1].strip()
            return server, base.replace("http", "ws", 1) + "/v1/realtime?model=loci/companion"
    sys.exit(f"{program} serve ended with {server.wait()} before it was ready")


def main():
    import pyarrow
    from dora import Node

    node = Node()
    logging.basicConfig(level=logging.INFO)
    server, url = None, os.environ.get("COMPANION_URL", URL)
    if os.environ.get("COMPANION_PROGRAM"):
        server, url = start_server(os.environ["COMPANION_PROGRAM"])
    key = os.environ.get("COMPANION_KEY")
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        with connect(url, additional_headers=headers, max_size=None) as socket:
            LociNode(node, socket, pyarrow.array, int(os.environ.get("COMPANION_RATE", "16000")),
                     os.environ.get("COMPANION_INSTRUCTIONS", "")).run()
    except (ConnectionClosed, OSError) as error:
        sys.exit(f"no Loci at {url.split('?')[0]}: {error}")
    finally:
        if server:
            server.terminate()
            server.wait(timeout=30)


if __name__ == "__main__":
    main()
