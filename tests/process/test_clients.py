"""Other people's clients, unmodified, against the real server: real speech, a scripted language
model. The clients lie in $LOCI_CACHE/clients (tools/setup/install_clients.sh)."""
import os
import shutil
import subprocess
import sys

import pytest
from conftest import CACHE, ROOT

CLIENTS = ROOT / "tests/clients"
INSTALLED = CACHE / "clients"
REPLY = "I can tell you about the weather."
SENTENCE = "Once upon a time there was a very small house near the sea. "
# The recogniser may write any word with a capital.
SCRIPT = [
    # Once as a call, then with what came of it.
    {"match": "eather", "steps": [
        {"tool": {"id": "call_1", "name": "weather", "arguments": {"city": "Rome"}}},
        {"finish": "tool_calls"}]},
    {"match": "eather", "repeat": True, "steps": [{"text": "It is sunny today."}]},
    # Written over some seconds, so that whoever interrupts it does so before its end.
    {"match": "tory", "repeat": True, "steps": [{"text": SENTENCE, "delay_ms": 400, "times": 12}]},
    {"repeat": True, "steps": [{"text": REPLY}]},
]


@pytest.fixture
def server(scripted):
    if not (CACHE / "models/ggml-tiny.en.bin").exists():
        pytest.skip(f"missing {CACHE / 'models/ggml-tiny.en.bin'}")
    return scripted(SCRIPT, engine="child")


def run(server, folder, command, **environment):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False,
                          env={"PATH": os.environ["PATH"], "HOME": str(folder), "LOCI_URL": server.url,
                               "LOCI_REPLY": REPLY, **environment})


@pytest.mark.parametrize("script", ["agents.mjs", "openai_ws.mjs", "openai_beta.mjs"])
def test_javascript(server, tmp_path, script):
    if not (INSTALLED / "node_modules").exists():
        pytest.skip(f"missing {INSTALLED / 'node_modules'}")
    folder = tmp_path / "clients"
    folder.mkdir()
    (folder / "node_modules").symlink_to(INSTALLED / "node_modules")
    for file in ("shared.mjs", script, "package.json"):
        shutil.copy(CLIENTS / file, folder)
    done = run(server, folder, ["node", script])
    assert done.returncode == 0 and done.stdout.startswith("ok "), done.stdout + done.stderr


def test_python(server, tmp_path):
    if not (INSTALLED / "python/openai").exists():
        pytest.skip(f"missing {INSTALLED / 'python/openai'}")
    done = run(server, tmp_path, [sys.executable, CLIENTS / "official.py"],
               PYTHONPATH=str(INSTALLED / "python"))
    assert done.returncode == 0 and done.stdout.startswith("ok "), done.stdout + done.stderr
