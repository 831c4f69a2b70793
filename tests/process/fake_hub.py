"""A model hub of one file on a free port: says its hash, serves ranges, can be slow, break or lie."""
import hashlib
import http.server
import json
import pathlib
import threading

# Which one is offered depends on the speed of the machine, so every one of the catalogue is here.
CATALOGUE_FILES = [model["file"] for model in json.loads(
    (pathlib.Path(__file__).parents[2] / "models/catalog.json").read_text())["models"]
    if model["role"] == "chat"]


class FakeHub:
    def __init__(self, body):
        self.body = body
        self.sha256 = hashlib.sha256(body).hexdigest()
        self.web_page = False
        self.served = 0  # bytes of the file that went out
        self.ranges = []  # where each download began
        self.limit = None  # bytes that may go out until open_gate()
        self._gate = threading.Event()
        hub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                if self.path.startswith("/api/models/"):
                    hub.send_listing(self)
                else:
                    hub.send_file(self)

        class Quiet(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass  # a download that was stopped

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def open_gate(self):
        self.limit = None
        self._gate.set()

    def send_listing(self, request):
        # Whatever is asked for is here: the file of the catalogue's entry.
        files = []
        for name in CATALOGUE_FILES:
            files.append({"path": name, "type": "file", "size": len(self.body),
                          "lfs": {"oid": self.sha256, "size": len(self.body)}})
        self.answer(request, 200, "application/json", json.dumps(files).encode())

    def send_file(self, request):
        if self.web_page:
            return self.answer(request, 200, "text/html", b"<!doctype html><p>Sign in</p>")
        start = 0
        wanted = request.headers.get("Range")
        if wanted:
            start = int(wanted.removeprefix("bytes=").split("-")[0])
        self.ranges.append(start)
        rest = self.body[start:]
        request.send_response(206 if wanted else 200)
        request.send_header("Content-Type", "application/octet-stream")
        request.send_header("Content-Length", str(len(rest)))
        if wanted:
            end = len(self.body) - 1
            request.send_header("Content-Range", f"bytes {start}-{end}/{len(self.body)}")
        request.end_headers()
        for at in range(0, len(rest), 65536):
            if self.limit is not None:
                # A network with a speed, until the limit; then it waits for the test.
                self._gate.wait(60 if self.served >= self.limit else 0.002)
            piece = rest[at:at + 65536]
            request.wfile.write(piece)
            request.wfile.flush()
            self.served += len(piece)

    @staticmethod
    def answer(request, status, kind, body):
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def close(self):
        self.open_gate()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
