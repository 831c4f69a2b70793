"""LiveKit's OpenAI plugin, unmodified, against the real server and the real engines, in real time.
Its name keeps it out of `./loci test`: the plugin is large; tests/clients/run_livekit.sh brings it into
$LOCI_LIVEKIT and runs this."""
import os
import pathlib

import pytest
from test_clients import CLIENTS, SENTENCE, run, server


@pytest.mark.parametrize("script", ["livekit_session.py", "livekit_agent.py"])
def test_a_whole_conversation(server, tmp_path, script):
    python = pathlib.Path(os.environ["LOCI_LIVEKIT"]) / "bin/python"
    done = run(server, tmp_path, [python, "-u", CLIENTS / script], LOCI_SENTENCE=SENTENCE)
    print(done.stdout + done.stderr)
    last = done.stdout.splitlines()[-1:]
    assert done.returncode == 0 and last and last[0].startswith("ok "), f"{script} did not come to its end"
