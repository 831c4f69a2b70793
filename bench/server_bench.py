#!/usr/bin/env python3
"""Measures the server with a scripted upstream on this machine and prints one JSON object.

Everything runs on loopback: a model server that speaks the OpenAI wire format, the real program, and
clients. Client and upstream share one clock, so a time from one to the other is the server's own
share plus what this script needs (stated as `script_overhead_ms`, measured against an echo).

usage: server_bench.py [PROGRAM] [--runs N] [--messages N]
"""
import argparse
import asyncio
import json
import os
import pathlib
import sqlite3
import subprocess
import tempfile
import time
import urllib.request

import websockets

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOKENS = 120
TOKEN_INTERVAL = 1 / 60


def summary(values, digits=3):
    ordered = sorted(values)

    def at(share):
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], digits)

    return {"n": len(ordered), "p50": at(0.5), "p95": at(0.95), "p99": at(0.99),
            "max": round(ordered[-1], digits)}


class Upstream:
    """A model server: notes when each request arrived, streams tokens that carry their time."""

    def __init__(self):
        self.arrivals = []
        self.tokens = 3
        self.interval = 0.0

    async def start(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    async def serve(self, reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                arrived = time.monotonic()
                length = 0
                for line in head.split(b"\r\n"):
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                await reader.readexactly(length)
                self.arrivals.append(arrived)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                             b"Transfer-Encoding: chunked\r\n\r\n")
                began = time.monotonic()
                for number in range(self.tokens):
                    due = began + number * self.interval
                    if self.interval:
                        await asyncio.sleep(max(0, due - time.monotonic()))
                    self.chunk(writer, {"choices": [{"index": 0, "delta": {
                        "content": f"{time.monotonic():.6f} "}}]})
                    await writer.drain()
                self.chunk(writer, {"choices": [{"index": 0, "delta": {},
                                                 "finish_reason": "stop"}]})
                data = b"data: [DONE]\n\n"
                writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n0\r\n\r\n")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    @staticmethod
    def chunk(writer, body):
        data = b"data: " + json.dumps(body).encode() + b"\n\n"
        writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")


class Program:
    def __init__(self, path, home, upstream_port):
        self.path, self.home = path, home
        self.environment = {
            "HOME": str(home), "PATH": os.environ["PATH"], "LOCI_LLM_PROVIDER": "custom",
            "LOCI_LLM_BASE_URL": f"http://127.0.0.1:{upstream_port}/v1",
            "LOCI_LLM_API_KEY": "none-needed", "LOCI_LLM_MODEL": "bench",
            "LOCI_LLM_REFLEXES": "off", "LOCI_MODELS_DISCOVER": "false",
            "LOCI_LIMITS_REQUESTS_PER_SECOND": "100000", "LOCI_LIMITS_REQUEST_BURST": "100000",
            "LOCI_LIMITS_CONNECTIONS": "5000", "LOCI_LOGGING_LEVEL": "warn"}

    def start(self):
        began = time.monotonic()
        self.process = subprocess.Popen(
            [self.path, "serve", "--port", "0", "--data", str(self.home / "data"), "--engine",
             "off", "--no-browser"], env=self.environment, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().rsplit("ready: ", 1)[1].strip()
        with urllib.request.urlopen(self.url + "/readyz") as answer:
            answer.read()
        return (time.monotonic() - began) * 1000

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
        self.process.stdout.close()

    def memory_kb(self):
        sums = {"Rss": 0, "Private_Dirty": 0}
        for line in pathlib.Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().split("\n"):
            name = line.split(":")[0]
            if name in sums:
                sums[name] = int(line.split()[1])
        return sums

    def ask(self, method, path, body=None):
        request = urllib.request.Request(self.url + path, method=method,
                                         data=json.dumps(body or {}).encode(),
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


async def connect(program, session=None):
    socket = await websockets.connect(program.url.replace("http", "ws") + "/ws", max_size=None,
                                      ping_interval=None, compression=None)
    hello = {"type": "hello", "protocol": 1}
    if session:
        hello["session_id"] = session
    await socket.send(json.dumps(hello))
    await until(socket, "session.snapshot" if session else "ready")
    return socket


async def until(socket, kind, seen=None):
    while True:
        text = await asyncio.wait_for(socket.recv(), 60)
        now = time.monotonic()
        event = json.loads(text)
        if seen is not None:
            seen.append((now, event))
        if event["type"] == kind:
            return event


async def say(socket, session, text):
    await socket.send(json.dumps({"type": "message.send", "session_id": session, "text": text,
                                  "idempotency_key": os.urandom(8).hex()}))


async def measure_turns(program, upstream, runs, messages):
    """Posted message to upstream request, in a conversation of `messages` messages."""
    session = program.ask("POST", "/api/sessions")["id"]
    socket = await connect(program, session)
    upstream.tokens, upstream.interval = 3, 0.0
    for number in range(messages // 2):
        await say(socket, session, f"warm up {number}")
        await until(socket, "turn.ended")
    delays = []
    for number in range(runs):
        await asyncio.sleep(0.02)
        count = len(upstream.arrivals)
        sent = time.monotonic()
        await say(socket, session, f"measured message {number}")
        await until(socket, "turn.ended")
        delays.append((upstream.arrivals[count] - sent) * 1000)
    await socket.close()
    return summary(delays)


async def measure_tokens(program, upstream):
    session = program.ask("POST", "/api/sessions")["id"]
    socket = await connect(program, session)
    upstream.tokens, upstream.interval = TOKENS, TOKEN_INTERVAL
    delays = []
    for _ in range(5):
        seen = []
        await say(socket, session, "stream")
        await until(socket, "turn.ended", seen)
        delays += [(now - float(word)) * 1000 for now, event in seen
                   if event["type"] == "reply.delta" for word in event["text"].split()[-1:]]
    await socket.close()
    return summary(delays)


async def measure_many(program, upstream, count):
    """Lateness of tokens against their schedule, with `count` conversations at once."""
    upstream.tokens, upstream.interval = TOKENS, TOKEN_INTERVAL
    sessions = [program.ask("POST", "/api/sessions")["id"] for _ in range(count)]
    sockets = [await connect(program, session) for session in sessions]

    async def one(socket, session):
        seen = []
        await say(socket, session, "stream")
        ended = await until(socket, "turn.ended", seen)
        words = [(now, word) for now, event in seen if event["type"] == "reply.delta"
                 for word in event["text"].split()]
        return [(now - float(word)) * 1000 for now, word in words], len(words), ended["state"]

    results = await asyncio.gather(*(one(s, i) for s, i in zip(sockets, sessions)))
    for socket in sockets:
        await socket.close()
    return {"lateness_ms": summary([d for delays, _, _ in results for d in delays]),
            "tokens_missing": sum(TOKENS - words for _, words, _ in results),
            "failed": sum(state != "done" for _, _, state in results)}


async def measure_sockets(program, count):
    before = program.memory_kb()
    sockets = [await connect(program) for _ in range(count)]
    await asyncio.sleep(1)
    after = program.memory_kb()
    for socket in sockets:
        await socket.close()
    return round((after["Private_Dirty"] - before["Private_Dirty"]) / count, 2)


async def script_overhead(upstream):
    """The same path without the server: this script to the upstream and back."""
    delays = []
    reader, writer = await asyncio.open_connection("127.0.0.1", upstream.port)
    upstream.tokens, upstream.interval = 1, 0.0
    for _ in range(50):
        count = len(upstream.arrivals)
        sent = time.monotonic()
        writer.write(b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}")
        await reader.readuntil(b"0\r\n\r\n")
        delays.append((upstream.arrivals[count] - sent) * 1000)
    writer.close()
    return summary(delays)


def fsync_ms(folder):
    times = []
    with open(folder / "fsync.probe", "wb") as file:
        for _ in range(50):
            file.write(b"x" * 4096)
            file.flush()
            began = time.monotonic()
            os.fsync(file.fileno())
            times.append((time.monotonic() - began) * 1000)
    return summary(times)


def stored_messages(home):
    database = sqlite3.connect(home / "data/loci.db")
    count = database.execute("SELECT count(*) FROM messages").fetchone()[0]
    database.close()
    return count


async def run(arguments):
    home = pathlib.Path(tempfile.mkdtemp(prefix="loci-bench-"))
    upstream = Upstream()
    await upstream.start()
    program = Program(arguments.program, home, upstream.port)
    result = {"binary_mb": round(arguments.program.stat().st_size / 1e6, 2)}
    program.start()
    socket = await connect(program)
    await asyncio.sleep(1.5)
    memory = program.memory_kb()
    result["idle_rss_mb"] = round(memory["Rss"] / 1000, 1)
    result["idle_private_dirty_mb"] = round(memory["Private_Dirty"] / 1000, 1)
    await socket.close()
    result["script_overhead_ms"] = await script_overhead(upstream)
    result["fsync_ms"] = fsync_ms(home)
    result["post_to_upstream_ms"] = await measure_turns(program, upstream, arguments.runs, 200)
    result["added_per_token_ms"] = await measure_tokens(program, upstream)
    result["idle_socket_kb"] = await measure_sockets(program, 500)
    result["fifty_streams"] = await measure_many(program, upstream, 50)
    session = program.ask("POST", "/api/sessions")["id"]
    socket = await connect(program, session)
    upstream.tokens, upstream.interval = 1, 0.0
    have = stored_messages(home)
    while have < arguments.messages:
        await say(socket, session, "more of the same, to fill the database with ordinary words")
        await until(socket, "turn.ended")
        have += 2
    await socket.close()
    program.stop()
    starts = []
    for _ in range(arguments.runs):
        starts.append(program.start())
        program.stop()
    result["messages_at_start"] = have
    result["start_to_ready_ms"] = summary(starts)
    print(json.dumps(result, indent=2))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", nargs="?", type=pathlib.Path,
                        default=ROOT / "build/release/apps/loci/loci")
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--messages", type=int, default=10_000)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
