"""A WAV file as a microphone: at each tick the next 100 ms of AUDIO_FILE (mono, 16 bit), then silence."""
import os
import wave

import numpy as np
import pyarrow
from dora import Node


def main():
    with wave.open(os.environ["AUDIO_FILE"]) as file:
        if file.getnchannels() != 1 or file.getsampwidth() != 2:
            raise SystemExit(f"{os.environ['AUDIO_FILE']}: a mono file of 16 bit is wanted")
        rate = file.getframerate()
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768
    # A second in which the room is quiet.
    sound = np.concatenate([np.zeros(rate, np.float32), sound])
    each = rate // 10
    node = Node()
    for event in node:
        if event["type"] == "STOP":
            break
        if event["type"] == "INPUT":
            chunk, sound = sound[:each], sound[each:]
            chunk = np.concatenate([chunk, np.zeros(each - len(chunk), np.float32)])
            node.send_output("audio", pyarrow.array(chunk), {"sample_rate": rate})


if __name__ == "__main__":
    main()
