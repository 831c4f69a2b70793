"""Judges what bench/starter_bench.cpp wrote; the rules are those of docs/starter-mind.md.

usage: starter_score.py OUT.jsonl… [--read FORM] [--confidence FORM VERDICTS.json]
  no option            a table: each form's share of replies that pass each rule
  --read FORM          the replies of one form with what is wrong with them, to be read
  --confidence …       how well the mean log-probability tells bad replies from good ones, by
                       verdicts of a reader ({"<form>": {"<prompt>#<seed>": "good" | "poor" |
                       "bad"}})
"""
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent
ON_TOPIC_QUESTION = 0.40  # cosine to what was said …
ON_TOPIC_ACCEPTED = 0.30  # … or to a fitting answer
ECHO_RUN = 6              # this many words in a row from the persona or an example are an echo
RULES = ("empty", "loop", "language", "cut", "role", "echo", "topic", "wrong")

DRIFT = re.compile(
    r"\bas an? (\w+[ -]){0,4}(ai|assistant|chatbot|entity|program)\b|language model|smollm|hugging ?face"
    r"|\b(i'?m|i am|you'?re|you are) (an?|your) (\w+ ){0,2}(ai|assistant|chatbot)\b"
    r"|\bhow (can|may) i (help|assist) you|what can i do for you|feel free to (ask|reach)"
    r"|\bi'?m here to (help|assist)|\b(i'?d|i would) be happy to (help|assist)", re.I)
HUMAN = re.compile(
    r"\bmy (wife|husband|mother|mom|mum|father|dad|son|daughter|children|kids|boss|job|sister|"
    r"brother|family|friends|parents|grandmother|cat|dog|car)\b", re.I)
MARKS = re.compile(r"\b(person|nook|user|assistant|human|system)\s*:|<\||\[/?(inst|name)", re.I)
GERMAN = set("der die das und ist nicht ich du mir dir mich dich ein eine einen einem es wie was wo "
             "wer zu von mit auf im dem den auch aber sehr heute kann kannst hast habe hat bin bist "
             "war sind für tut leid danke ja nein dein mein gut".split())
ENGLISH = set("the a an is are was i you it to of and in that for on with my your do not have be "
              "this what how we they can at me but so yes no there".split())


def words(text):
    return re.findall(r"[\w']+", text.lower())


def is_echo(reply, question, taught):
    said = words(reply)
    rest = [w for w in said if w not in set(words(question))]
    if len(said) >= 3 and len(rest) <= len(said) // 5:
        return True
    for source in taught:
        known = words(source)
        run = min(ECHO_RUN, len(known))
        parts = {tuple(known[i:i + run]) for i in range(len(known) - run + 1)} if run >= 3 else ()
        if any(tuple(said[i:i + run]) in parts for i in range(len(said) - run + 1)):
            return True
    return False


def language_of(text):
    found = words(text)
    german = sum(w in GERMAN for w in found) + sum(bool(re.search("[äöüß]", w)) for w in found)
    english = sum(w in ENGLISH for w in found)
    return "de" if german > english and german >= min(2, len(found)) else "en"


def judge(line, prompt, taught):
    """The first rule that the reply breaks, or None."""
    reply = line["reply"]
    wanted = prompt.get("language", "en")
    if wanted != "en" and line["fault"] == "wrong_language":
        return None  # it says so, which is right
    if not words(reply):
        return "empty"
    if line["fault"] == "loop":
        return "loop"
    if line["fault"] == "wrong_language" or language_of(reply) != wanted:
        return "language"
    if line["finish"] == "length":
        return "cut"
    claims = set(HUMAN.findall(reply)) - {w for w in words(prompt["text"])}
    if DRIFT.search(reply) or MARKS.search(reply) or claims:
        return "role"
    if "keywords" in prompt:
        # A short key is a word of its own, a longer one the beginning of a word.
        flat = " ".join(["", *words(reply), ""])
        hit = all(any(re.search(rf" {re.escape(k)}" + (" " if len(k) < 4 else ""), flat)
                      for k in group) for group in prompt["keywords"])
        return None if hit else "wrong"
    if is_echo(reply, prompt["text"], taught):
        return "echo"
    if line["like_question"] < ON_TOPIC_QUESTION and line["like_accepted"] < ON_TOPIC_ACCEPTED:
        return "topic"
    return None


def load(paths):
    prompts = json.loads((HERE / "starter_prompts.json").read_text())["prompts"]
    forms = json.loads((HERE / "starter_forms.json").read_text())
    personas = {f["id"]: forms["personas"][f["persona"]] for f in forms["forms"]}
    by_id = {p["id"]: p for p in prompts}
    rows = []
    for path in paths:
        for text in pathlib.Path(path).read_text().splitlines():
            line = json.loads(text)
            prompt = by_id[line["prompt"]]
            taught = [re.sub(r"^\w+:", "", part) for part in
                      re.split(r"\n+|(?<=[.!?]) ", personas[line["form"]])]
            rows.append((line, prompt, judge(line, prompt, taught)))
    return rows


def share(part, whole):
    return f"{100 * len(part) / len(whole):3.0f}" if whole else "  -"


def table(rows):
    print(f"{'form':18} {'n':>4} {'good':>4} {'facts':>5} {'talk':>4} {'follow':>6} {'german':>6} | "
          + " ".join(f"{r:>8}" for r in RULES) + " | tokens in/out  logprob    ms")
    for form in dict.fromkeys(line["form"] for line, _, _ in rows):
        mine = [r for r in rows if r[0]["form"] == form]
        plain = [r for r in mine if r[1]["kind"] != "german"]
        kinds = {
            "facts": [r for r in plain if r[1]["kind"] == "fact"],
            "talk": [r for r in plain if r[1]["kind"] not in ("fact", "follow_up")],
            "follow": [r for r in plain if r[1]["kind"] == "follow_up"],
            "german": [r for r in mine if r[1]["kind"] == "german"]}
        good = {name: [r for r in group if r[2] is None] for name, group in kinds.items()}
        mean = lambda key: sum(r[0][key] for r in plain) / len(plain)
        print(f"{form:18} {len(plain):4} {share([r for r in plain if r[2] is None], plain):>4} "
              f"{share(good['facts'], kinds['facts']):>5} {share(good['talk'], kinds['talk']):>4} "
              f"{share(good['follow'], kinds['follow']):>6} "
              f"{share(good['german'], kinds['german']):>6} | "
              + " ".join(f"{share([r for r in plain if r[2] == rule], plain):>8}"
                         for rule in RULES)
              + f" | {mean('prompt_tokens'):5.0f} {mean('reply_tokens'):5.0f}"
              + f"    {mean('mean_logprob'):6.2f} {mean('ms'):6.0f}")


def read(rows, form):
    for line, prompt, fault in rows:
        if line["form"] == form:
            print(f"{prompt['id']:8}#{line['seed']} {fault or '':8} {line['mean_logprob']:5.2f} "
                  f"{prompt['text']} → {line['reply']}")


def confidence(rows, form, path):
    verdicts = json.loads(pathlib.Path(path).read_text())[form]
    judged = [(line["mean_logprob"], verdicts[f"{prompt['id']}#{line['seed']}"])
              for line, prompt, _ in rows
              if line["form"] == form and f"{prompt['id']}#{line['seed']}" in verdicts]
    kinds = {kind: [p for p, v in judged if v == kind] for kind in ("bad", "poor", "good")}
    print("replies: " + ", ".join(f"{len(group)} {kind}" for kind, group in kinds.items()))
    for step in range(-16, -7):
        limit = step / 10
        print(f"below {limit:4.1f}: " + ", ".join(
            f"{share([p for p in group if p < limit], group)} % of the {kind}"
            for kind, group in kinds.items()))


def main(arguments):
    paths = [a for a in arguments if a.endswith(".jsonl")]
    if not paths:
        sys.exit(__doc__)
    rows = load(paths)
    if "--read" in arguments:
        read(rows, arguments[arguments.index("--read") + 1])
    elif "--confidence" in arguments:
        at = arguments.index("--confidence")
        confidence(rows, arguments[at + 1], arguments[at + 2])
    else:
        table(rows)


if __name__ == "__main__":
    main(sys.argv[1:])
