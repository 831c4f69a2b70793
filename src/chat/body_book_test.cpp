// What people say to a body, and what it must do: a table over three languages, and things that
// sound like orders and are none.
#include <filesystem>
#include <fstream>
#include <span>
#include <string>

#include <gtest/gtest.h>

#include "adapters/store_memory/memory_store.hpp"
#include "async/testing/manual_clock.hpp"
#include "chat/body_book.hpp"
#include "chat/body_link.hpp"

namespace chat {
namespace {

namespace bt = body::text;

const BodyBook& book() {
    static const BodyBook kBook = std::move(*BodyBook::parse(built_in_body_files()));
    return kBook;
}

// "wave slow x3 @user": what is done and how it differs from the ordinary.
std::string told(const bt::Directive& directive) {
    std::string text;
    const auto add = [&](const std::string& word) { text += (text.empty() ? "" : " ") + word; };
    if (directive.action) {
        const auto& action = *directive.action;
        add(action.name);
        if (action.speed < 1) add("slow");
        if (action.speed > 1) add("fast");
        if (!directive.expression && action.amount < 1) add("small");
        if (!directive.expression && action.amount > 1) add("big");
        if (action.times > 0) add("x" + std::to_string(action.times));
        if (!action.direction.empty()) add(action.direction);
        if (action.loop && action.name != "walk") add("loop");
    }
    if (directive.expression) {
        add(directive.expression->name);
        if (directive.expression->intensity < 0.9) add("weak");
    }
    if (!directive.gaze.empty()) add("@" + directive.gaze);
    if (!directive.camera.empty()) add("camera " + directive.camera);
    return text;
}

std::string told(const bt::Orders& orders) {
    std::string text;
    for (const auto& order : orders.list)
        text += (text.empty() ? "" : "; ") + told(order.directive);
    return text;
}

struct Phrase {
    const char* said;
    const char* done;
};

// clang-format off
constexpr Phrase kEnglish[] = {
    {"wave", "wave"}, {"Wave!", "wave"}, {"please wave", "wave"}, {"wave at the camera", "wave @camera"},
    {"Wave to me, please.", "wave @user"}, {"could you wave at us?", "wave @user"},
    {"Nook, wave your hand", "wave"}, {"give me a wave", "wave"}, {"wave twice", "wave x2"},
    {"wave slowly at the camera", "wave slow @camera"}, {"wave enthusiastically", "wave big"},
    {"wave a little", "wave small"}, {"wave with your left hand", "wave"},
    {"stand up", "stand_up"}, {"Get up!", "stand_up"}, {"please stand up now", "stand_up"},
    {"get on your feet", "stand_up"}, {"stand up quickly", "stand_up fast"},
    {"sit down", "sit_down"}, {"Have a seat.", "sit_down"}, {"would you sit down please", "sit_down"},
    {"sit", "sit_down"}, {"take a seat, Nook", "sit_down"}, {"sit on the floor", "sit_down"},
    {"turn around", "turn_around"}, {"turn around slowly", "turn_around slow"},
    {"slowly turn around", "turn_around slow"}, {"turn slowly around", "turn_around slow"},
    {"spin around fast", "turn_around fast"}, {"turn around to the left", "turn_around left"},
    {"Can you do a twirl?", "turn_around"}, {"turn round three times", "turn_around x3"},
    {"look sad", "sad"}, {"look very sad", "sad"}, {"look a little sad", "sad weak"},
    {"make a sad face", "sad"}, {"be happy", "happy"}, {"smile", "happy"}, {"Smile for the camera!", "happy"},
    {"smile a bit", "happy weak"}, {"give us a smile", "happy"}, {"look angry", "angry"},
    {"make an angry face please", "angry"}, {"look surprised", "surprised"}, {"look amazed", "surprised"},
    {"relax", "relaxed"}, {"calm down", "relaxed"}, {"look confused", "shrug surprised weak"},
    {"look scared", "surprised weak"}, {"wink", "blinkLeft"}, {"poker face", "neutral"},
    {"nod", "nod"}, {"nod your head", "nod"}, {"nod twice", "nod x2"}, {"shake your head", "shake_head"},
    {"shake your head slowly", "shake_head slow"}, {"bow", "bow"}, {"take a bow", "bow"},
    {"bow deeply", "bow big"}, {"shrug your shoulders", "shrug"}, {"clap your hands", "clap"},
    {"applaud loudly", "clap big"}, {"cheer", "cheer"}, {"hands up", "cheer"}, {"laugh", "laugh"},
    {"laugh out loud", "laugh"}, {"cry", "cry"}, {"pretend to cry", "cry"}, {"kneel down", "kneel"},
    {"walk on the spot", "walk"}, {"stretch your arms", "stretch"}, {"dance", "dance"},
    {"let's dance", "dance"}, {"dance with me", "dance"}, {"keep dancing", "dance loop"},
    {"dance like crazy", "dance big"}, {"go to sleep", "sleep"}, {"lie down", "sleep"},
    {"wake up", "wake_up"}, {"stand still", "idle"}, {"point at me", "point"},
    {"look at me", "@user"}, {"look into the camera", "@camera"}, {"look left", "@left"},
    {"look up", "@up"}, {"look away", "@none"}, {"come closer", "camera head"},
    {"zoom out", "camera full"}, {"strike a thinking pose", "think"},
    {"sit down and smile", "sit_down; happy"}, {"stand up, turn around and wave", "stand_up; turn_around; wave"},
    {"wave and then bow deeply", "wave; bow big"}, {"look sad and angry", "sad; angry"},
    {"clap your hands and cheer!", "clap; cheer"}, {"nod, then shake your head", "nod; shake_head"},
    {"first sit down, then laugh", "sit_down; laugh"},
    {"stop dancing", "idle"}, {"don't wave", "idle"}, {"do not look sad", "neutral"},
    {"stop smiling please", "neutral"}, {"don't look at me", "@none"},
    {"please don’t cry", "idle"}, {"start dancing", "dance"},
};
constexpr Phrase kGerman[] = {
    {"wink mal", "wave"}, {"Winke bitte!", "wave"}, {"wink in die Kamera", "wave"},
    {"kannst du mir zuwinken?", "wave"}, {"winke mir zu", "wave"}, {"winke zweimal", "wave x2"},
    {"steh auf", "stand_up"}, {"Steh bitte auf!", "stand_up"}, {"steh langsam auf", "stand_up slow"},
    {"kannst du bitte aufstehen", "stand_up"}, {"setz dich", "sit_down"}, {"Setz dich bitte hin.", "sit_down"},
    {"nimm Platz", "sit_down"}, {"dreh dich um", "turn_around"}, {"dreh dich langsam um", "turn_around slow"},
    {"Dreh dich ganz schnell um!", "turn_around fast"}, {"dreh dich nach links", "turn_around left"},
    {"schau traurig", "sad"}, {"guck mal ganz traurig", "sad"}, {"schau ein bisschen traurig", "sad weak"},
    {"mach ein trauriges Gesicht", "sad"}, {"sei fröhlich", "happy"}, {"lächle", "happy"},
    {"Lächle doch mal!", "happy"}, {"schau wütend", "angry"}, {"guck böse", "angry"},
    {"schau überrascht", "surprised"}, {"entspann dich", "relaxed"}, {"schau verwirrt", "shrug surprised weak"},
    {"nicke", "nod"}, {"nick mit dem Kopf", "nod"}, {"schüttle den Kopf", "shake_head"},
    {"verbeug dich", "bow"}, {"verbeuge dich tief", "bow big"}, {"zuck mit den Schultern", "shrug"},
    {"klatsch in die Hände", "clap"}, {"jubel", "cheer"}, {"Hände hoch!", "cheer"}, {"lach mal laut", "laugh big"},
    {"weine", "cry"}, {"knie dich hin", "kneel"}, {"streck dich", "stretch"}, {"tanz", "dance"},
    {"Tanz mit mir!", "dance"}, {"leg dich hin", "sleep"}, {"wach auf", "wake_up"}, {"halt still", "idle"},
    {"schau mich an", "@user"}, {"schau nach oben", "@up"}, {"schau weg", "@none"}, {"komm näher", "camera head"},
    {"zwinker mir zu", "blinkLeft"}, {"setz dich hin und lächle", "sit_down; happy"},
    {"steh auf, dreh dich um und winke", "stand_up; turn_around; wave"},
    {"hör auf zu tanzen", "idle"}, {"schau nicht traurig", "neutral"}, {"nicht winken", "idle"},
};
constexpr Phrase kChinese[] = {
    {"挥手", "wave"}, {"请挥手", "wave"}, {"挥挥手吧", "wave"}, {"对我挥手", "wave @user"},
    {"对着镜头挥手", "wave @camera"}, {"向大家招招手", "wave @user"}, {"挥手三次", "wave x3"},
    {"站起来", "stand_up"}, {"请你站起来", "stand_up"}, {"快站起来", "stand_up fast"}, {"坐下", "sit_down"},
    {"请坐", "sit_down"}, {"坐下来吧", "sit_down"}, {"转身", "turn_around"}, {"慢慢转身", "turn_around slow"},
    {"慢慢地转一圈", "turn_around slow"}, {"转个圈", "turn_around"}, {"笑一笑", "happy"}, {"微笑", "happy"},
    {"笑一个吧", "happy"}, {"看起来难过", "sad"}, {"做个伤心的表情", "sad"}, {"做出生气的样子", "angry"},
    {"做个惊讶的表情", "surprised"}, {"放松一下", "relaxed"}, {"点点头", "nod"}, {"摇摇头", "shake_head"},
    {"鞠个躬", "bow"}, {"深深鞠躬", "bow big"}, {"耸耸肩", "shrug"}, {"鼓掌", "clap"}, {"拍拍手", "clap"},
    {"欢呼", "cheer"}, {"举起双手", "cheer"}, {"大笑", "laugh"}, {"哭一下", "cry"}, {"跪下", "kneel"},
    {"原地踏步", "walk"}, {"伸个懒腰", "stretch"}, {"跳舞", "dance"}, {"你能跳个舞吗", "dance"},
    {"我们一起跳舞吧", "dance"}, {"去睡觉", "sleep"}, {"醒醒", "wake_up"}, {"别动", "idle"}, {"看着我", "@user"},
    {"看镜头", "@camera"}, {"向左看", "@left"}, {"靠近一点", "camera head"}, {"眨眨眼", "blinkLeft"},
    {"坐下然后微笑", "sit_down; happy"}, {"站起来，转身，挥手", "stand_up; turn_around; wave"},
    {"不要跳舞", "idle"}, {"别哭了", "idle"},
};
constexpr const char* kOrdinaryTalk[] = {
    "I waved at her yesterday", "what does laugh mean?", "Why do people dance?", "the wave was high",
    "She looked sad and sat down.", "I want to sit down", "Can I sit down?", "Do you like to dance?",
    "how do I smile more?", "is it ok to cry?", "He told me to stand up for myself", "wave function",
    "What is a sine wave?", "translate: stand up", "the bow of a ship", "point me to the docs",
    "I can't stop laughing", "sleep is important", "how long should I sleep?", "my dog likes to sit",
    "think about the problem", "walk me through this code", "listen to this story", "nod.js is a typo",
    "write a poem about a smile", "a", "and", "please", "hello", "Nook?", "no", "stop", "not angry", "sad",
    "good morning, how are you", "look at this picture of a cat", "turn the lights off",
    "don't forget the milk", "who are you and why do you laugh", "I feel sad", "she said: wave!",
    "tell me why you don't dance", "the dance class starts at six", "relaxing music, please", "",
    "Ich habe ihr gestern gewinkt", "was bedeutet lachen?", "Warum tanzen Menschen?", "ich bin traurig",
    "Kann man im Sitzen tanzen?", "sie schaut traurig aus dem Fenster", "wie lange soll ich schlafen?",
    "er steht auf Musik", "die Welle", "hör mal, ich habe eine Frage", "setz das bitte auf die Liste",
    "我昨天对她挥手了", "笑是什么意思？", "为什么人要睡觉？", "我很难过", "他站起来走了", "跳舞难不难学？",
    "我想坐下", "你喜欢跳舞吗？", "这张照片看起来难过", "请问现在几点",
};
// clang-format on

void check(std::span<const Phrase> phrases, const char* language) {
    for (const Phrase& phrase : phrases) {
        const auto orders = book().reader().read(phrase.said);
        ASSERT_TRUE(orders) << phrase.said;
        EXPECT_EQ(told(*orders), phrase.done) << phrase.said;
        EXPECT_EQ(orders->language, language) << phrase.said;
    }
}

TEST(BodyOrders, TheTableIsLongEnough) {
    EXPECT_GE(std::size(kEnglish) + std::size(kGerman) + std::size(kChinese), 150u);
}
TEST(BodyOrders, English) {
    check(kEnglish, "en");
}
TEST(BodyOrders, German) {
    check(kGerman, "de");
}
TEST(BodyOrders, Chinese) {
    check(kChinese, "zh");
}

TEST(BodyOrders, OrdinaryTalkIsNoOrder) {
    for (const char* said : kOrdinaryTalk) {
        const auto orders = book().reader().read(said);
        EXPECT_FALSE(orders) << said << " → " << told(*orders);
    }
}

TEST(BodyOrders, BehindACommandOneKnownThingIsEnough) {
    const auto queen = book().reader().understand("wave like a queen would");
    EXPECT_EQ(queen.kind, bt::Understanding::Kind::orders);
    EXPECT_EQ(told(queen.orders), "wave");
    EXPECT_EQ(told(book().reader().understand("sad").orders), "sad");
    EXPECT_EQ(told(book().reader().understand("very happy").orders), "happy");
}

TEST(BodyOrders, TheUnknownNamesWhatSoundsMostLikeIt) {
    const auto typo = book().reader().understand("wvae");
    EXPECT_EQ(typo.kind, bt::Understanding::Kind::unknown);
    ASSERT_FALSE(typo.nearest.empty());
    EXPECT_EQ(typo.nearest.front(), "wave");
    const auto fly = book().reader().understand("fly to the moon");
    EXPECT_EQ(fly.kind, bt::Understanding::Kind::unknown);
    EXPECT_GE(fly.nearest.size(), 3u);
    const auto german = book().reader().understand("bitte verbeugenn");
    EXPECT_EQ(german.orders.language, "de");
    ASSERT_FALSE(german.nearest.empty());
    EXPECT_EQ(german.nearest.front(), "verbeugen");
    EXPECT_EQ(book().reader().understand("fly").orders.language, "en");
    EXPECT_EQ(book().reader().understand("飞到月亮上").orders.language, "zh");
    EXPECT_EQ(book().reader().understand("").kind, bt::Understanding::Kind::unknown);
}

TEST(BodyOrders, WhatCouldBeSeveralThingsIsAskedBack) {
    const auto turn = book().reader().understand("turn");
    EXPECT_EQ(turn.kind, bt::Understanding::Kind::ambiguous);
    EXPECT_EQ(turn.nearest.front(), "turn around");
    const auto both = book().reader().understand("wave or maybe bow");
    EXPECT_EQ(both.kind, bt::Understanding::Kind::ambiguous);
    EXPECT_EQ(both.nearest, (std::vector<std::string>{"wave", "bow"}));
}

TEST(BodyOrders, FurtherFilesExtendTheBook) {
    auto files = built_in_body_files();
    files.push_back({"more.json", R"({"language": "en", "heads":
        [{"label": "moonwalk", "do": "moonwalk", "say": ["moonwalk"]}]})"});
    const auto more = BodyBook::parse(files);
    ASSERT_TRUE(more) << more.error().text();
    EXPECT_EQ(told(*more->reader().read("moonwalk slowly")), "moonwalk slow");
    const auto broken = BodyBook::parse({{"bad.json", R"({"language": "en", "heads": [{}]})"}});
    ASSERT_FALSE(broken);
    EXPECT_NE(broken.error().text().find("bad.json"), std::string::npos) << broken.error().text();
}

class BodyFolderTest : public testing::Test {
protected:
    BodyFolderTest() {
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
    }
    ~BodyFolderTest() override { std::filesystem::remove_all(folder_); }
    void put(const std::string& name, const std::string& text) const {
        std::ofstream(folder_ / name) << text;
    }

    std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) / "loci_body_words";
};

TEST_F(BodyFolderTest, AnOwnersFilesExtendAndTakeThePlaceOfTheBuiltInWords) {
    put("own.json", R"({"language": "en", "heads": [
        {"label": "moonwalk", "do": "moonwalk", "say": ["moonwalk"]},
        {"label": "wave", "do": "salute", "say": ["wave"]}],
        "answers": {"moonwalk": ["Watch my feet."]}})");
    put("zz_swedish.json", R"({"language": "sv", "heads": [
        {"label": "vinka", "do": "wave", "say": ["vinka"]}]})");
    auto own = read_body_folder(folder_);
    EXPECT_TRUE(own.faults.empty());
    auto files = built_in_body_files();
    files.insert(files.end(), own.files.begin(), own.files.end());
    const auto made = BodyBook::parse(files);
    ASSERT_TRUE(made) << made.error().text();
    const auto done = [&](const char* said) {
        const auto orders = made->reader().read(said);
        return orders ? told(*orders) : std::string();
    };
    EXPECT_EQ(done("please moonwalk"), "moonwalk");
    EXPECT_EQ(done("wave"), "salute");
    EXPECT_EQ(done("give me a wave"), "") << "the whole entry is the owner's";
    EXPECT_EQ(done("vinka"), "wave");
    EXPECT_EQ(done("winke"), "wave") << "other languages stay";
    EXPECT_EQ(made->words("en").answers.at("moonwalk").front(), "Watch my feet.");
}

TEST_F(BodyFolderTest, ABrokenFileIsNamedAndLeftOutAlone) {
    put("a_good.json", R"({"language": "en", "heads": [{"label": "x", "do": "x", "say": ["x"]}]})");
    put("b_broken.json", "{");
    put("c_nameless.json", R"({"language": "en", "heads": [{"do": "x", "say": ["x"]}]})");
    put("d_nowhere.json", R"({"heads": []})");
    put("ignored.txt", "{");
    std::filesystem::create_symlink("/etc/hostname", folder_ / "link.json");
    std::filesystem::create_directory(folder_ / "folder.json");
    const auto own = read_body_folder(folder_);
    ASSERT_EQ(own.files.size(), 1U);
    EXPECT_EQ(own.files[0].name, "a_good.json");
    ASSERT_EQ(own.faults.size(), 4U);
    EXPECT_NE(own.faults[0].message.find("b_broken.json"), std::string::npos);
    EXPECT_NE(own.faults[1].message.find("c_nameless.json"), std::string::npos);
    EXPECT_NE(own.faults[2].message.find("d_nowhere.json"), std::string::npos);
    EXPECT_NE(own.faults[3].message.find("folder.json"), std::string::npos);
    EXPECT_TRUE(read_body_folder(folder_ / "missing").files.empty());
}

TEST_F(BodyFolderTest, WhatChangesInTheFolderIsReadWithTheNextTurn) {
    boost::asio::io_context io;
    async::testing::ManualClock clock;
    adapters::MemoryStore store;
    EventHub hub;
    BodyLink link(io.get_executor(), clock, hub, store);
    link.use_folder(folder_);
    const auto knows = [&] { return link.book()->reader().read("moonwalk").has_value(); };
    EXPECT_FALSE(knows());
    put("own.json", R"({"language": "en", "heads": [
        {"label": "moonwalk", "do": "moonwalk", "say": ["moonwalk"]}]})");
    link.refresh();
    EXPECT_TRUE(knows());
    put("own.json", "{ broken");
    link.refresh();
    EXPECT_FALSE(knows());
    EXPECT_TRUE(link.book()->reader().read("wave").has_value());
}

}  // namespace
}  // namespace chat
