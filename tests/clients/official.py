"""The official Python client, unmodified: speech, transcription, models, and a Realtime session each
frame of which must be one of the package's own event types."""
import base64
import io
import os
import re
import wave

import openai
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter

URL = os.environ["LOCI_URL"]
REPLY = os.environ["LOCI_REPLY"]
ASKED = "What can you do for me?"
client = openai.OpenAI(api_key=os.environ.get("LOCI_KEY", "none"), base_url=URL + "/v1",
                       websocket_base_url=URL.replace("http", "ws") + "/v1")
frames = TypeAdapter(RealtimeServerEvent)


def words(text):
    return re.findall(r"[a-z]+", text.lower())


def wav(pcm):
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, 24000, 0, "NONE", ""))
        out.writeframes(pcm)
    return file.getvalue()


def understand(pcm):
    return words(client.audio.transcriptions.create(model="whisper-1", file=("a.wav", wav(pcm))).text)


with client.audio.speech.with_streaming_response.create(
        model="tts-1", voice="flite", input=ASKED, response_format="pcm") as answer:
    question = answer.read()
assert understand(question) == words(ASKED)
verbose = client.audio.transcriptions.create(
    model="whisper-1", file=("a.wav", wav(question)), response_format="verbose_json",
    timestamp_granularities=["word"])
assert words(" ".join(word.word for word in verbose.words)) == words(ASKED)
streamed = [event.type for event in client.audio.transcriptions.create(
    model="gpt-4o-transcribe", file=("a.wav", wav(question)), stream=True)]
assert streamed[-1] == "transcript.text.done" and "transcript.text.delta" in streamed
assert "flite" in [model.id for model in client.models.list()]
try:
    client.audio.speech.create(model="tts-1", voice="nobody", input="Hello.")
    raise AssertionError("a voice that is not there spoke")
except openai.BadRequestError as error:
    assert error.param == "voice"

seen = []
with client.realtime.connect(model="gpt-realtime") as connection:
    def take():
        frame = connection.recv_bytes()
        seen.append(frames.validate_json(frame))
        return seen[-1]

    def until(kind):
        while take().type != kind:
            assert seen[-1].type != "error", seen[-1]
        return seen[-1]

    until("session.created")
    connection.session.update(session={
        "type": "realtime", "instructions": "Be brief.",
        "audio": {"input": {"turn_detection": None, "transcription": {"model": "whisper-1"},
                            "noise_reduction": {"type": "near_field"}},
                  "output": {"voice": "alloy"}}})
    until("session.updated")
    connection.input_audio_buffer.append(audio=base64.b64encode(question).decode())
    connection.input_audio_buffer.commit()
    connection.response.create()
    ended = until("response.done")
    assert ended.response.status == "completed", ended
    sound = b"".join(base64.b64decode(event.delta) for event in seen
                     if event.type == "response.output_audio.delta")
    assert understand(sound) == words(REPLY)
    spoken = next(event for event in reversed(seen) if event.type == "response.output_item.done").item
    connection.conversation.item.truncate(item_id=spoken.id, content_index=0, audio_end_ms=300)
    until("conversation.item.truncated")
    connection.conversation.item.retrieve(item_id=spoken.id)
    kept = until("conversation.item.retrieved").item
    assert len(base64.b64decode(kept.content[0].audio)) == 300 * 48
    whole = words(REPLY)
    heard = words(kept.content[0].transcript)
    assert heard == whole[:len(heard)] and len(heard) < len(whole), heard
    connection.conversation.item.delete(item_id=spoken.id)
    until("conversation.item.deleted")
    connection.input_audio_buffer.append(audio="%%%")
    while take().type != "error":
        pass
    assert seen[-1].error.code == "invalid_value"
assert len({event.event_id for event in seen}) == len(seen)
print(f"ok {len(seen)} events")
