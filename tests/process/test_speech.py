"""`loci speak` and `loci transcribe`: from text to sound and back, through the real engine."""
import os
import re
import subprocess
import wave

import pytest
from conftest import CACHE, PROGRAM

MODELS = CACHE / "models"


def loci(home, *words, **environment):
    return subprocess.run(
        [PROGRAM, *words], capture_output=True, text=True, timeout=180, check=False, cwd=home,
        env={"HOME": str(home), "PATH": os.environ["PATH"], "LOCI_CACHE": str(CACHE), **environment})


def need(*files):
    for file in files:
        if not (MODELS / file).exists():
            pytest.skip(f"missing {MODELS / file}")


def words(text):
    """Words alone; "it's" and "it is" sound the same, and a Piper voice differs each time."""
    return re.findall(r"[a-z]+", text.lower().replace("'s ", " is "))


@pytest.mark.parametrize("voice,model", [("flite", None), ("joe-medium", "en_US-joe-medium.onnx")])
def test_what_is_spoken_is_understood(tmp_path, voice, model):
    need("ggml-tiny.en.bin", *([model] if model else []))
    said = "Hello there, the weather is nice today."
    spoken = loci(tmp_path, "speak", said, "--out", "a.wav", "--voice", voice, "--words")
    assert spoken.returncode == 0, spoken.stderr
    assert [line.split()[2] for line in spoken.stdout.splitlines()] == said.split()
    with wave.open(str(tmp_path / "a.wav")) as file:
        assert file.getnchannels() == 1 and file.getsampwidth() == 2
        assert 1 < file.getnframes() / file.getframerate() < 6
    heard = loci(tmp_path, "transcribe", "a.wav")
    assert heard.returncode == 0, heard.stderr
    assert words(heard.stdout) == words(said)


def test_without_a_choice_flite_speaks_and_a_key_switches(tmp_path):
    voices = loci(tmp_path, "speak", "--voices")
    assert voices.stdout.startswith("* flite ")
    other = loci(tmp_path, "speak", "--voices", LOCI_SPEECH_VOICE="nobody")
    assert not [line for line in other.stdout.splitlines() if line.startswith("*")]
    refused = loci(tmp_path, "speak", "Hello.", "--out", "a.wav", LOCI_SPEECH_VOICE="nobody")
    assert refused.returncode == 1 and "no voice `nobody`" in refused.stderr
    assert not (tmp_path / "a.wav").exists()


@pytest.mark.parametrize("content,complaint", [
    (b"", "does not begin with RIFF"),
    (b"<!DOCTYPE html>", "does not begin with RIFF"),
    (b"RIFF\x00\x00\x00\x00WAVEdata\xff\xff\xff\xff", "the data comes before its format"),
    (b"RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00" + bytes(16), "encoding 0 with 0 bits"),
])
def test_a_file_that_is_no_sound_is_named(tmp_path, content, complaint):
    (tmp_path / "bad.wav").write_bytes(content)
    heard = loci(tmp_path, "transcribe", "bad.wav")
    assert heard.returncode == 1
    assert "bad.wav" in heard.stderr and complaint in heard.stderr


def test_a_piper_voice_is_added_by_dropping_its_files(tmp_path):
    need("en_US-joe-medium.onnx")
    folder = tmp_path / "models"
    folder.mkdir()
    for end in ("", ".json"):
        (folder / f"my-voice.onnx{end}").symlink_to(MODELS / f"en_US-joe-medium.onnx{end}")
    voices = loci(tmp_path, "speak", "--voices", LOCI_DATA_MODELS_FOLDER=str(folder))
    assert "my-voice" in voices.stdout
