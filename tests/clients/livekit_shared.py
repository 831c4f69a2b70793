"""What the two LiveKit programs share: the server's address, sound made by the server's own voice,
understanding of what came back, and waiting with an end."""
import asyncio
import io
import json
import os
import re
import time
import urllib.request
import uuid
import wave

URL = os.environ["LOCI_URL"]
REPLY = os.environ["LOCI_REPLY"]
SENTENCE = os.environ["LOCI_SENTENCE"]  # the story is twelve of it
BEGAN = time.monotonic()
RATE = 24000
FRAME = RATE // 50  # 20 ms


def tell(what):
    print(f"{time.monotonic() - BEGAN:6.2f} s  {what}")


def words(text):
    return re.findall(r"[a-z]+", text.lower())


def call(path, body, kind="application/json"):
    request = urllib.request.Request(URL + path, data=body, headers={"Content-Type": kind})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


async def speak(text):
    return await asyncio.to_thread(call, "/v1/audio/speech", json.dumps({
        "model": "tts-1", "voice": "flite", "input": text, "response_format": "pcm"}).encode())


async def understand(pcm):
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, RATE, 0, "NONE", ""))
        out.writeframes(pcm)
    line = uuid.uuid4().hex
    body = (f'--{line}\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n--{line}\r\n'
            'Content-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n').encode()
    answer = await asyncio.to_thread(
        call, "/v1/audio/transcriptions", body + file.getvalue() + f"\r\n--{line}--\r\n".encode(),
        f"multipart/form-data; boundary={line}")
    return words(json.loads(answer)["text"])


async def until(holds, what, seconds=30):
    end = asyncio.get_running_loop().time() + seconds
    while not holds():
        assert asyncio.get_running_loop().time() < end, f"{what} did not come within {seconds} s"
        await asyncio.sleep(0.01)
