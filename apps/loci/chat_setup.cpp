#include "chat_setup.hpp"

namespace loci {

chat::ChatOptions chat_options(const config::Settings& settings) {
    chat::ChatOptions options;
    switch (settings.chat.queue) {
        case config::QueueMode::queue:
            options.queue_mode = chat::QueueMode::queue;
            break;
        case config::QueueMode::steer:
            options.queue_mode = chat::QueueMode::steer;
            break;
        case config::QueueMode::collect:
            options.queue_mode = chat::QueueMode::collect;
            break;
    }
    switch (settings.llm.reflexes) {
        case config::Reflexes::on:
            options.reflexes = chat::ReflexPolicy::on;
            break;
        case config::Reflexes::off:
            options.reflexes = chat::ReflexPolicy::off;
            break;
        case config::Reflexes::auto_:
            options.reflexes = chat::ReflexPolicy::automatic;
            break;
    }
    options.stop_phrases = settings.chat.stop_phrases;
    options.max_message_chars = static_cast<std::size_t>(settings.limits.message_chars);
    options.titles = settings.chat.titles;
    options.reset.idle = std::chrono::minutes(settings.chat.session_idle_minutes);
    options.reset.daily = chat::daily_time(settings.chat.daily_reset);
    options.carry_messages = settings.chat.carry_messages;
    options.history_tokens = settings.chat.history_tokens;
    return options;
}

chat::Privacy privacy(const config::Settings& settings) {
    return settings.llm.privacy == config::Privacy::local_only ? chat::Privacy::local_only
                                                               : chat::Privacy::any;
}

chat::Personality personality(const config::Settings& settings) {
    return {settings.persona.name, settings.persona.personality, settings.persona.personality_file};
}

}  // namespace loci
