"""Reads and writes JUnit files: the one form in which every runner hands in what it found."""
import dataclasses
import pathlib
import xml.etree.ElementTree as ET


@dataclasses.dataclass
class Case:
    """One test and how it ended: passed, failed or skipped."""
    runner: str
    name: str
    outcome: str
    text: str = ""
    seconds: float = 0.0


def outcome_of(case):
    """(outcome, text) of a <testcase>, as GoogleTest, pytest, Vitest and Playwright write it."""
    for tag in ("failure", "error"):
        found = case.findall(tag)
        if found:
            texts = [each.get("message") or (each.text or "").strip() for each in found]
            return "failed", "\n".join(texts)
    skipped = case.find("skipped")
    if skipped is not None:
        return "skipped", skipped.get("message") or (skipped.text or "").strip() or "no reason given"
    if case.get("status") == "notrun" and case.get("result") != "completed":
        return "skipped", "disabled in the source"
    return "passed", ""


def read(path):
    """Every case of one JUnit file. Raises ET.ParseError when the runner died while writing."""
    for case in ET.parse(path).getroot().iter("testcase"):
        name = f"{case.get('classname', '')}.{case.get('name', '')}".strip(".")
        outcome, text = outcome_of(case)
        try:
            seconds = float(case.get("time") or 0)
        except ValueError:
            seconds = 0.0
        yield Case(pathlib.Path(path).stem, name, outcome, text, seconds)


def printable(text):
    return "".join(c for c in text if c in "\n\t" or c >= " ")


def write(path, suite, cases):
    root = ET.Element("testsuite", name=suite, tests=str(len(cases)))
    for case in cases:
        node = ET.SubElement(root, "testcase", classname=suite, name=case.name,
                             time=f"{case.seconds:.2f}")
        if case.outcome != "passed":
            tag = "failure" if case.outcome == "failed" else "skipped"
            text = printable(case.text)
            ET.SubElement(node, tag, message=text[:2000]).text = text
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
