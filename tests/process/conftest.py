"""Drives the real programs. LOCI_PROGRAM names the binary (default: the release build)."""
import concurrent.futures
import json
import os
import pathlib
import signal
import subprocess
import time
import urllib.error
import urllib.request

import pytest

from upstream import Upstream

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("LOCI_PROGRAM", ROOT / "build/release/apps/loci/loci"))
CACHE = pathlib.Path(os.environ.get("LOCI_CACHE", pathlib.Path.home() / ".cache/loci"))
READY_SECONDS = 30


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Server:
    """One running server on a free port, with a home of its own."""

    def __init__(self, home, arguments=(), environment=None):
        self.home = home
        self.data = home / "data"
        self.arguments = list(arguments)
        self.environment = environment or {}
        self.program = PROGRAM
        self.prefix = []  # a command that the program is started through
        self.process = None
        self.url = None

    def env(self):
        return {"HOME": str(self.home), "PATH": os.environ["PATH"], "LOCI_CACHE": str(CACHE),
                "LOCI_MODELS_DISCOVER": "false",
                # These tests ask more often than a person's page does.
                "LOCI_LIMITS_REQUESTS_PER_SECOND": "2000", "LOCI_LIMITS_REQUEST_BURST": "2000",
                **self.environment}

    def command(self, *words, **options):
        return subprocess.run([*self.prefix, self.program, *words], env=self.env(), capture_output=True, text=True,
                              timeout=60, check=False, **options)

    def start(self):
        self.log = open(self.home / "stderr.log", "ab")
        self.process = subprocess.Popen(
            [*self.prefix, self.program, "serve", "--port", "0", "--data", str(self.data), "--no-browser",
             *self.arguments],
            env=self.env(), stdout=subprocess.PIPE, stderr=self.log, text=True, cwd=self.home)
        line = self.process.stdout.readline()
        assert "ready: " in line, f"no ready line, see {self.home}/stderr.log: " + (
            self.home / "stderr.log").read_text()
        self.url = line.rsplit("ready: ", 1)[1].strip()
        return self

    def where(self):
        """The flags by which another command finds this server."""
        return ["--data", str(self.data), "--port", self.url.rsplit(":", 1)[1]]

    def call(self, method, path, body=None, headers=None, raw=None):
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method,
                                         headers={"Content-Type": "application/json",
                                                  **(headers or {})})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())

    def say(self, message, **more):
        return self.call("POST", "/api/chat", {"message": message, **more})

    def messages(self, session):
        return self.call("GET", f"/api/messages?session_id={session}&limit=1000").json()["messages"]

    def wait_until(self, condition, seconds=READY_SECONDS, what="the condition"):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return
            time.sleep(0.02)
        pytest.fail(f"{what} did not come true within {seconds} s")

    def subsystem(self, name):
        for item in self.call("GET", "/readyz").json()["subsystems"]:
            if item["name"] == name:
                return item
        return None

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=10)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                pytest.fail("the server did not end within 20 s of SIGTERM")
        if self.process:
            self.process.stdout.close()
            self.log.close()
        return self.process.returncode if self.process else None


@pytest.fixture
def make_server(tmp_path):
    if not PROGRAM.exists():
        pytest.skip(f"the program is not built: {PROGRAM}")
    servers = []

    def make(arguments=(), environment=None, start=True):
        home = tmp_path / f"home{len(servers)}"
        home.mkdir()
        server = Server(home, arguments, environment)
        servers.append(server)
        return server.start() if start else server

    yield make
    for server in servers:
        server.stop()


@pytest.fixture
def scripted(make_server, tmp_path):
    """A server whose model plays the given script."""

    def make(script=None, arguments=(), environment=None, start=True, engine="off"):
        steps = [{"text": "One ", "delay_ms": 5}, {"text": "two ", "delay_ms": 5},
                 {"text": "three.", "delay_ms": 5}]
        path = tmp_path / "script.json"
        path.write_text(json.dumps(script or [{"repeat": True, "steps": steps}]))
        return make_server(["--engine", engine, *arguments],
                           {"LOCI_LLM_PROVIDER": "scripted", "LOCI_LLM_SCRIPT": str(path),
                            "LOCI_LLM_REFLEXES": "off", **(environment or {})}, start)

    return make


@pytest.fixture
def thinking(scripted):
    """A server that has begun to answer "hello" (key "k") and would say nothing for a minute: with
    the session, and what becomes of the call."""
    server = scripted([{"repeat": True, "steps": [{"text": "Too late.", "delay_ms": 60_000}]}])
    session = server.call("POST", "/api/sessions", {}).json()["id"]
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        asking = pool.submit(server.say, "hello", session_id=session, idempotency_key="k")
        server.wait_until(lambda: [m["status"] for m in server.messages(session)] == ["complete"],
                          what="the turn to begin")
        yield server, session, asking
        server.stop()


@pytest.fixture
def remote(make_server):
    """A model server that answers with the given function, and a server that uses it."""
    running = []

    def make(answer, kind="custom", arguments=(), environment=None, start=True):
        upstream = Upstream(answer)
        running.append(upstream)
        path = "" if kind in ("ollama", "anthropic") else "/v1"
        server = make_server(["--engine", "off", *arguments],
                             {"LOCI_LLM_PROVIDER": kind, "LOCI_LLM_MODEL": "test-model",
                              "LOCI_LLM_BASE_URL": upstream.url + path,
                              "LOCI_LLM_API_KEY": "sk-process-test", "LOCI_LLM_REFLEXES": "off",
                              **(environment or {})}, start)
        return upstream, server

    yield make
    for upstream in running:
        upstream.close()


@pytest.fixture
def real(make_server):
    """A server with the starter models in the real engine."""
    for name in ("SmolLM2-135M-Instruct.Q4_1.gguf", "all-MiniLM-L6-v2.Q8_0.gguf"):
        if not (CACHE / "models" / name).exists():
            pytest.skip(f"the model is missing: {CACHE / 'models' / name}")
    engine = PROGRAM.parent.parent / "loci-engine/loci-engine"
    if not engine.exists():
        pytest.skip(f"the engine is not built: {engine}")
    return make_server
