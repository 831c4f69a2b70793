"""The Dora node (integrations/dora): its dataflows name what exists, its sound is paced and resampled
as it should be, and the whole node talks with the real server through a pretended Dora."""
import queue
import sys
import threading
import time

import numpy as np
import pytest
import yaml
from conftest import CACHE, ROOT
from sound import spoken, understood, words
from websockets.sync.client import connect

FOLDER = ROOT / "integrations/dora"
sys.path.insert(0, str(FOLDER))
from loci_node import CHUNK, INPUTS, OUTPUTS, RATE, LociNode, Resampler, Voice  # noqa: E402

REPLY = "I can tell you about the weather."
STORY = "Once upon a time there was a very small house near the sea. " * 12
SCRIPT = [{"match": "long story", "repeat": True, "steps": [{"text": STORY}]},
          {"repeat": True, "steps": [{"text": REPLY}]}]


class Array:
    """As much of an Arrow array as a node uses."""

    def __init__(self, items):
        self.items = items

    def to_numpy(self, zero_copy_only):
        assert not zero_copy_only
        return self.items

    def to_pylist(self):
        return list(self.items)


class PretendedNode:
    def __init__(self):
        self.events = queue.Queue()
        self.sent = []  # (output, items, metadata)

    def next(self, timeout):
        try:
            return self.events.get(timeout=timeout)
        except queue.Empty:
            return None

    def send_output(self, output, data, metadata):
        assert output in OUTPUTS
        assert all(isinstance(value, (bool, int, float, str)) for value in metadata.values())
        self.sent.append((output, data.items, metadata))

    def give(self, name, items, **metadata):
        self.events.put({"type": "INPUT", "id": name, "value": Array(items), "metadata": metadata})

    def of(self, output):
        return [items for name, items, _ in list(self.sent) if name == output]

    def said(self, output):
        return [words(text) for items in self.of(output) for text in items]

    def sound(self):
        whole = np.concatenate([np.zeros(0, np.float32), *self.of("audio")])
        return (whole * 32767).astype("<i2").tobytes()


@pytest.mark.parametrize("name", ["local", "hybrid", "cloud", "trial"])
def test_a_dataflow_names_what_exists(name):
    nodes = {node["id"]: node for node in yaml.safe_load((FOLDER / f"{name}.yml").read_text())["nodes"]}
    loci = nodes["loci"]
    assert set(loci["inputs"]) <= set(INPUTS) and set(loci["outputs"]) == set(OUTPUTS)
    for node in nodes.values():
        if node["path"].endswith(".py"):
            assert (FOLDER / node["path"]).exists()
        for source in node["inputs"].values():
            source = source if isinstance(source, str) else source["source"]
            if not source.startswith("dora/"):
                owner, output = source.split("/")
                assert output in nodes[owner]["outputs"]


@pytest.mark.parametrize("rate", [8000, 16000, 24000, 44100, 48000])
def test_sound_is_resampled_across_blocks_of_any_size(rate):
    sizes = np.random.default_rng(1)
    tone = np.sin(2 * np.pi * 440 * np.arange(rate) / rate).astype(np.float32)
    resampler, out = Resampler(rate), []
    while len(tone):
        size = int(sizes.integers(1, 2000))
        out.append(resampler(tone[:size]))
        tone = tone[size:]
    out = np.concatenate(out)
    wanted = np.sin(2 * np.pi * 440 * np.arange(len(out)) / RATE)
    assert RATE - 100 < len(out) <= RATE
    assert np.abs(out - wanted)[200:].max() < 1e-3


def test_what_the_lower_rate_cannot_hold_goes():
    high = np.sin(2 * np.pi * 20000 * np.arange(48000) / 48000).astype(np.float32)
    assert np.abs(Resampler(48000)(high)[200:]).max() < 0.01


def test_sound_leaves_as_it_is_played_and_stops_at_once():
    now = [100.0]
    voice = Voice(lambda: now[0])
    voice.add("a", np.ones(10 * CHUNK + 7, np.float32))
    first = list(voice.due())
    assert [metadata["seq"] for _, metadata in first] == [0, 1, 2] and list(voice.due()) == []
    now[0] += 0.25
    assert [len(samples) for samples, _ in voice.due()] == [CHUNK, CHUNK]
    # Half a second went out, of which 250 ms were played.
    cut, metadata = voice.stop()
    assert cut == {"a": 250} and metadata["flush"] and not metadata["fin"]
    assert not voice.speaking and list(voice.due()) == []

    voice.add("b", np.ones(CHUNK + 7, np.float32))
    assert [len(samples) for samples, _ in voice.due()] == [CHUNK]
    voice.end("b")
    [(samples, metadata)] = voice.due()
    assert len(samples) == 7 and metadata["fin"] and metadata["segment_id"] == 3
    now[0] += 1
    assert list(voice.due()) == [] and voice.stop()[0] == {}


@pytest.fixture
def dataflow(scripted):
    """A node that talks with a server of its own, and what it sent there."""
    if not (CACHE / "models/ggml-tiny.en.bin").exists():
        pytest.skip(f"missing {CACHE / 'models/ggml-tiny.en.bin'}")
    server = scripted(SCRIPT, engine="child")
    socket = connect(server.url.replace("http", "ws") + "/v1/realtime?model=loci/companion", max_size=None)
    node = PretendedNode()
    loci = LociNode(node, socket, Array)
    failed = []

    def run():
        try:
            loci.run()
        except Exception as error:
            failed.append(error)
            raise

    thread = threading.Thread(target=run)
    thread.start()
    yield server, node, loci, failed
    node.events.put({"type": "STOP"})
    thread.join(timeout=20)
    socket.close()
    assert not thread.is_alive() and not failed


def wait(dataflow, holds, what):
    server, node, _, failed = dataflow
    server.wait_until(lambda: failed or holds(), 60, f"{what} ({node.said('state')})")
    assert not failed


def speak(dataflow, pcm):
    """At 16 kHz in blocks of 100 ms, as a microphone gives it."""
    server, node, _, _ = dataflow
    sound = np.frombuffer(pcm, "<i2").astype(np.float32) / 32768
    # Two of three samples: enough for a recogniser.
    places = np.arange(0, len(sound) - 1, RATE / 16000)
    sound = np.interp(places, np.arange(len(sound)), sound).astype(np.float32)
    sound = np.concatenate([np.zeros(8000, np.float32), sound, np.zeros(24000, np.float32)])
    for at in range(0, len(sound), 1600):
        node.give("audio", sound[at:at + 1600], sample_rate=16000)
        time.sleep(0.1)


def test_a_spoken_question_is_answered_aloud(dataflow):
    server, node, loci, _ = dataflow
    speak(dataflow, spoken(server, "What can you do for me?"))
    wait(dataflow, lambda: any(metadata.get("fin") for _, _, metadata in list(node.sent)), "the last sound")
    assert node.said("heard") == [words("What can you do for me")]
    assert node.said("transcript") == [words(REPLY)]
    assert understood(server, node.sound()) == words(REPLY)
    wait(dataflow, lambda: loci.state == "idle", "the end")
    states = [state for items in node.of("state") for state in items]
    assert [states.index(state) for state in ("hearing", "thinking", "speaking")] == sorted(
        states.index(state) for state in ("hearing", "thinking", "speaking"))


def test_speech_stops_the_sound_and_what_was_not_heard_is_cut(dataflow):
    server, node, loci, _ = dataflow
    sent, send = [], loci.send
    loci.send = lambda **event: (sent.append(event), send(**event))
    received, take = [], loci.take_event
    loci.take_event = lambda event: (received.append(event), take(event))
    node.give("text", ["Tell me a long story."])
    wait(dataflow, lambda: len(node.of("audio")) > 8, "the story")
    speak(dataflow, spoken(server, "Stop, please."))
    wait(dataflow, lambda: any(metadata.get("flush") for _, _, metadata in list(node.sent)), "the stop")
    [cut] = [event for event in sent if event["type"] == "conversation.item.truncate"]
    wait(dataflow, lambda: any(event["type"] == "conversation.item.truncated" for event in received),
         "the truncation")
    assert [event for event in received if event["type"] == "error"] == []
    # Something of it was heard, and far less than the story is long.
    assert 500 < cut["audio_end_ms"] < 20000

    wait(dataflow, lambda: loci.state == "idle", "the answer to that")
    node.give("text", ["Tell me a long story."])
    wait(dataflow, lambda: loci.state == "speaking", "another story")
    node.give("interrupt", [True])
    wait(dataflow, lambda: loci.state == "idle", "silence")
    assert len([event for event in sent if event["type"] == "conversation.item.truncate"]) >= 2
