"""Wake models: which one is taken for which phrase, what is said of one that cannot be used, and a
companion that is woken by one."""
import asyncio
import json
import os
import re
import shutil
import subprocess

import pytest
from conftest import CACHE, PROGRAM
from voice_page import Page, speech

HEY_NOOK = CACHE / "models" / "hey_nook.onnx"


@pytest.fixture
def doctor(tmp_path):
    if not HEY_NOOK.exists():
        pytest.skip(f"missing {HEY_NOOK}")
    mine = tmp_path / "models"
    (mine / "wake").mkdir(parents=True)

    def ask(**settings):
        environment = {f"LOCI_SPEECH_{name.upper()}": value for name, value in settings.items()}
        said = subprocess.run([PROGRAM, "doctor"], capture_output=True, text=True, timeout=120, check=False,
                              env={"HOME": str(tmp_path), "PATH": os.environ["PATH"], "LOCI_CACHE": str(CACHE),
                                   "LOCI_MODELS_DISCOVER": "false", "LOCI_DATA_MODELS_FOLDER": str(mine),
                                   **environment}).stdout
        found = re.search(r"^.*wake phrase +(.*)$", said, re.MULTILINE)
        return found.group(1).strip() if found else ""

    ask.folder = mine / "wake"
    return ask


def test_a_model_is_taken_for_the_phrase_that_it_is_called_like(doctor):
    assert doctor() == ""
    assert doctor(wake_phrase="hey nook") == '"hey nook", heard by hey-nook'
    assert doctor(wake_phrase="hey_nook") == '"Hey Nook", heard by hey-nook', "as an earlier system wrote it"
    assert doctor(wake_phrase="Hey Luna") == '"Hey Luna", heard by the recogniser'
    shutil.copy(HEY_NOOK, doctor.folder / "hey_luna_v0.2.onnx")
    assert doctor(wake_phrase="Hey, Luna!") == '"Hey, Luna!", heard by hey_luna_v0.2'
    assert doctor(wake_phrase="Hey Nook", wake_model="none") == '"Hey Nook", heard by the recogniser'


def test_a_model_that_is_chosen_brings_its_phrase_or_is_missed(doctor):
    shutil.copy(HEY_NOOK, doctor.folder / "hey_luna.onnx")
    assert doctor(wake_model="hey_luna") == '"Hey Luna", heard by hey_luna'
    assert doctor(wake_phrase="Moonlight", wake_model="hey_luna") == '"Moonlight", heard by hey_luna'
    missed = doctor(wake_model="hey_mars")
    assert "the wake model hey_mars is not here" in missed and str(doctor.folder) in missed


def test_what_is_not_the_phrase_is_not_even_recognised(make_server, tmp_path):
    for name in ("hey_nook.onnx", "embedding_model.onnx", "ggml-tiny.en.bin", "silero_vad.onnx"):
        if not (CACHE / "models" / name).exists():
            pytest.skip(f"missing {CACHE / 'models' / name}")
    script = tmp_path / "script.json"
    script.write_text(json.dumps([{"repeat": True, "steps": [{"text": "It opens at nine."}]}]))
    server = make_server([], {"LOCI_LLM_PROVIDER": "scripted", "LOCI_LLM_SCRIPT": str(script),
                              "LOCI_LLM_REFLEXES": "off", "LOCI_SPEECH_WAKE_PHRASE": "Hey Nook"})

    def say(page, text):
        page.to_say += speech(PROGRAM, server.home, server.env(), text)

    async def play():
        page = await Page.open(server)
        assert (await page.until("voice.ready"))["wake_phrase"] == "Hey Nook"
        await page.send("voice.configure", mode="wake")
        await page.until("voice.state", state="asleep")
        say(page, "When does the library open?")
        await page.until("voice.speech_ended", 60)
        page.to_say += bytes(3 * 16000)
        say(page, "Hey Nook, when does the library open?")
        await page.until("voice.response_done", 60, status="completed")
        await page.close()
        return page

    page = asyncio.run(play())
    final = [event["text"] for event in page.of("voice.transcript") if event["final"]]
    assert len(final) == 1 and "library" in final[0], final
    assert page.of("voice.error") == []
