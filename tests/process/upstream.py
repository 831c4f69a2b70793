"""A model server that behaves as a test wants it to: each request is answered by one function."""
import http.server
import json
import threading


class Call:
    """One request and the raw connection to answer it on."""

    def __init__(self, handler, body):
        self.handler = handler
        self.path = handler.path
        self.headers = handler.headers
        self.body = body

    def json(self):
        return json.loads(self.body)

    def words(self):
        """What the person said last."""
        return [m for m in self.json()["messages"] if m["role"] == "user"][-1]["content"]

    def write(self, data):
        self.handler.wfile.write(data)
        self.handler.wfile.flush()

    def head(self, status=200, kind="text/event-stream", **headers):
        lines = [f"HTTP/1.1 {status} X", f"Content-Type: {kind}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    def answer(self, status, body, kind="application/json", **headers):
        data = body.encode() if isinstance(body, str) else body
        self.head(status, kind, Content_Length=len(data), **headers)
        self.write(data)

    def event(self, **choice):
        self.write(b"data: " + json.dumps({"id": "1", "choices": [{"index": 0, **choice}]}).encode()
                   + b"\n\n")

    def delta(self, text):
        self.event(delta={"content": text})

    def wait_for_hang_up(self):
        """Returns when the other side has closed the connection."""
        self.handler.connection.settimeout(60)
        try:
            while self.handler.connection.recv(65536):
                pass
        except OSError:
            pass


def reply(text):
    """Answers every call in the way of OpenAI, word by word."""

    def answer(call):
        call.head()
        for word in text.split(" "):
            call.delta(word + " ")
        call.event(delta={}, finish_reason="stop")
        call.write(b"data: [DONE]\n\n")

    return answer


class Upstream:
    """Listens on a free port of loopback; `answer` is what it does with the next calls. What is only
    asked for (GET) it does not have, unless `answer_get` says otherwise."""

    def __init__(self, answer, answer_get=None):
        self.answer = answer
        self.answer_get = answer_get
        self.calls = []
        self.ended = threading.Semaphore(0)  # one for every call that is over
        upstream = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.give(upstream.answer, body)

            def do_GET(self):
                if upstream.answer_get:
                    self.give(upstream.answer_get, b"")
                else:
                    self.send_error(404)

            def give(self, answer, body):
                call = Call(self, body)
                upstream.calls.append(call)
                self.close_connection = True
                try:
                    answer(call)
                except OSError:
                    pass  # the program has hung up, which is its right
                finally:
                    upstream.ended.release()

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
