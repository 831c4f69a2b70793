#include "chat/body_orders.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace chat {
namespace {

namespace bt = body::text;

constexpr std::size_t kNamed = 3;  // possibilities in an answer, at least

std::string listed(const std::vector<std::string>& labels, const OrderWords& words) {
    std::string text;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        if (i > 0) text += i + 1 == labels.size() ? words.either : words.comma;
        text += labels[i];
    }
    return text;
}

// The first things of the book that the shown character can do.
std::vector<std::string> possible(const BodyLink& link, const BodyBook& book,
                                  const std::string& language) {
    std::vector<std::string> labels;
    for (const auto& one : book.phrases().languages) {
        if (one.code != language) continue;
        for (const auto& head : one.heads) {
            if (labels.size() < kNamed && !link.lacking(head.directive))
                labels.push_back(head.label);
        }
    }
    return labels;
}

// Of these labels the ones that the shown character can do.
std::vector<std::string> doable(const BodyLink& link, const BodyBook& book,
                                const std::string& language, std::vector<std::string> labels) {
    std::erase_if(labels, [&](const std::string& label) {
        for (const auto& one : book.phrases().languages) {
            if (one.code != language) continue;
            for (const auto& head : one.heads) {
                if (head.label == label && link.lacking(head.directive)) return true;
            }
        }
        return false;
    });
    return labels;
}

std::string answer_key(const bt::Order& order) {
    if (order.denied) return "denied";
    if (order.directive.expression) return order.directive.expression->name;
    if (order.directive.action) return order.directive.action->name;
    return "*";
}

OrderAnswer obey(BodyLink& link, const BodyBook& book, const bt::Orders& orders) {
    const OrderWords& words = book.words(orders.language);
    OrderAnswer answer;
    for (const auto& order : orders.list) {
        const auto lacks = link.lacking(order.directive);
        if (!lacks) {
            answer.directives.push_back(order.directive);
            continue;
        }
        answer.understood = false;
        answer.text = base::replace_all(words.cannot, "{what}", order.label);
        answer.text = base::replace_all(answer.text, "{list}",
                                        listed(possible(link, book, orders.language), words));
    }
    if (!answer.text.empty()) return answer;
    auto known = words.answers.find(answer_key(orders.list.front()));
    if (known == words.answers.end()) known = words.answers.find("*");
    if (known != words.answers.end() && !known->second.empty()) {
        answer.text = known->second[link.next_answer() % known->second.size()];
    }
    return answer;
}

}  // namespace

std::optional<OrderAnswer> answer_order(BodyLink& link, std::string_view text) {
    const auto book = link.book();
    const auto understood = book->reader().understand(text);
    const OrderWords& words = book->words(understood.orders.language);
    if (understood.kind == bt::Understanding::Kind::orders) {
        return obey(link, *book, understood.orders);
    }
    const bool empty = base::trim(text).empty();
    const std::string& form = empty ? words.empty
                              : understood.kind == bt::Understanding::Kind::ambiguous
                                  ? words.ambiguous
                                  : words.unknown;
    const std::string& language = understood.orders.language;
    auto labels =
        empty ? std::vector<std::string>{} : doable(link, *book, language, understood.nearest);
    if (labels.empty() || understood.kind == bt::Understanding::Kind::unknown) {
        for (auto& label : possible(link, *book, language)) {
            const bool room = labels.size() < kNamed;
            if (room && std::ranges::find(labels, label) == labels.end()) labels.push_back(label);
        }
    }
    OrderAnswer answer;
    answer.understood = empty;
    answer.text = base::replace_all(form, "{list}", listed(labels, words));
    return answer;
}

std::optional<OrderAnswer> answer_free_order(BodyLink& link, std::string_view text) {
    const auto book = link.book();
    const auto orders = book->reader().read(text);
    if (!orders) return std::nullopt;
    return obey(link, *book, *orders);
}

}  // namespace chat
