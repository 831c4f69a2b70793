"""A speech server that knows every form Loci speaks: /audio/transcriptions and /audio/speech, the
/tts of GPT-SoVITS, /tts_stream and /tts_to_audio/ of XTTS. It says a tone and hears what it is told."""
import email.parser
import email.policy
import json
import math
import struct
import urllib.parse

from upstream import Upstream

RATE = 32000


def tone(seconds, hertz=440):
    return b"".join(struct.pack("<h", int(12000 * math.sin(2 * math.pi * hertz * i / RATE)))
                    for i in range(int(seconds * RATE)))


def wav_head(data_bytes=0):
    """0: as servers write it that stream and do not know the length yet."""
    return (b"RIFF" + struct.pack("<I", 36 + data_bytes) + b"WAVEfmt "
            + struct.pack("<IHHIIHH", 16, 1, 1, RATE, 2 * RATE, 2, 16)
            + b"data" + struct.pack("<I", data_bytes))


def form_of(call):
    """The fields of a multipart form; a name that comes twice gives a list."""
    head = f"Content-Type: {call.headers['Content-Type']}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + call.body)
    fields = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        fields.setdefault(name, []).append(content if name == "file" else content.decode())
    return {name: values[0] if len(values) == 1 else values for name, values in fields.items()}


class Studio:
    def __init__(self):
        self.heard = "What is the weather like?"
        self.asked = []  # what had to be said, in whatever form
        self.seconds = 0.6
        self.break_after = None  # said so many times, it breaks off in the middle
        self.upstream = Upstream(self.answer, self.answer_get)

    @property
    def url(self):
        return self.upstream.url

    def close(self):
        self.upstream.close()

    def answer(self, call):
        if call.path.endswith("/audio/transcriptions"):
            fields = form_of(call)
            assert fields["file"][:4] == b"RIFF"
            self.fields = {name: value for name, value in fields.items() if name != "file"}
            call.answer(200, json.dumps({"text": self.heard, "language": "english", "segments": [
                {"start": 0, "end": 1.5, "text": self.heard, "avg_logprob": -0.1,
                 "no_speech_prob": 0.01}]}))
        elif call.path.endswith("/audio/speech") or call.path == "/tts":
            self.say(call, call.json())
        elif call.path == "/tts_to_audio/":
            self.say(call, call.json())
        else:
            call.answer(404, '{"detail": "Not Found"}')

    def answer_get(self, call):
        parts = urllib.parse.urlsplit(call.path)
        if parts.path == "/tts_stream":
            self.say(call, dict(urllib.parse.parse_qsl(parts.query)))
        else:
            call.answer(404, '{"detail": "Not Found"}')

    def say(self, call, wanted):
        self.asked.append(wanted)
        sound = tone(self.seconds)
        call.handler.wfile.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\nTransfer-Encoding: chunked\r\n\r\n")
        pieces = [wav_head()] + [sound[at:at + 4001] for at in range(0, len(sound), 4001)]
        broken = self.break_after is not None and len(self.asked) > self.break_after
        for piece in pieces[:-1] if broken else pieces:
            call.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        if not broken:
            call.write(b"0\r\n\r\n")

    def texts(self):
        return [wanted.get("input", wanted.get("text")) for wanted in self.asked]
