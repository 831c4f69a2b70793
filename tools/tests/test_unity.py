"""Clashes that only the joined build would show."""
import pytest
import unity

FIRST = "namespace chat {\nnamespace {\n%s\n}\n}\n"


@pytest.fixture
def clash(tmp_path):
    def run(one, two, second="src/chat/b.cpp", frame=FIRST):
        for name, text in (("src/chat/a.cpp", one), (second, two)):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(frame % text, encoding="utf-8")
        return "\n".join(unity.check(tmp_path))
    return run


@pytest.mark.parametrize("one, two", [
    ("constexpr int kMax = 3;", "constexpr std::size_t kMax = 4;"),
    ("constexpr std::array kNames{1, 2};", "const int kNames[] = {1};"),
    ("struct Row { int a; };", "struct Row { long b; };"),
    ("enum class Kind { a, b };", "class Kind {};"),
    ("int size(int a) { return a; }", "[[nodiscard]] int size(int b) { if (b) { return 2; } return b; }"),
    ("bool ok() { return true; }\nint kA = 1;", "int x = 0;\n#define M(a) \\\n  a\nint kA = 2;"),
])
def test_the_same_name_twice_is_found(clash, one, two):
    assert "src/chat/b.cpp:" in clash(one, two)


def test_constants_outside_anonymous_namespaces_clash_too(clash):
    assert clash("constexpr int kMax = 3;", "static int kMax = 4;", frame="namespace chat {\n%s\n}\n")


@pytest.mark.parametrize("one, two", [
    ("int size(int a) { return a; }", "int size(std::string a) { return 1; }"),
    ("void f() { int kMax = 3; }", "void g() { int kMax = 3; }"),
    ("namespace fs = std::filesystem;", "namespace fs = std::filesystem;"),
    ("using std::string;", "using std::string;"),
    ("// constexpr int kMax = 3;", "constexpr int kMax = 3;"),
])
def test_what_can_be_joined_passes(clash, one, two):
    assert clash(one, two) == ""


@pytest.mark.parametrize("second", ["src/http/b.cpp", "src/chat/b_test.cpp",
                                    "src/chat/testing/b.cpp"])
def test_files_that_are_never_joined_may_agree(clash, second):
    assert clash("constexpr int kMax = 3;", "constexpr int kMax = 3;", second) == ""


def test_detail_is_part_of_the_room(clash):
    assert clash("int kA = 1;", "int kA = 1;", "src/chat/detail/b.cpp")
