"""What is said in the training of a wake model: the phrase alone and before other words, and everything
that is not the phrase, also what comes near it."""
import random

AFTER = ["what time is it?", "please turn the lights off.", "tell me a story.", "are you there?", "what is the weather like?",
         "play some music.", "how are you today?", "remind me to call my sister.", "stop.", "good morning.",
         "can you hear me?", "what did I say yesterday?", "I have a question.", "set a timer for ten minutes.",
         "wake up.", "who is that?", "open the window.", "let us talk.", "do you know a joke?", "thank you."]
WHO = ["I", "my brother", "the neighbour", "our teacher", "she", "nobody", "the doctor", "a friend of mine", "the children",
       "he", "the man at the door", "your mother", "everybody", "the driver", "the old lady", "they", "we", "the cat"]
DOES = ["found", "wanted", "forgot", "looked for", "brought", "heard about", "carried", "broke", "painted", "sold",
        "will need", "never saw", "is talking about", "would like", "put away", "has lost", "keeps", "took"]
WHAT = ["a green umbrella", "the newspaper", "three bottles of milk", "a long letter", "the key to the garden",
        "some bread and butter", "an old piano", "the blue bicycle", "a box of matches", "his left shoe", "the book",
        "a cup of coffee", "the radio", "two tickets", "the cookies", "a new hook for the coat", "the computer",
        "a picture of the harbour", "her glasses", "the recipe", "a hat", "the last train", "a joke", "the note"]
WHERE = ["in the kitchen", "on Monday evening", "behind the house", "at the station", "before lunch", "under the table",
         "near the river", "yesterday", "in the morning", "after the rain", "on the way home", "at six o'clock", "again",
         "in a corner of the room", "last winter", "with a smile", "without a word", "for the third time"]
SAID = ["Hello everybody.", "Good morning.", "Good evening.", "How do you do?", "Okay, let me think about it.", "No problem.",
        "Thank you very much.", "I do not know.", "What do you mean?", "Never mind.", "See you later.", "That is fine.",
        "Well, who knows?", "Oh no, not again.", "Yes please.", "Come here.", "Look at that.", "Are you serious?",
        "Excuse me, where is the exit?", "It was nothing.", "Wait a moment.", "Hurry up.", "Sit down and listen."]
# Common words of one or two syllables, to stand where a word of the phrase does.
WORDS = ("look book cook hook took luke neck nick knock new no now not note noon nurse next nice night need know knee "
         "name near you there man mate guys everyone buddy babe jude mark john mike kate duke food foot put good could would "
         "should push pull full wolf woman sugar soup soon moon room spoon rock lock luck lick like lake make milk mood "
         "move music nobody nothing number never nature napkin noodle normal north nose novel open over okay okra oak only "
         "robin robert ruby rudy luna lulu lunar loony lana lina computer commuter compute come company complete "
         "friend father mother sister brother dog cat car tree house window door table chair summer winter monday").split()


def positives(phrase):
    return [f"{phrase}{mark}" for mark in (".", "!", "?", ",")]


def near(phrase, count, seed):
    """The phrase with one of its words exchanged, a part of it, and its words in other places."""
    chance = random.Random(seed)
    words = phrase.split()
    own = {word.lower() for word in words}
    others = [word for word in WORDS if word not in own]
    out = []
    for _ in range(count):
        place = chance.randrange(len(words))
        kind = chance.random()
        if kind < 0.55:
            said = [*words[:place], chance.choice(others), *words[place + 1:]]
            out.append(" ".join(said) + chance.choice([".", "!", ", come here.", ", listen to this.", "?"]))
        elif kind < 0.7 and len(words) > 1:
            out.append(" ".join(words[:place] + words[place + 1:]) + chance.choice([".", ", " + chance.choice(AFTER)]))
        elif kind < 0.85:
            out.append(f"{chance.choice(WHO)} {chance.choice(DOES)} a {words[place]} {chance.choice(WHERE)}.")
        else:
            out.append(f"{chance.choice(others)} {words[place]} {chance.choice(others)}.")
    return out


def anything(count, seed):
    chance = random.Random(seed)
    out = []
    for _ in range(count):
        kind = chance.random()
        if kind < 0.2:
            out.append(chance.choice(SAID))
        elif kind < 0.35:
            out.append(" ".join(chance.sample(WORDS, 5)) + ".")
        else:
            out.append(f"{chance.choice(WHO)} {chance.choice(DOES)} {chance.choice(WHAT)} {chance.choice(WHERE)}.")
    return out
