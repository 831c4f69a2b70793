"""Speech over HTTP, from `loci speak`, `loci transcribe` and /ws/voice, with a server that knows every
form; and one Loci that is the speech server of another, with real engines."""
import asyncio
import json
import re
import wave

import pytest
from conftest import CACHE, PROGRAM
from studio import Studio
from voice_page import Page, speech

SAID = "Hello there, the weather is nice today."


def words(text):
    return re.findall(r"[a-z]+", text.lower())


@pytest.fixture
def studio():
    server = Studio()
    yield server
    server.close()


def settings(name, **values):
    return {f"LOCI_SPEECH_SERVERS_{name.upper()}_{key.upper()}": value
            for key, value in values.items()}


def length_of(path):
    with wave.open(str(path)) as file:
        assert file.getnchannels() == 1 and file.getsampwidth() == 2
        return file.getnframes() / file.getframerate()


FORMS = {
    "openai": (dict(voice="nova", voice_model="tts-1", base_url="/v1"), "/v1/audio/speech",
               dict(input=SAID, voice="nova", model="tts-1", response_format="wav")),
    "sovits": (dict(reference_audio="ada.wav", reference_text="Yes.", reference_language="en",
                    language="en"), "/tts",
               dict(text=SAID, text_lang="en", ref_audio_path="ada.wav", prompt_text="Yes.",
                    prompt_lang="en", media_type="wav", streaming_mode=True, speed_factor=1)),
    "qwen": (dict(voice="vivian", language="en", instructions="Softly.", base_url="/v1"),
             "/v1/audio/speech",
             dict(input=SAID, voice="vivian", language="English", instructions="Softly.",
                  stream_format="audio")),
    "xtts": (dict(voice="calm_female", language="en"), "/tts_stream",
             dict(text=SAID, speaker_wav="calm_female", language="en")),
}


@pytest.mark.parametrize("name", FORMS)
def test_one_key_switches_the_voice(make_server, studio, tmp_path, name):
    given, path, sent = FORMS[name]
    given = {**given, "base_url": studio.url + given.get("base_url", "")}
    server = make_server(start=False, environment={"LOCI_SPEECH_VOICE": name,
                                                   **settings(name, **given)})
    spoken = server.command("speak", SAID, "--out", str(tmp_path / "a.wav"), "--words")
    assert spoken.returncode == 0, spoken.stderr
    assert [line.split()[2] for line in spoken.stdout.splitlines()] == SAID.split()
    assert abs(length_of(tmp_path / "a.wav") - studio.seconds) < 0.01
    assert studio.upstream.calls[-1].path.split("?")[0] == path
    assert {key: studio.asked[-1].get(key) for key in sent} == sent
    voices = server.command("speak", "--voices").stdout
    assert f"* {name} " in voices, voices
    doctor = server.command("doctor").stdout
    assert re.search(rf"ok voice +{name} at {studio.url}", doctor), doctor


def test_the_recogniser_is_sent_what_such_servers_take(make_server, studio, tmp_path):
    (tmp_path / "config.yaml").write_text(json.dumps({
        "speech": {"recogniser": "whisper", "language": "en", "servers": {"whisper": {
            "base_url": studio.url + "/v1", "recogniser_model": "large-v3", "api_key": "sk-studio",
            "fields": {"compute_type": "int8", "device": "cpu", "vad_filter": "true"}}}}}))
    server = make_server(start=False, environment={"LOCI_CONFIG": str(tmp_path / "config.yaml")})
    sound = tmp_path / "a.wav"
    spoken = server.command("speak", "Good morning.", "--out", str(sound), "--voice", "flite")
    assert spoken.returncode == 0, spoken.stderr
    heard = server.command("transcribe", str(sound))
    assert heard.returncode == 0 and heard.stdout.strip() == studio.heard, heard.stderr
    assert "language en" in heard.stderr
    assert studio.fields["model"] == "large-v3" and studio.fields["language"] == "en"
    assert studio.fields["compute_type"] == "int8" and studio.fields["vad_filter"] == "true"
    assert studio.upstream.calls[-1].headers["Authorization"] == "Bearer sk-studio"
    # Another model of the same server, by one key.
    other = make_server(start=False, environment={"LOCI_CONFIG": str(tmp_path / "config.yaml"),
                                                  "LOCI_SPEECH_RECOGNISER": "whisper/turbo"})
    assert other.command("transcribe", str(sound)).returncode == 0
    assert studio.fields["model"] == "turbo"


def lacking(server):
    """What `loci doctor` and /readyz say about it."""
    speech_state = server.subsystem("speech")
    return server.command("doctor", *server.where()[:2]).stdout, speech_state


@pytest.mark.parametrize("environment,words_wanted", [
    ({"LOCI_SPEECH_VOICE": "sovits", **settings("sovits", language="en")}, ["reference_audio"]),
    ({"LOCI_SPEECH_VOICE": "xtts", **settings("xtts", voice="a")}, ["speech.servers.xtts.language"]),
    ({"LOCI_SPEECH_RECOGNISER": "openai", **settings("openai", voice="nova")},
     ["speech.servers.openai.api_key"]),
    ({"LOCI_SPEECH_RECOGNISER": "away", "LOCI_LLM_PRIVACY": "local_only",
      **settings("away", base_url="http://speech.example/v1")}, ["local_only"]),
    ({"LOCI_SPEECH_RECOGNISER": "whisper", **settings("whisper", base_url="http://127.0.0.1:9/v1")},
     ["whisper", "start the speech server"]),
])
def test_what_an_engine_lacks_is_said(scripted, environment, words_wanted):
    server = scripted(engine="child", environment=environment)
    server.wait_until(lambda: server.subsystem("speech")["health"] == "degraded", 20, "degraded")
    doctor, state = lacking(server)
    for word in words_wanted:
        assert word in doctor, doctor
        assert word in state["detail"] + state["hint"], state


def test_nothing_leaves_the_machine_when_it_may_not(make_server, tmp_path):
    server = make_server(start=False, environment={
        "LOCI_SPEECH_VOICE": "away", "LOCI_LLM_PRIVACY": "local_only",
        "LOCI_SPEECH_VOICE_FALLBACK": "away2", **settings("away", base_url="http://speech.example/v1"),
        **settings("away2", base_url="http://192.168.1.7/v1")})
    spoken = server.command("speak", SAID, "--out", str(tmp_path / "a.wav"))
    assert spoken.returncode == 1 and "local_only" in spoken.stderr


def test_another_voice_speaks_only_when_it_was_named(make_server, tmp_path):
    gone = {"LOCI_SPEECH_VOICE": "gone", **settings("gone", base_url="http://127.0.0.1:9/v1")}
    server = make_server(start=False, environment=gone)
    alone = server.command("speak", SAID, "--out", str(tmp_path / "a.wav"))
    assert alone.returncode == 1 and "start the speech server" in alone.stderr
    assert not (tmp_path / "a.wav").exists()
    server = make_server(start=False, environment={**gone, "LOCI_SPEECH_VOICE_FALLBACK": "flite"})
    instead = server.command("speak", SAID, "--out", str(tmp_path / "b.wav"))
    assert instead.returncode == 0, instead.stderr
    assert "the fallback takes over" in instead.stderr
    assert length_of(tmp_path / "b.wav") > 1


@pytest.fixture
def talking(scripted, studio):
    for name in ("silero_vad.onnx", "ggml-tiny.en.bin"):
        if not (CACHE / "models" / name).exists():
            pytest.skip(f"missing {CACHE / 'models' / name}")
    text = "It is sunny. The wind is light. Tomorrow it will rain a little."
    script = [{"repeat": True, "steps": [{"text": word + " "} for word in text.split(" ")]}]
    return scripted(script, engine="child", environment={
        "LOCI_SPEECH_RECOGNISER": "studio", "LOCI_SPEECH_VOICE": "studio",
        **settings("studio", base_url=studio.url + "/v1", voice="nova")}), text


def test_a_spoken_turn_goes_through_the_servers(talking, studio):
    server, text = talking

    async def play():
        page = await Page.open(server)
        ready = await page.until("voice.ready")
        assert ready["lacks"] == [] and ready["voice"] == "studio"
        page.to_say += speech(PROGRAM, server.home, server.env(), "When does the library open?")
        heard = await page.until("voice.transcript", final=True)
        assert heard["text"] == studio.heard, "it was understood by the server"
        done = await page.until("voice.response_done", response=1)
        assert done["status"] == "completed" and words(done["heard_text"]) == words(text)
        assert page.loudest(1) > 8000
        segments = page.of("voice.segment")
        assert words(" ".join(segment["text"] for segment in segments)) == words(text)
        assert not any(segment["exact"] for segment in segments)
        assert words(" ".join(studio.texts())) == words(text)
        await page.close()

    asyncio.run(play())
    assert server.subsystem("speech")["health"] == "up"


def test_a_voice_that_breaks_off_is_said_and_the_talk_goes_on(talking, studio):
    server, text = talking
    studio.break_after = 1  # the second piece of the answer

    async def play():
        page = await Page.open(server)
        await page.until("voice.ready")
        page.to_say += speech(PROGRAM, server.home, server.env(), "When does the library open?")
        error = await page.until("voice.error")
        assert "studio" in error["error"]["message"], error
        done = await page.until("voice.response_done", response=1)
        assert done["status"] == "failed"
        assert server.subsystem("speech")["health"] == "degraded"
        assert "studio" in server.subsystem("speech")["detail"]
        studio.break_after = None
        studio.heard = "And tomorrow?"
        page.to_say += speech(PROGRAM, server.home, server.env(), "And what about tomorrow?")
        again = await page.until("voice.response_done", response=2)
        assert again["status"] == "completed" and words(again["heard_text"]) == words(text)
        await page.close()

    asyncio.run(play())
    # What could not be heard can be read.
    session = server.call("GET", "/api/sessions").json()["sessions"][0]["id"]
    replies = [m["content"] for m in server.messages(session) if m["role"] == "assistant"]
    assert [words(reply) for reply in replies] == [words(text)] * 2, replies
    assert server.subsystem("speech")["health"] == "up"


def test_one_loci_speaks_and_hears_for_another(scripted, make_server, tmp_path):
    """Real engines at one end, only HTTP at the other."""
    if not (CACHE / "models/ggml-tiny.en.bin").exists():
        pytest.skip(f"missing {CACHE / 'models/ggml-tiny.en.bin'}")
    studio = scripted(engine="child", environment={"LOCI_AUTH_KEY": "a-long-enough-key"})
    for sound in ("wav", "pcm"):
        user = make_server(start=False, environment={
            "LOCI_SPEECH_RECOGNISER": "loci", "LOCI_SPEECH_VOICE": "loci/flite",
            **settings("loci", base_url=studio.url + "/v1", api_key="a-long-enough-key",
                       sound=sound)})
        spoken = user.command("speak", SAID, "--out", str(tmp_path / "a.wav"))
        assert spoken.returncode == 0, spoken.stderr
        assert 1 < length_of(tmp_path / "a.wav") < 6
        heard = user.command("transcribe", str(tmp_path / "a.wav"), "--words")
        assert heard.returncode == 0, heard.stderr
        assert words(" ".join(line.split()[3] for line in heard.stdout.splitlines())) == words(SAID)
    stranger = make_server(start=False, environment={
        "LOCI_SPEECH_VOICE": "loci", **settings("loci", base_url=studio.url + "/v1")})
    refused = stranger.command("speak", SAID, "--out", str(tmp_path / "b.wav"))
    assert refused.returncode == 1 and "speech.servers.loci.api_key" in refused.stderr
