"""Models of sherpa-onnx as their owner brings them: a folder put into the models folder is heard with
and spoken with, through the real server's programs and the real library. The weights are toys."""
import os
import re
import shutil
import struct
import subprocess
import wave

import pytest
import toy_ears
import toy_mouths
from conftest import CACHE, PROGRAM


@pytest.fixture
def models(tmp_path):
    if not PROGRAM.exists():
        pytest.skip(f"the program is not built: {PROGRAM}")
    return tmp_path / "models"


def loci(models, *words, code=0, **environment):
    done = subprocess.run(
        [PROGRAM, *words], capture_output=True, text=True, timeout=180, check=False, cwd=models.parent,
        env={"HOME": str(models.parent), "PATH": os.environ["PATH"], "LOCI_CACHE": str(CACHE),
             "LOCI_MODELS_DISCOVER": "false", "LOCI_DATA_MODELS_FOLDER": str(models), **environment})
    assert done.returncode == code, done.stdout + done.stderr
    return done


def hear(models, recogniser, tones=(toy_ears.LOW, toy_ears.HIGH, toy_ears.LOW), words=(), **environment):
    toy_ears.write_tones(models.parent / "tones.wav", tones)
    return loci(models, "transcribe", "tones.wav", *words, LOCI_SPEECH_RECOGNISER=recogniser, **environment)


def timed_words(answer):
    """(start in ms, length in ms, word) of each line."""
    return [(int(start), int(length), word) for start, length, _, word in map(str.split, answer.stdout.splitlines())]


@pytest.mark.parametrize("family", toy_ears.ALL)
def test_a_recogniser_is_added_by_dropping_its_folder(models, family):
    folder = toy_ears.ALL[family](models)
    heard = hear(models, folder.name)
    assert heard.stdout == "hello there hello\n"
    words = timed_words(hear(models, folder.name, words=["--words"]))
    assert [word for _, _, word in words] == ["hello", "there", "hello"]
    # The tones begin at 0.3, 1.0 and 1.7 s; without times of its own a family's words share the sound.
    told = family not in ("paraformer", "moonshine")
    for (start, length, _), tone in zip(words, (300, 1000, 1700)):
        assert abs(start - tone) <= (100 if told else 300)
        assert length > 0
    assert "no speech in it" in hear(models, folder.name, tones=[]).stderr


def test_the_language_is_told_and_may_be_asked_for(models):
    folder = toy_ears.sense_voice(models)
    assert "language en, confidence 1.00" in hear(models, folder.name).stderr
    assert hear(models, folder.name, words=["--language", "yue"]).stdout == "hello there hello\n"
    refused = loci(models, "transcribe", "tones.wav", "--language", "xx", code=1,
                   LOCI_SPEECH_RECOGNISER=folder.name)
    assert "no language of the code `xx`" in refused.stderr


def test_a_transducer_tells_how_sure_it_is(models):
    heard = hear(models, toy_ears.zipformer(models).name)
    assert re.search(r"confidence (0\.9\d|1\.00)", heard.stderr)


def test_none_is_taken_unasked_while_there_is_another(models):
    toy_ears.sense_voice(models, "aaa-first-of-all")
    listed = loci(models, "models", "list").stdout
    assert "aaa-first-of-all" in listed
    if (CACHE / "models/ggml-tiny.en.bin").exists():
        assert "hello there" not in hear(models, "auto").stdout


def pcm(path):
    with wave.open(str(path)) as file:
        data = file.readframes(file.getnframes())
        return file.getframerate(), struct.unpack(f"<{len(data) // 2}h", data)


@pytest.mark.parametrize("family,rate,loudest", [("kokoro", 24000, 0.5), ("kitten", 24000, 0.5),
                                                 ("matcha", 22050, 0.4)])
def test_a_voice_is_added_by_dropping_its_folder(models, family, rate, loudest):
    folder = toy_mouths.ALL[family](models)
    spoken = loci(models, "speak", "Hello there. Good bye.", "--out", "a.wav", "--voice", folder.name, "--words")
    got_rate, samples = pcm(models.parent / "a.wav")
    assert got_rate == rate
    assert max(samples) / 32767 == pytest.approx(loudest, abs=0.02)
    words = [line.split() for line in spoken.stdout.splitlines()]
    assert [word for _, _, word in words] == ["Hello", "there.", "Good", "bye."]
    starts = [int(start) for start, _, _ in words]
    assert starts == sorted(starts) and starts[-1] < len(samples) * 1000 / rate
    listed = loci(models, "speak", "--voices", LOCI_SPEECH_VOICE=folder.name).stdout
    assert re.search(rf"^\* {folder.name} +en-us", listed, re.MULTILINE)


def test_each_speaker_is_a_voice_with_its_language_and_pace(models):
    folder = toy_mouths.kokoro(models)
    listed = loci(models, "speak", "--voices").stdout
    assert re.search(rf"{folder.name}/am_quiet +en-us", listed)
    assert re.search(rf"{folder.name}/bf_emma +en-gb", listed)
    loci(models, "speak", "Hello there.", "--out", "a.wav", "--voice", folder.name + "/am_quiet")
    _, normal = pcm(models.parent / "a.wav")
    assert max(normal) / 32767 == pytest.approx(0.3, abs=0.02)
    loci(models, "speak", "Hello there.", "--out", "b.wav", "--voice", folder.name + "/am_quiet", "--speed", "2")
    _, fast = pcm(models.parent / "b.wav")
    assert len(fast) == pytest.approx(len(normal) / 2, rel=0.05)


def cut(folder):
    model = next(folder.glob("model*.onnx"))
    model.write_bytes(model.read_bytes()[:-40])
    return f"{model.name} is damaged"


def web_page(folder):
    next(folder.glob("model*.onnx")).write_text("<!DOCTYPE html>")
    return "is a web page instead of a model"


def no_tokens(folder):
    (folder / "tokens.txt").write_text("these are no tokens\n")
    return "tokens.txt is no list of symbols: line 1"


def unknown_step(folder):
    """Whole from outside; only the library can tell."""
    model = next(folder.glob("model*.onnx"))
    model.write_bytes(model.read_bytes().replace(b"MatMul", b"NoSuch"))
    return "sherpa-onnx cannot load"


@pytest.mark.parametrize("damage", [cut, web_page, no_tokens, unknown_step])
def test_a_broken_folder_is_named_and_the_engine_lives(models, damage):
    folder = toy_ears.sense_voice(models)
    complaint = damage(folder)
    toy_ears.write_tones(models.parent / "tones.wav", [toy_ears.LOW])
    refused = loci(models, "transcribe", "tones.wav", code=1, LOCI_SPEECH_RECOGNISER=folder.name)
    assert complaint in refused.stderr
    assert "crashed" not in refused.stderr


def test_the_doctor_says_what_each_folder_is_or_lacks(models):
    toy_ears.parakeet(models)
    whole = toy_mouths.kitten(models)
    broken = toy_mouths.matcha(models)
    (broken / "hifigan_v2.onnx").unlink()
    said = subprocess.run([PROGRAM, "doctor"], capture_output=True, text=True, timeout=120, check=False,
                          cwd=models.parent,
                          env={"HOME": str(models.parent), "PATH": os.environ["PATH"], "LOCI_CACHE": str(CACHE),
                               "LOCI_MODELS_DISCOVER": "false", "LOCI_DATA_MODELS_FOLDER": str(models),
                               "LOCI_SPEECH_VOICE": broken.name}).stdout
    assert "a recogniser, parakeet" in said
    assert f"{whole.name}: a voice, kitten" in said
    assert re.search(rf"{broken.name}: the folder .* lacks a vocoder", said)


def test_the_owner_may_say_which_family_it_is(models):
    folder = toy_ears.zipformer_ctc(models, "mine")
    model = folder / "model.onnx"
    model.write_bytes(model.read_bytes().replace(b"zipformer2_ctc", b"a-strange-type"))
    toy_ears.write_tones(models.parent / "tones.wav", [toy_ears.HIGH])
    refused = loci(models, "transcribe", "tones.wav", code=1, LOCI_SPEECH_RECOGNISER="mine")
    assert "holds a model of a family that Loci cannot run" in refused.stderr
    heard = loci(models, "transcribe", "tones.wav", LOCI_SPEECH_RECOGNISER="mine",
                 LOCI_SPEECH_FAMILIES_MINE="zipformer_ctc")
    assert heard.stdout == "there\n"
    shutil.rmtree(folder)
    gone = loci(models, "transcribe", "tones.wav", code=1, LOCI_SPEECH_RECOGNISER="mine")
    assert "no speech recogniser" in gone.stderr
