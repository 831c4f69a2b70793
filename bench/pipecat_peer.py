"""A spoken conversation with pipecat, measured as bench/voice_turns.hpp measures Loci's: the same
sentences in the same voice, over the same noise, in real time.

It runs in the environment that install_pipecat.sh makes. pipecat decides itself when a turn is over,
with what is its default: Silero, Smart Turn 3.2, its own times. It understands and speaks through
pipecat's own services for OpenAI's routes, which a Loci server answers with the models that Loci's
chain is measured with; what to say is there at once. The loudspeaker takes sound at the pace of a
sound card. A table goes to standard error, JSON to standard output.
"""
import argparse
import asyncio
import json
import math
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import soxr
from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.frames.frames import (BotStoppedSpeakingFrame, InputAudioRawFrame, LLMContextFrame,
                                   LLMFullResponseEndFrame, LLMFullResponseStartFrame, LLMTextFrame,
                                   UserStoppedSpeakingFrame)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (LLMContextAggregatorPair,
                                                                   LLMUserAggregatorParams)
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.openai.stt import OpenAISTTService
from pipecat.services.openai.tts import OpenAITTSService
from pipecat.transports.base_input import BaseInputTransport
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.base_transport import TransportParams
from pipecat.workers.runner import WorkerRunner

ANSWER = "I can help you."
HZ = 16_000
FRAME = 512  # 32 ms
NOISE = 0.0005  # rig/room_noise.hpp
ANSWER_MS, REST_MS, END_MS = 8_000, 400, 2_500  # voice_turns.hpp


@dataclass
class Turn:
    """What happened in one turn, in seconds of this program's clock."""
    commits: int = 0
    committed: float | None = None
    first_sound: float | None = None
    done: bool = False

    def commit(self):
        self.commits += 1
        self.committed = time.monotonic()
        # What was heard before answered an earlier part.
        self.first_sound, self.done = None, False


class Person:
    """Speaks into the microphone in real time, over low noise, and notes what comes back."""

    def __init__(self, microphone):
        self.turn = Turn()
        self.microphone = microphone
        self.random = np.random.default_rng(7)
        self.due = time.monotonic()

    async def speak(self, sound):
        for at in range(0, len(sound), FRAME):
            heard = self.random.normal(0, NOISE, FRAME)
            piece = sound[at:at + FRAME]
            heard[:len(piece)] += piece
            pcm = np.clip(heard * 32768, -32768, 32767).astype("<i2").tobytes()
            await self.microphone.push_audio_frame(InputAudioRawFrame(pcm, HZ, 1))
            self.due = max(self.due + FRAME / HZ, time.monotonic() - 0.1)
            await asyncio.sleep(max(0.0, self.due - time.monotonic()))

    async def wait(self, most_ms, enough=lambda: False):
        """Stays silent until `enough`, at most `most_ms`."""
        for _ in range(0, most_ms, 32):
            if enough():
                return
            await self.speak(np.zeros(FRAME))


class Microphone(BaseInputTransport):
    async def start(self, frame):
        await super().start(frame)
        await self.set_transport_ready(frame)


class Loudspeaker(BaseOutputTransport):
    def __init__(self, params, person):
        super().__init__(params)
        self.person = person
        self.due = 0.0

    async def start(self, frame):
        await super().start(frame)
        await self.set_transport_ready(frame)

    async def write_audio_frame(self, frame):
        now = time.monotonic()
        self.person.turn.first_sound = self.person.turn.first_sound or now
        self.due = max(self.due, now) + len(frame.audio) / 2 / frame.sample_rate
        await asyncio.sleep(self.due - now)
        return True


class ScriptedMind(FrameProcessor):
    """Stands where the language model would: answers at once. All that is said passes here."""

    def __init__(self, person):
        super().__init__()
        self.person = person

    async def process_frame(self, frame, direction):
        await super().process_frame(frame, direction)
        if isinstance(frame, LLMContextFrame):
            for part in (LLMFullResponseStartFrame(), LLMTextFrame(ANSWER), LLMFullResponseEndFrame()):
                await self.push_frame(part)
            return
        if isinstance(frame, UserStoppedSpeakingFrame):
            self.person.turn.commit()
        elif isinstance(frame, BotStoppedSpeakingFrame):
            self.person.turn.done = self.person.turn.first_sound is not None
        await self.push_frame(frame, direction)


def worker_of(url, params, microphone, person):
    user, assistant = LLMContextAggregatorPair(
        LLMContext(), user_params=LLMUserAggregatorParams(vad_analyzer=SileroVADAnalyzer()))
    return PipelineWorker(Pipeline([
        microphone, OpenAISTTService(api_key="none", base_url=url), user, ScriptedMind(person),
        # It knows OpenAI's names of voices only; to the server they mean its chosen one.
        OpenAITTSService(api_key="none", base_url=url), Loudspeaker(params, person), assistant]))


@contextmanager
def loci_server(program, cache, folder):
    """The routes' address of a server with a folder and a port of its own (rig/loci_server.cpp)."""
    with tempfile.TemporaryDirectory(dir=folder) as home:
        environment = {
            "HOME": home, "PATH": os.environ["PATH"], "LOCI_CACHE": cache,
            "LOCI_MODELS_DISCOVER": "false", "LOCI_LOGGING_LEVEL": "warn", "LOCI_SPEECH_VOICE": "flite",
            "LOCI_LIMITS_REQUESTS_PER_SECOND": "100000", "LOCI_LIMITS_REQUEST_BURST": "100000"}
        process = subprocess.Popen(
            [program, "serve", "--port", "0", "--data", home + "/data", "--no-browser"],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            said = []
            for line in process.stdout:
                said.append(line)
                if ready := re.search(r"ready: \S+:(\d+)", line):
                    yield f"http://127.0.0.1:{ready[1]}/v1"
                    break
            else:
                sys.exit("the server did not get ready: " + "".join(said[-5:]))
        finally:
            process.terminate()
            process.wait(20)


def say(url, text):
    """The sentence at 16 kHz, without the silence that the voice puts around it."""
    body = json.dumps({"model": "tts-1", "voice": "flite", "input": text, "response_format": "pcm"})
    asking = urllib.request.Request(url + "/audio/speech", body.encode(),
                                    {"Content-Type": "application/json"})
    with urllib.request.urlopen(asking, timeout=60) as answer:
        sound = soxr.resample(np.frombuffer(answer.read(), "<i2") / np.float32(32768), 24_000, HZ)
    loud = np.flatnonzero(np.abs(sound) > 0.02)
    return sound[loud[0]:loud[-1] + 1]


def lines_of(url, turns):
    """The lines of voice_set.hpp as sound, in parts; every third has a pause in its middle."""
    text = pathlib.Path(__file__).with_name("voice_set.hpp").read_text(encoding="utf-8")
    complete, paused = (re.findall(r'"(.*?)"', text[text.index(begin):text.index(end)])
                        for begin, end in (("kComplete", "kPaused"), ("kPaused", "kInterrupting")))
    for number in range(turns):
        at = number // 3 * 2 % len(paused)
        parts = paused[at:at + 2] if number % 3 == 2 else [complete[number % len(complete)]]
        yield [say(url, part) for part in parts]


@dataclass
class Figures:
    first_sound: list = field(default_factory=list)  # ms; of turns in one piece alone
    to_commit: list = field(default_factory=list)  # of the same
    each: list = field(default_factory=list)  # commits at the end of speech and in all; ms to both
    cut_in: int = 0
    missed: int = 0
    unanswered: int = 0
    all: int = 0


async def speak_line(person, parts, number, figures):
    """As speak_line() of voice_turns.hpp."""
    figures.all += 1
    person.turn = turn = Turn()
    await person.speak(parts[0])
    await person.wait(500 + 100 * (number % 5) if parts[1:] else 0)
    figures.cut_in += turn.commits > 0
    for rest in parts[1:]:
        await person.speak(rest)
    ended, before = time.monotonic(), turn.commits
    await person.wait(END_MS, lambda: turn.commits > before)
    figures.missed += turn.commits == before
    # An end found late is waited for, too: it must not reach into the next line.
    await person.wait(ANSWER_MS, lambda: turn.done and turn.commits > before)
    figures.unanswered += turn.first_sound is None
    await person.wait(REST_MS)
    after = [at and round(1_000 * (at - ended), 3) for at in (turn.committed, turn.first_sound)]
    figures.each.append({"parts": len(parts), "commits": [before, turn.commits], "ms": after})
    if len(parts) == 1 and turn.commits == 1 and turn.first_sound is not None:
        figures.to_commit.append(after[0])
        figures.first_sound.append(after[1])


async def converse(url, lines):
    params = TransportParams(audio_in_enabled=True, audio_out_enabled=True)
    microphone = Microphone(params)
    person = Person(microphone)
    worker = worker_of(url, params, microphone, person)
    started = asyncio.Event()
    worker.add_event_handler("on_pipeline_started", lambda *_: started.set())
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())
    await started.wait()
    figures = Figures()
    await person.wait(500)
    # The first turn loads the recogniser and compiles what pipecat compiles; it does not count.
    await speak_line(person, lines[0], 0, Figures())
    for number, parts in enumerate(lines):
        await speak_line(person, parts, number, figures)
    await worker.cancel()
    await running
    return figures


def load_now():
    return pathlib.Path("/proc/loadavg").read_text(encoding="utf-8").strip()


def share_of(samples, share):
    """The value that `share` of the samples do not exceed, as Samples::at()."""
    return sorted(samples)[max(1, math.ceil(share * len(samples))) - 1] if samples else None


def report_of(figures, load_before):
    percent = 100 / figures.all
    rows = [(f"{key}_p{share}_ms", f"{what}, p{share}", "ms", share_of(samples, share / 100))
            for key, what, samples, shares in (
                ("end_to_first_sound", "end of speech → first sound", figures.first_sound, (50, 95)),
                ("stage_end_to_commit", "  of it until the turn is over", figures.to_commit, (50, 95)))
            for share in shares]
    rows[2:2] = [
        ("false_cut_ins_percent", "  turns cut into", "%", figures.cut_in * percent),
        ("missed_ends_percent", "  ends missed for 2.5 s", "%", figures.missed * percent),
        ("unanswered", f"  turns without a sound, of {figures.all}", "", figures.unanswered)]
    load = load_now()
    for _, what, unit, value in rows:
        print(f"{what:40} {'-' if value is None else round(value, 1):>9} {unit}", file=sys.stderr)
    print(f"load average {load_before[:14]} before, {load[:14]} after", file=sys.stderr)
    return {"bench": "voice", "peer": "pipecat",
            "machine": {"cores": os.cpu_count(), "load_before": load_before, "load_after": load},
            "lines": [dict(zip(("key", "what", "unit", "value"), row)) for row in rows],
            "details": {"turns": figures.each}}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True, help="the program loci")
    parser.add_argument("--cache", required=True, help="its models/ holds the models")
    parser.add_argument("--folder", help="where data may lie while it is measured")
    parser.add_argument("--turns", type=int, default=100)
    wishes = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the server ends, too
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    load_before = load_now()
    with loci_server(wishes.server, wishes.cache, wishes.folder) as url:
        lines = list(lines_of(url, max(5, wishes.turns)))
        figures = asyncio.run(converse(url, lines))
    print(json.dumps(report_of(figures, load_before), indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
