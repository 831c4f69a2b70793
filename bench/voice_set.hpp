// The spoken turns that the voice benchmark plays: complete sentences, sentences with a pause in
// their middle, listeners' noises and interruptions. Frozen: no constant of the product was tuned
// on them; of the wake threshold see decision 12, of two ends of turns docs/benchmarks.md. Plain
// data.
#pragma once

#include <array>
#include <string_view>

namespace bench {

inline constexpr std::array<std::string_view, 24> kComplete = {
    "What time does the train to Leeds leave?",
    "Could you set a timer for ten minutes please?",
    "I watched an old movie last night.",
    "How far is the moon from the earth?",
    "Tell me something funny.",
    "My sister is coming to visit on Friday.",
    "Please turn the lights off in the kitchen.",
    "Who wrote that song about the yellow submarine?",
    "I think the garden needs some water.",
    "What is seventeen times four?",
    "Remind me to call my mother tomorrow morning.",
    "Do you know a good recipe for pancakes?",
    "The meeting was moved to half past three.",
    "Can you explain how a rainbow is made?",
    "I finished the book you told me about.",
    "Where did I leave my glasses?",
    "Read me the news from this morning.",
    "It was raining when we left the house.",
    "Which animal sleeps the longest?",
    "Let us play a word game.",
    "I am going to bed now.",
    "How do you say thank you in Spanish?",
    "Add butter and eggs to the shopping list.",
    "What do you think about that?",
};

// Before and after the pause.
inline constexpr std::array<std::array<std::string_view, 2>, 12> kPaused = {{
    {"I would like to", "book a table for two."},
    {"Can you tell me how to", "repair a bicycle tyre?"},
    {"Yesterday I went to the", "dentist in the old town."},
    {"What is the name of the", "river that flows through Paris?"},
    {"Please remind me to", "water the plants tonight."},
    {"I was thinking about", "painting the bedroom blue."},
    {"Do you remember when we", "talked about the lighthouse?"},
    {"My favourite colour is", "green, because of the forest."},
    {"We could go to the beach or", "stay at home and cook."},
    {"The reason I ask is that", "my brother wants to move."},
    {"Send a message to", "Anna and tell her I am late."},
    {"If it rains tomorrow then", "we will visit the museum."},
}};

inline constexpr std::array<std::string_view, 6> kInterrupting = {
    "Wait, stop please.",      "No, that is not what I meant.",
    "Hold on a second.",       "Actually I have another question.",
    "Can you say that again?", "Okay stop talking now.",
};

}  // namespace bench
