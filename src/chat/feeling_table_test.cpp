// How sentences of a companion feel: a table in three languages. What the rules are meant to know
// is asserted row by row; what they cannot know (irony, knowledge of the world) is counted with the
// rest and printed.
#include <array>
#include <cstdio>
#include <span>
#include <string>

#include <gtest/gtest.h>

#include "chat/body_book.hpp"

namespace chat {
namespace {

namespace bt = body::text;
using enum bt::Emotion;

bt::Feeling felt(const char* sentence) {
    static const BodyBook kBook = std::move(*BodyBook::parse(built_in_body_files()));
    return kBook.feelings().read(sentence);
}

enum class Meant { known, hard };

struct Row {
    const char* sentence;
    bt::Emotion emotion;
    Meant meant = Meant::known;
};

// clang-format off
constexpr Row kRows[] = {
    // ---- English
    {"I'm so happy for you!", joy}, {"That's wonderful news.", joy}, {"Congratulations on the new job!", joy},
    {"Haha, that joke never gets old.", joy}, {"I love the way you describe the sea.", joy},
    {"Great, let's begin!", joy}, {"You did it, I knew you could.", joy}, {"I can't wait to hear how it goes.", joy},
    {"What a lovely afternoon we had.", joy}, {"I have never been happier.", joy}, {"Not bad at all.", joy},
    {"Don't worry, I'm here.", joy}, {"That made me smile.", joy}, {"It is not only useful, it is fun.", joy},
    {"It was hard, but I'm glad we tried.", joy}, {"Thank you, I enjoyed that.", joy},
    {"Your garden sounds beautiful 🌟", joy}, {"See you tomorrow :)", joy}, {"Sooo good to see you!!", joy},
    {"The sun is out and everybody is dancing in the street.", joy, Meant::hard},
    {"I'm sorry to hear that.", sadness}, {"That must have been a hard time for you.", sadness},
    {"I miss the old days.", sadness}, {"She passed away last spring.", sadness}, {"I am not happy about this.", sadness},
    {"It makes me sad to see you go.", sadness}, {"Unfortunately the letter never arrived.", sadness},
    {"I feel a little lonely tonight.", sadness}, {"What a pity.", sadness}, {"My heart is broken 💔", sadness},
    {"He didn't enjoy the party.", sadness}, {"We laughed, but now I am heartbroken.", sadness},
    {"This is the worst day of my life.", sadness}, {"I was really disappointed.", sadness},
    {"The chair by the window has been empty since March.", sadness, Meant::hard},
    {"I am furious!", anger}, {"That really annoys me.", anger}, {"How dare he talk to you like that!", anger},
    {"I HATE it when doors slam.", anger}, {"Stop it, that's unfair.", anger}, {"I've had enough of these excuses.", anger},
    {"It makes me so mad.", anger}, {"This is unacceptable.", anger}, {"They lied to us 😡", anger},
    {"He is angry with the whole world.", anger}, {"Oh, how very punctual of him, only two hours late.", anger, Meant::hard},
    {"Yuck, the milk has gone off.", disgust}, {"That is disgusting.", disgust}, {"Ew, there's a hair in my soup.", disgust},
    {"The bin stinks.", disgust}, {"Ugh, it was slimy.", disgust}, {"The smell makes me sick.", disgust},
    {"Something green was growing on the bread.", disgust, Meant::hard},
    {"Wow, I did not expect that!", surprise}, {"No way!", surprise}, {"I can't believe you remembered.", surprise},
    {"That is incredible.", surprise}, {"Really, out of nowhere?", surprise}, {"What a surprise!", surprise},
    {"Oh my goodness, look at the time.", surprise}, {"You're kidding, right?", surprise},
    {"He has how many cats?", surprise, Meant::hard},
    {"I'm afraid of the dark.", fear}, {"That sounds scary.", fear}, {"Watch out, it's dangerous!", fear},
    {"I was terrified the whole night.", fear}, {"I'm worried about the results.", fear},
    {"My heart is pounding.", fear}, {"Be careful on the ice.", fear}, {"I have nightmares about it 😱", fear},
    {"Somebody is walking upstairs, and I live alone.", fear, Meant::hard},
    {"The train leaves at nine.", neutral}, {"Paris is the capital of France.", neutral},
    {"Water boils at 100 degrees.", neutral}, {"You can find it in the second drawer.", neutral},
    {"I'm not afraid.", neutral}, {"I am not angry with you.", neutral}, {"There are three kinds of rock.", neutral},
    {"What would you like to eat?", neutral}, {"The meeting was moved to Friday.", neutral},
    {"Open the file and read the second line.", neutral}, {"Call `hate()` in the second line.", neutral},
    {"The word has five letters.", neutral}, {"Let me explain how it works.", neutral},
    {"A mad scientist lived there.", neutral}, {"Turn left after the bridge.", neutral},
    {"The critics of the time called it a happy accident of geology.", neutral, Meant::hard},
    // ---- German
    {"Ich freue mich so für dich!", joy}, {"Das ist ja großartig.", joy}, {"Herzlichen Glückwunsch zum Abschluss!", joy},
    {"Haha, der war gut.", joy}, {"Ich liebe diesen Geruch nach Regen.", joy}, {"Schön, dass du da bist.", joy},
    {"Das hat richtig Spaß gemacht.", joy}, {"Gar nicht schlecht!", joy}, {"Keine Sorge, das wird schon.", joy},
    {"Ich bin stolz auf dich.", joy}, {"Es war anstrengend, aber ich bin froh.", joy}, {"Danke, das ist lieb 😊", joy},
    {"Endlich geschafft!", joy}, {"Das ist nicht nur nützlich, sondern auch lustig.", joy},
    {"Die ganze Straße tanzt.", joy, Meant::hard},
    {"Das tut mir leid.", sadness}, {"Ich bin traurig, dass du gehst.", sadness}, {"Das freut mich nicht.", sadness},
    {"Leider ist der Brief nie angekommen.", sadness}, {"Ich vermisse meine Großmutter.", sadness},
    {"Wie schade!", sadness}, {"Ich fühle mich ein bisschen einsam.", sadness}, {"Er war überhaupt nicht glücklich.", sadness},
    {"Sie hat die ganze Nacht geweint.", sadness}, {"Das ist eine schwere Zeit für euch.", sadness},
    {"Ich bin sehr enttäuscht.", sadness}, {"Sein Stuhl bleibt jetzt leer.", sadness, Meant::hard},
    {"Ich bin stinksauer!", anger}, {"Das ärgert mich.", anger}, {"So eine Frechheit!", anger},
    {"Jetzt reicht es mir aber.", anger}, {"Ich HASSE dieses Geräusch.", anger}, {"Das ist ungerecht.", anger},
    {"Verdammt, schon wieder zu spät.", anger}, {"Er war wütend auf alle.", anger},
    {"Na toll, der Zug fällt wieder aus.", anger, Meant::hard},
    {"Igitt, eine Spinne im Salat.", disgust}, {"Das ist ekelhaft.", disgust}, {"Hier stinkt es.", disgust},
    {"Pfui, wie schleimig.", disgust}, {"Wie widerlich!", disgust},
    {"Auf dem Brot wächst etwas Grünes.", disgust, Meant::hard},
    {"Wow, damit habe ich nicht gerechnet!", surprise}, {"Das gibt's doch nicht!", surprise},
    {"Unglaublich, du hast daran gedacht.", surprise}, {"Was für eine Überraschung!", surprise},
    {"Plötzlich stand er vor der Tür.", surprise}, {"Wer hätte das gedacht?", surprise},
    {"Nanu, wo ist mein Schlüssel?", surprise}, {"Wie viele Katzen hat er?", surprise, Meant::hard},
    {"Ich habe Angst im Dunkeln.", fear}, {"Das ist gefährlich.", fear}, {"Vorsicht, die Straße ist glatt!", fear},
    {"Ich mache mir Sorgen um ihn.", fear}, {"Das klingt unheimlich.", fear}, {"Sie geriet in Panik.", fear},
    {"Da läuft jemand über uns, und ich wohne allein.", fear, Meant::hard},
    {"Der Zug fährt um neun.", neutral}, {"Berlin ist die Hauptstadt von Deutschland.", neutral},
    {"Ich habe keine Angst.", neutral}, {"Ich bin nicht wütend auf dich.", neutral},
    {"Das macht mir keine Angst.", neutral}, {"Biege nach der Brücke links ab.", neutral}, {"Es gibt drei Arten von Gestein.", neutral},
    {"Ich war nicht traurig.", neutral}, {"Die Datei liegt im zweiten Ordner.", neutral},
    {"Was möchtest du essen?", neutral}, {"Das Wort hat fünf Buchstaben.", neutral},
    // ---- Chinese
    {"我真为你高兴！", joy}, {"太好了，我们开始吧！", joy}, {"恭喜你找到新工作。", joy}, {"哈哈，这个笑话真有意思。", joy},
    {"我很喜欢你的想法。", joy}, {"今天玩得特别开心。", joy}, {"别担心，有我在。", joy}, {"你做得好，我为你骄傲。", joy},
    {"虽然很累，但是我很满足。", joy}, {"谢谢你，我很感动。", joy}, {"这个菜真好吃 😋", joy}, {"味道不错。", joy},
    {"大家都在街上跳舞。", joy, Meant::hard},
    {"听到这个消息我很难过。", sadness}, {"我今天不高兴。", sadness}, {"他去年去世了。", sadness}, {"我有点想家。", sadness},
    {"真可惜，我们没赶上。", sadness}, {"她哭了一整晚。", sadness}, {"我一个人觉得很孤独。", sadness},
    {"我对结果非常失望。", sadness}, {"他一点也不开心。", sadness}, {"窗边的椅子从三月起就空着。", sadness, Meant::hard},
    {"我真的很生气！", anger}, {"气死我了！", anger}, {"这太不公平了。", anger}, {"你太过分了。", anger},
    {"我讨厌别人骗我。", anger}, {"岂有此理！", anger}, {"他总是迟到，真烦人。", anger},
    {"好啊，又让我白等两个小时。", anger, Meant::hard},
    {"好恶心啊。", disgust}, {"垃圾桶好臭。", disgust}, {"这味道让人反胃。", disgust}, {"牛奶都发霉了。", disgust},
    {"面包上长了绿色的东西。", disgust, Meant::hard},
    {"哇，你居然记得！", surprise}, {"真没想到会这样。", surprise}, {"天哪，都这么晚了。", surprise},
    {"简直不敢相信。", surprise}, {"这真让我吃惊。", surprise}, {"他突然出现在门口。", surprise},
    {"他养了多少只猫？", surprise, Meant::hard},
    {"我害怕黑暗。", fear}, {"小心，路很滑！", fear}, {"我很担心考试的结果。", fear}, {"那个地方很危险。", fear},
    {"我吓坏了。", fear}, {"她紧张得发抖。", fear}, {"楼上有脚步声，可我是一个人住。", fear, Meant::hard},
    {"火车九点开。", neutral}, {"北京是中国的首都。", neutral}, {"我不害怕。", neutral}, {"我没有生气。", neutral},
    {"过了桥往左拐。", neutral}, {"岩石有三种。", neutral}, {"你想吃什么？", neutral}, {"文件在第二个抽屉里。", neutral},
    {"他并不难过。", neutral}, {"这个词有五个字母。", neutral}, {"我不知道答案。", neutral},
};

// Written after the lexicon, which was not changed for them: what it does with the words of others.
constexpr Row kUnseen[] = {
    {"Oh, that warms my heart.", joy}, {"I'm really excited to try your recipe!", joy}, {"Good for you!", joy},
    {"It's a pleasure to meet you.", joy}, {"What a charming little town.", joy}, {"You have made wonderful progress.", joy},
    {"I wish things had gone differently.", sadness}, {"It breaks my heart to read this.", sadness}, {"That must be so painful.", sadness},
    {"I feel down today.", sadness}, {"He never got to say goodbye.", sadness},
    {"Who gave them the right to do this?!", anger}, {"I'm sick of being ignored.", anger}, {"That is outrageous.", anger},
    {"The fridge smells like something died in it.", disgust}, {"Gross, put that away.", disgust},
    {"Seriously? On a Monday?", surprise}, {"I didn't see that coming.", surprise}, {"Whoa, that's a lot of books.", surprise},
    {"I'm nervous about tomorrow.", fear}, {"Please don't leave me alone in here.", fear}, {"I dread the dentist.", fear},
    {"Mix the flour with the eggs.", neutral}, {"The file was saved on Tuesday.", neutral}, {"Version two adds a search box.", neutral},
    {"Which of the two do you prefer?", neutral},
    {"Wie schön, von dir zu hören!", joy}, {"Das hast du toll gemacht.", joy}, {"Ich bin ganz gespannt darauf.", joy},
    {"Mir fehlt das Meer.", sadness}, {"Das bricht mir das Herz.", sadness}, {"Ich hätte dir mehr Glück gewünscht.", sadness},
    {"Das lasse ich mir nicht gefallen!", anger}, {"Wie kann man nur so gemein sein.", anger},
    {"Der Käse riecht, als wäre er gestorben.", disgust}, {"Bäh, das klebt ja.", disgust},
    {"Echt jetzt?", surprise}, {"Damit hätte ich nie gerechnet.", surprise},
    {"Mir ist ganz mulmig.", fear}, {"Hoffentlich passiert ihm nichts.", fear},
    {"Gib zwei Eier in den Teig.", neutral}, {"Der zweite Band erschien ein Jahr später.", neutral},
    {"见到你真开心！", joy}, {"这个主意真棒。", joy}, {"祝你一切顺利。", joy},
    {"我心里空空的。", sadness}, {"没能见他最后一面，我很遗憾。", sadness},
    {"你凭什么这么说！", anger}, {"我快要气炸了。", anger}, {"这碗汤有一股怪味。", disgust}, {"别提了，真让人恶心。", disgust},
    {"啊？这么快？", surprise}, {"我完全没料到。", surprise}, {"我心里很慌。", fear}, {"我怕来不及。", fear},
    {"把面粉和鸡蛋拌在一起。", neutral}, {"会议改到星期五了。", neutral},
};
// clang-format on

struct Count {
    int right = 0;
    int all = 0;
};

// Prints how many of each feeling were right; gives the whole.
Count tell(std::span<const Row> rows) {
    std::array<Count, bt::kEmotionNames.size()> counts{};
    Count whole;
    for (const Row& row : rows) {
        const bool right = felt(row.sentence).emotion == row.emotion;
        auto& count = counts[static_cast<std::size_t>(row.emotion)];
        ++count.all;
        ++whole.all;
        count.right += right ? 1 : 0;
        whole.right += right ? 1 : 0;
    }
    for (std::size_t i = 0; i < counts.size(); ++i) {
        std::printf("%-9s %d of %d\n", std::string(bt::kEmotionNames[i]).c_str(), counts[i].right,
                    counts[i].all);
    }
    std::printf("%-9s %d of %d\n", "all", whole.right, whole.all);
    return whole;
}

TEST(FeelingTable, EverySentenceThatTheRulesAreMeantToKnowFeelsAsItShould) {
    EXPECT_GE(std::size(kRows), 150U);
    for (const Row& row : kRows) {
        const bt::Feeling feeling = felt(row.sentence);
        if (row.meant == Meant::known) {
            EXPECT_EQ(bt::to_string(feeling.emotion), bt::to_string(row.emotion))
                << row.sentence << " " << feeling.intensity;
        }
        EXPECT_EQ(feeling.intensity > 0, feeling.emotion != neutral) << row.sentence;
        EXPECT_LE(feeling.intensity, 1.0) << row.sentence;
    }
    const Count count = tell(kRows);
    EXPECT_GE(count.right * 10, count.all * 8);
}

TEST(FeelingTable, MostOfWhatItWasNotMadeForIsReadAsWell) {
    const Count count = tell(kUnseen);
    EXPECT_GE(count.right * 10, count.all * 6);
}

TEST(FeelingTable, EmphasisStrengthensAndHedgesWeaken) {
    const double plain = felt("I am happy.").intensity;
    EXPECT_GT(felt("I am very happy.").intensity, plain);
    EXPECT_GT(felt("I am happy!!").intensity, plain);
    EXPECT_GT(felt("I am HAPPY.").intensity, plain);
    EXPECT_GT(felt("I am happyyy.").intensity, plain);
    EXPECT_LT(felt("I am a bit happy.").intensity, plain);
    EXPECT_LT(felt("Maybe I am happy.").intensity, plain);
    EXPECT_LT(felt("Are you happy?").intensity, plain);
    EXPECT_GT(felt("Ich bin sehr froh.").intensity, felt("Ich bin froh.").intensity);
    EXPECT_LT(felt("Ich bin etwas traurig.").intensity, felt("Ich bin traurig.").intensity);
    EXPECT_GT(felt("我高兴极了。").intensity, felt("我高兴。").intensity);
    EXPECT_LT(felt("我有点难过。").intensity, felt("我难过。").intensity);
}

TEST(FeelingTable, DenialReachesNoFurtherThanItsClause) {
    EXPECT_EQ(felt("I did not come, I am happy at home.").emotion, joy);
    EXPECT_EQ(felt("Ich komme nicht, ich bin traurig.").emotion, sadness);
    EXPECT_EQ(felt("我不去，我很难过。").emotion, sadness);
    EXPECT_EQ(felt("I am not not happy.").emotion, joy);
}

TEST(FeelingTable, AnyBytesAreTaken) {
    EXPECT_EQ(felt("").emotion, neutral);
    EXPECT_EQ(felt("\xFF\xFE\x80 happy \xC3").emotion, joy);
    EXPECT_EQ(felt(std::string(100'000, '!').c_str()).emotion, neutral);
    EXPECT_EQ(felt("``` `").emotion, neutral);
}

TEST(FeelingFile, AnOwnersWordsCountBeforeTheBuiltInOnes) {
    auto files = built_in_body_files();
    files.push_back({"own.json", R"({"language": "en",
        "feelings": [{"feel": "fear", "weight": 0.8, "say": ["spoons", "happy"]}],
        "signs": [{"feel": "anger", "weight": 0.9, "say": ["🥄"]}]})"});
    const auto own = BodyBook::parse(files);
    ASSERT_TRUE(own) << own.error().text();
    EXPECT_EQ(own->feelings().read("There are spoons.").emotion, fear);
    EXPECT_EQ(own->feelings().read("I am happy.").emotion, fear);
    EXPECT_EQ(own->feelings().read("Look 🥄").emotion, anger);
    EXPECT_EQ(felt("There are spoons.").emotion, neutral);
}

TEST(FeelingFile, WhatIsWrongInAFileIsNamed) {
    const auto error = [](const char* text) {
        const auto parsed = BodyBook::parse({{"own.json", text}});
        return parsed ? std::string() : parsed.error().text();
    };
    EXPECT_NE(error(R"({"language":"en","feelings":[{"feel":"envy","weight":1,"say":["x"]}]})")
                  .find("no feeling \"envy\""),
              std::string::npos);
    EXPECT_NE(error(R"({"language":"en","feelings":[{"feel":"joy","weight":7,"say":["x"]}]})")
                  .find("`weight`"),
              std::string::npos);
    EXPECT_NE(error(R"({"language":"en","negators":["!"]})").find("own.json"), std::string::npos);
    EXPECT_NE(error(R"({"signs":[{"feel":"joy","weight":1,"say":[""]}]})").find("sign"),
              std::string::npos);
}

}  // namespace
}  // namespace chat
