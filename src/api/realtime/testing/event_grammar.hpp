// The order that server events of a Realtime session must keep, as a state machine that is fed
// every event in turn. Only for tests; the first broken rule is kept as a sentence.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "json/json.hpp"

namespace realtime::testing {

class EventGrammar {
public:
    void feed(const json::Value& event);
    // The session is over: nothing may be open.
    void finish();
    [[nodiscard]] const std::string& complaint() const { return complaint_; }

private:
    struct Output {
        bool done = false;
        bool part = false;
        bool part_done = false;
        bool streaming = false;  // deltas are allowed
        std::string words;       // the deltas of its text or transcript
        std::string arguments;
    };
    struct Response {
        bool done = false;
        bool aside = false;  // out of band
        std::map<long long, Output> outputs;
        std::map<std::string, long long> index;  // item id to output index
    };

    void expect(bool holds, const std::string& rule);
    void feed_input(const std::string& type, const json::Value& event);
    void feed_item(const std::string& type, const json::Value& event);
    void feed_response(const std::string& type, const json::Value& event);
    void feed_output(const std::string& type, const json::Value& event, Response& response);
    void feed_part(const std::string& type, const json::Value& event, Output& output);

    std::string now_;
    std::string complaint_;
    bool open_ = false;
    std::set<std::string> event_ids_;
    std::string speaking_;               // item of the turn under way
    std::set<std::string> committed_;    // and not added yet
    std::map<std::string, bool> items_;  // id to done
    std::map<std::string, Response> responses_;
};

}  // namespace realtime::testing
