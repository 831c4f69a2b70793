"""/openapi.json is valid OpenAPI 3.1, and the server does what it says."""
import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

METHODS = ("get", "post", "put", "patch", "delete")


def operations(document):
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield method, path, item[method]


class Described:
    """Calls the server and checks each answer against the document."""

    def __init__(self, server):
        self.server = server
        self.document = server.call("GET", "/openapi.json").json()
        self.checked = set()

    def call(self, method, path, body=None, template=None):
        answer = self.server.call(method, path, body)
        template = template or path.split("?")[0]
        responses = self.document["paths"][template][method.lower()]["responses"]
        assert str(answer.status) in responses, f"{method} {path} gave {answer.status}"
        response = responses[str(answer.status)]
        if "$ref" in response:
            response = self.document["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
        kind = answer.headers["Content-Type"].split(";")[0]
        assert kind in response["content"], f"{method} {path} sent {kind}"
        if kind == "application/json":
            schema = {**response["content"][kind]["schema"],
                      "components": self.document["components"]}
            jsonschema.validate(answer.json(), schema,
                                cls=jsonschema.validators.Draft202012Validator)
        self.checked.add((method, template))
        return answer


def test_the_document_is_valid(scripted):
    document = scripted().call("GET", "/openapi.json").json()
    OpenAPIV31SpecValidator(document).validate()
    assert {"/api/chat", "/api/sessions/{id}", "/api/messages", "/ws"} <= set(document["paths"])
    for _, path, operation in operations(document):
        assert operation["summary"], path
        assert "default" in operation["responses"], path


def test_every_route_exists_as_described(scripted):
    server = scripted()
    document = server.call("GET", "/openapi.json").json()
    for method, path, _ in operations(document):
        if path.startswith("/ws"):
            continue
        answer = server.call(method.upper(), path.replace("{id}", "none").replace("{name}", "none"),
                             {} if method in ("post", "put", "patch") else None)
        assert answer.status != 405, f"{method} {path}"
        if answer.status == 404:
            assert answer.json()["error"]["message"] != "there is nothing at this address", path


def test_answers_fit_their_schemas(scripted):
    server = scripted()
    api = Described(server)
    said = api.call("POST", "/api/chat", {"message": "hello"}).json()
    session = said["session_id"]
    one = "/api/sessions/{id}"
    for path in ("/healthz", "/health", "/readyz", "/ready", "/metrics", "/api/hardware",
                 "/api/v1/hardware/info", "/api/logs?limit=5", "/api/v1/logs/current", "/api/data",
                 "/api/phone", "/api/workspace", "/api/auth/status", "/api/auth/check",
                 "/api/sessions?limit=5", "/api/chats", "/api/models", "/api/config",
                 f"/api/messages?session_id={session}"):
        assert api.call("GET", path).status == 200, path
    assert api.call("GET", "/api/messages/" + said["message_id"],
                    template="/api/messages/{id}").status == 200
    assert api.call("GET", f"/api/sessions/{session}", template=one).status == 200
    assert api.call("PATCH", f"/api/sessions/{session}", {"title": "x"}, one).status == 200
    assert api.call("GET", f"/api/sessions/{session}/stats", template=one + "/stats").status == 200
    for kind in ("", "?format=json"):
        assert api.call("GET", f"/api/sessions/{session}/export{kind}",
                        template=one + "/export").status == 200
    assert api.call("POST", "/api/chats/load", {"id": session}).status == 200
    assert api.call("POST", f"/api/sessions/{session}/stop", template=one + "/stop").status == 200
    assert api.call("POST", f"/api/sessions/{session}/clear", template=one + "/clear").status == 200
    assert api.call("POST", "/api/chat/clear").status == 200
    assert api.call("DELETE", f"/api/sessions/{session}", template=one).status == 200
    assert api.call("POST", "/api/sessions").status == 201
    assert api.call("PATCH", "/api/config", {"chat.queue": "collect"}).status == 200
    assert api.call("PUT", "/api/workspace/NEW.md", {"content": "x"},
                    "/api/workspace/{name}").status == 200
    assert api.call("DELETE", "/api/workspace/NEW.md", template="/api/workspace/{name}").status == 200


@pytest.mark.parametrize("method,path,body,template,status", [
    ("POST", "/api/chat", {}, None, 400),
    ("POST", "/api/chat", {"message": 7}, None, 400),
    ("POST", "/api/chat", {"message": "x", "session_id": "none"}, None, 404),
    ("GET", "/api/sessions?limit=0", None, None, 400),
    ("GET", "/api/messages", None, None, 400),
    ("GET", "/api/sessions/none", None, "/api/sessions/{id}", 404),
    ("GET", "/api/sessions/none/export?format=pdf", None, "/api/sessions/{id}/export", 400),
    ("POST", "/api/models/none/use", None, "/api/models/{id}/use", 404),
    ("PATCH", "/api/config", {"chat.quue": 1}, None, 400),
    ("GET", "/api/logs?level=loud", None, None, 400),
])
def test_refusals_fit_their_schema(scripted, method, path, body, template, status):
    assert Described(scripted()).call(method, path, body, template).status == status
