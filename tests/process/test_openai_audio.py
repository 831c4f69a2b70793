"""/v1/audio/speech and /v1/audio/transcriptions through the real engine: text to sound and back."""
import base64
import io
import json
import re
import urllib.request
import uuid
import wave

import pytest
from conftest import CACHE

SAID = "Hello there, the weather is nice today. We will go for a walk after lunch."


def words(text):
    return re.findall(r"[a-z]+", text.lower())


@pytest.fixture
def server(make_server):
    if not (CACHE / "models/ggml-tiny.en.bin").exists():
        pytest.skip(f"missing {CACHE / 'models/ggml-tiny.en.bin'}")
    return make_server()


def speak(server, **body):
    return server.call("POST", "/v1/audio/speech",
                       {"model": "tts-1", "voice": "flite", "input": SAID, **body})


def transcribe(server, file, path="/v1/audio/transcriptions", name="a.wav", **fields):
    boundary = uuid.uuid4().hex
    body = b""
    for key, value in {"model": "whisper-1", **fields}.items():
        for item in value if isinstance(value, list) else [value]:
            body += (f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{item}'
                     "\r\n").encode()
    body += (f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
             "Content-Type: application/octet-stream\r\n\r\n").encode() + file
    body += f"\r\n--{boundary}--\r\n".encode()
    return server.call("POST", path, raw=body, headers={
        "Content-Type": f"multipart/form-data; boundary={boundary}"})


def test_every_format_is_understood_again(server):
    for form, kind, begin in [("wav", "audio/wav", b"RIFF"), ("flac", "audio/flac", b"fLaC"),
                              ("mp3", "audio/mpeg", b"\xff"), ("opus", "audio/ogg", b"OggS")]:
        spoken = speak(server, response_format=form)
        assert spoken.status == 200, spoken.body
        assert spoken.headers["Content-Type"] == kind and spoken.body.startswith(begin), form
        heard = transcribe(server, spoken.body)
        assert heard.status == 200, heard.body
        assert words(heard.json()["text"]) == words(SAID), form
    pcm = speak(server, response_format="pcm").body
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, 24000, 0, "NONE", ""))
        out.writeframes(pcm)
    assert words(transcribe(server, file.getvalue()).json()["text"]) == words(SAID)


def test_speed_changes_the_length(server):
    lengths = [len(speak(server, response_format="pcm", speed=speed).body) for speed in (0.5, 1, 4)]
    assert lengths[0] > 1.7 * lengths[1] > 1.7 * 2.5 * lengths[2]


def test_speech_comes_as_events(server):
    answer = speak(server, response_format="pcm", stream_format="sse", voice="alloy")
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    events = [json.loads(line[6:]) for line in answer.body.decode().split("\n\n") if line]
    assert [event["type"] for event in events[:-1]] == ["speech.audio.delta"] * (len(events) - 1)
    sound = b"".join(base64.b64decode(event["audio"]) for event in events[:-1])
    assert len(sound) == len(speak(server, response_format="pcm").body)
    assert events[-1]["type"] == "speech.audio.done" and events[-1]["usage"]["total_tokens"] > 0


def test_sound_comes_while_it_is_spoken(server):
    body = {"model": "tts-1", "voice": "flite", "input": SAID * 20, "response_format": "mp3"}
    request = urllib.request.Request(server.url + "/v1/audio/speech", json.dumps(body).encode(),
                                     {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.headers.get("Content-Length") is None
        first = answer.read1(1024)
        assert 0 < len(first)
        assert len(answer.read()) > 100_000


def test_times_captions_and_streaming(server):
    file = speak(server, response_format="wav").body
    verbose = transcribe(server, file, response_format="verbose_json",
                         **{"timestamp_granularities[]": ["word", "segment"]}).json()
    assert words(" ".join(word["word"] for word in verbose["words"])) == words(SAID)
    ends = [word["end"] for word in verbose["words"]]
    assert ends == sorted(ends) and 0 < ends[0] and ends[-1] <= verbose["duration"] + 0.5
    assert words(" ".join(part["text"] for part in verbose["segments"])) == words(SAID)
    assert transcribe(server, file, response_format="srt").body.startswith(b"1\n00:00:0")
    vtt = transcribe(server, file, response_format="vtt")
    assert vtt.body.startswith(b"WEBVTT\n\n00:00:0") and vtt.headers["Content-Type"].startswith("text/vtt")
    assert words(transcribe(server, file, response_format="text").body.decode()) == words(SAID)
    streamed = transcribe(server, file, stream="true").body.decode()
    events = [json.loads(line[6:]) for line in streamed.split("\n\n") if line]
    assert events[-1]["type"] == "transcript.text.done"
    assert "".join(event["delta"] for event in events[:-1]) == events[-1]["text"]
    assert words(events[-1]["text"]) == words(SAID)


def test_the_names_of_an_earlier_system(server):
    assert server.call("GET", "/api/stt/status").json()["enabled"] is True
    file = speak(server, response_format="flac").body
    assert words(transcribe(server, file, "/api/transcribe").json()["text"]) == words(SAID)


def test_voices_and_recognisers_are_models(server):
    listed = server.call("GET", "/v1/models").json()
    ids = [row["id"] for row in listed["data"]]
    assert {"flite", "whisper-tiny.en", "loci/companion"} <= set(ids), ids
    assert server.call("GET", "/v1/models/whisper-tiny.en").json()["id"] == "whisper-tiny.en"
    assert server.call("GET", "/v1/models/nothing").status == 404


@pytest.mark.parametrize("body,param", [
    ({"input": ""}, "input"), ({"input": 5}, "input"), ({"input": "x" * 4097}, "input"),
    ({"voice": "nobody"}, "voice"), ({"speed": 9}, "speed"), ({"speed": "fast"}, "speed"),
    ({"response_format": "aac"}, "response_format"), ({"response_format": "tiff"}, "response_format"),
    ({"stream_format": "x"}, "stream_format"),
])
def test_a_bad_wish_is_named(server, body, param):
    refused = speak(server, **body)
    assert refused.status == 400 and refused.json()["error"]["param"] == param
    assert refused.json()["error"]["type"] == "invalid_request_error"


def test_bad_uploads_are_named(server):
    for file in (b"", b"<!DOCTYPE html>", b"ID3" + bytes(200), b"OggS" + bytes(60),
                 b"RIFF\x00\x00\x00\x00WAVEdata\xff\xff\xff\xff"):
        refused = transcribe(server, file)
        assert refused.status == 400 and refused.json()["error"]["message"], refused.body
    refused = server.call("POST", "/v1/audio/transcriptions", raw=b"--x\r\n", headers={
        "Content-Type": "multipart/form-data; boundary=x"})
    assert refused.status == 400
    assert transcribe(server, b"x", response_format="diarized_json").status == 400


def test_without_the_engine_it_says_so(make_server):
    server = make_server(["--engine", "off"])
    refused = speak(server)
    assert refused.status == 503 and "engine" in refused.json()["error"]["message"]
    assert server.call("GET", "/api/stt/status").json()["enabled"] is False
