#include <gtest/gtest.h>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "json/describe.hpp"
#include "json/json.hpp"
#include "json/schema.hpp"

namespace json {
namespace {

enum class Colour { red, green };
BOOST_DESCRIBE_ENUM(Colour, red, green)
struct Inner {
    std::string name;
    std::optional<long long> size;
};
BOOST_DESCRIBE_STRUCT(Inner, (), (name, size))
struct Outer {
    Colour colour = Colour::red;
    std::vector<Inner> items;
    double ratio = 0;
    bool on = false;
};
BOOST_DESCRIBE_STRUCT(Outer, (), (colour, items, ratio, on))

TEST(Json, ParsesWithinLimitsOnly) {
    EXPECT_TRUE(parse(R"({"a":[1,2,{"b":null}]})"));
    EXPECT_EQ(parse("{} x").error().code, base::ErrorCode::corrupt);
    EXPECT_EQ(parse("{\"a\":").error().code, base::ErrorCode::corrupt);
    EXPECT_EQ(parse("\"\xFF\"").error().code, base::ErrorCode::corrupt);
    EXPECT_EQ(parse(std::string(100, '['), {.max_bytes = 1000, .max_depth = 32}).error().code,
              base::ErrorCode::corrupt);
    EXPECT_EQ(parse("[1,2,3]", {.max_bytes = 3}).error().code, base::ErrorCode::too_large);
}

TEST(Json, DescribedStructsGoThereAndBack) {
    const Outer outer{Colour::green, {{"a", 3}, {"b", {}}}, 0.5, true};
    const Value value = from(outer);
    EXPECT_EQ(
        write(value),
        R"({"colour":"green","items":[{"name":"a","size":3},{"name":"b"}],"ratio":5E-1,"on":true})");
    const auto back = to<Outer>(value);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->colour, Colour::green);
    EXPECT_EQ(back->items.at(0).size, 3);
    EXPECT_FALSE(back->items.at(1).size);
}

TEST(Json, ErrorsNameThePlace) {
    const auto value = parse(R"({"colour":"blue","items":[],"ratio":1,"on":true})");
    EXPECT_EQ(to<Outer>(*value).error().message, "`colour` must be one of red, green");
    const auto second = parse(R"({"colour":"red","items":[{"name":"x"},{}],"ratio":1,"on":true})");
    EXPECT_EQ(to<Outer>(*second).error().message, "`items.1.name` is missing");
}

TEST(Json, SchemasComeFromTheSameStructs) {
    SchemaBook book("#/$defs/");
    EXPECT_EQ(write(book.of<std::vector<Outer>>()),
              R"({"type":"array","items":{"$ref":"#/$defs/Outer"}})");
    EXPECT_EQ(write(book.definitions().at("Inner")),
              R"({"type":"object","properties":{"name":{"type":"string"},)"
              R"("size":{"type":"integer"}},"required":["name"]})");
    EXPECT_EQ(write(book.definitions().at("Colour")),
              R"({"type":"string","enum":["red","green"]})");
    EXPECT_EQ(json::find(book.definitions().at("Outer"), "required")->as_array().size(), 4u);
}

TEST(Json, PathsReachIntoArrays) {
    const auto value = parse(R"({"choices":[{"delta":{"content":"hi"}}]})");
    EXPECT_EQ(string_or(find_path(*value, "choices.0.delta.content")), "hi");
    EXPECT_EQ(find_path(*value, "choices.1.delta"), nullptr);
    EXPECT_EQ(find_path(*value, "choices.x"), nullptr);
}

}  // namespace
}  // namespace json
