"""Writes the sound that comes to AUDIO_FILE when the dataflow stops, and shows every word."""
import os
import wave

import numpy as np
from dora import Node


def main():
    node = Node()
    rate, sound = 24000, []
    for event in node:
        if event["type"] == "STOP":
            break
        if event["type"] != "INPUT":
            continue
        if event["id"] != "audio":
            print(f"{event['id']}: {' '.join(event['value'].to_pylist())}", flush=True)
            continue
        rate = event["metadata"].get("sample_rate", rate)
        if event["metadata"].get("flush"):
            print("interrupted", flush=True)
        sound.append(event["value"].to_numpy(zero_copy_only=False))
    with wave.open(os.environ["AUDIO_FILE"], "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        whole = np.concatenate([np.zeros(0, np.float32), *sound])
        file.writeframes((np.clip(whole, -1, 1) * 32767).astype("<i2").tobytes())


if __name__ == "__main__":
    main()
