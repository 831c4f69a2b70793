// The YAML reader: yaml-cpp's event interface, so that sizes and depths are checked while the file
// is read and nothing is expanded before it was counted.
#include <map>
#include <set>
#include <sstream>

#include <fmt/core.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "base/text.hpp"
#include "config/detail/builder.hpp"

namespace config::detail {
namespace {

class Events : public YAML::EventHandler {
public:
    explicit Events(Builder& builder) : builder_(builder) {}

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        scalar(mark, anchor, Node::Type::null, "");
    }
    void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  const std::string& value) override {
        scalar(mark, anchor, Node::Type::text, value);
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        if (builder_.wants_key()) refuse_key(mark);
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end()) {
            fail(line(mark), column(mark), "an alias (*) stands inside its own anchor (&)");
        }
        builder_.copy(found->second, line(mark), column(mark));
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        begin(mark, anchor, Node::Type::list);
    }
    void OnSequenceEnd() override { end(); }
    void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        begin(mark, anchor, Node::Type::map);
    }
    void OnMapEnd() override { end(); }

private:
    static int line(const YAML::Mark& mark) { return mark.line + 1; }
    static int column(const YAML::Mark& mark) { return mark.column + 1; }

    [[noreturn]] static void refuse_key(const YAML::Mark& mark) {
        fail(line(mark), column(mark), "the name of a setting must be a plain word");
    }

    void scalar(const YAML::Mark& mark, YAML::anchor_t anchor, Node::Type type,
                const std::string& value) {
        if (builder_.wants_key()) {
            if (type == Node::Type::null) refuse_key(mark);
            if (value == "<<") {
                fail(line(mark), column(mark), "merge keys (<<) are not supported",
                     "write the values out");
            }
            builder_.key(value, line(mark), column(mark));
            return;
        }
        builder_.scalar(type, value, line(mark), column(mark));
        remember(anchor);
    }

    void begin(const YAML::Mark& mark, YAML::anchor_t anchor, Node::Type type) {
        if (builder_.wants_key()) refuse_key(mark);
        builder_.begin(type, line(mark), column(mark));
        open_anchors_.push_back(anchor);
    }

    void end() {
        builder_.end();
        remember(open_anchors_.back());
        open_anchors_.pop_back();
    }

    void remember(YAML::anchor_t anchor) {
        if (anchor != 0) anchors_[anchor] = builder_.last();
    }

    Builder& builder_;
    std::map<YAML::anchor_t, Node> anchors_;
    std::vector<YAML::anchor_t> open_anchors_;
};

// The first line, up to `last`, whose indentation holds a tab; 0 when there is none.
int line_with_tab(std::string_view text, int last) {
    int number = 0;
    for (const std::string_view line : base::split(text, '\n')) {
        if (++number > last) break;
        if (line.substr(0, line.find_first_not_of(" \t")).contains('\t')) return number;
    }
    return 0;
}

}  // namespace

Node read_yaml(std::string_view text, const Place& source, const TreeLimits& limits) {
    // With this mark of the end, a quote that is never closed is a fault; without it, yaml-cpp
    // takes everything behind the quote for its text.
    std::istringstream input{std::string(text) + "\n...\n"};
    Builder builder(source, limits);
    Events events(builder);
    try {
        YAML::Parser parser(input);
        parser.HandleNextDocument(events);
        if (parser) {
            Builder rest(source, limits);
            Events ignored(rest);
            if (parser.HandleNextDocument(ignored)) {
                const Node second = rest.take();
                fail(second.place.line, second.place.column, "a second document begins here",
                     "keep one document per file; remove the line ---");
            }
        }
    } catch (const YAML::Exception& problem) {
        const int line = problem.mark.is_null() ? 0 : problem.mark.line + 1;
        const int column = problem.mark.is_null() ? 0 : problem.mark.column + 1;
        if (const int tab = line_with_tab(text, line == 0 ? 1'000'000 : line); tab != 0) {
            fail(tab, 1, "the line is indented with a tab", "YAML wants spaces: use two per level");
        }
        if (problem.msg == YAML::ErrorMsg::DOC_IN_SCALAR) {
            fail(line - 1, 0, "not valid YAML: a quote is opened and never closed",
                 "look for it above this line");
        }
        fail(line, column, fmt::format("not valid YAML: {}", problem.msg),
             "check the indentation and the colons around this line");
    }
    return builder.take();
}

}  // namespace config::detail
