"""Speech made and understood by the server under test, over its /v1/audio; all sound is PCM of 16 bit
at 24 kHz."""
import io
import json
import re
import uuid
import wave


def words(text):
    return re.findall(r"[a-z]+", text.lower())


def spoken(server, text):
    answer = server.call("POST", "/v1/audio/speech", {
        "model": "tts-1", "voice": "flite", "input": text, "response_format": "pcm"})
    assert answer.status == 200, answer.body
    return answer.body


def understood(server, pcm):
    """The words in a sound, by the server's own recogniser."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, 24000, 0, "NONE", ""))
        out.writeframes(pcm)
    line = uuid.uuid4().hex
    body = (f'--{line}\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n--{line}\r\n'
            f'Content-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n').encode()
    answer = server.call("POST", "/v1/audio/transcriptions", raw=body + file.getvalue() + (
        f"\r\n--{line}--\r\n").encode(), headers={"Content-Type": f"multipart/form-data; boundary={line}"})
    return words(json.loads(answer.body)["text"])
