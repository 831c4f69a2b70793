// The part of the reducer that speaks of one conversation.

import type { Event, Message } from '../protocol/types';
import type { Chat, LocalEvent, Running, State } from './state';

type ChatEvent = Extract<Event | LocalEvent, {
  type:
    | 'session.snapshot' | 'message.accepted' | 'turn.started' | 'turn.state' | 'reply.delta'
    | 'reasoning.delta' | 'reply.reset' | 'turn.ended' | 'queue.changed'
    | 'local.history' | 'local.cleared';
}>;

export function reduce_chat(state: State, event: ChatEvent): State {
  const id = session_of(event);
  const before = state.chats[id];
  // A conversation is followed from its snapshot, or from the message that makes it.
  if (!before && event.type !== 'session.snapshot' && event.type !== 'message.accepted') return state;
  const after = change(before ?? empty_chat(id), event);
  return after === before ? state : { ...state, chats: { ...state.chats, [id]: after } };
}

function session_of(event: ChatEvent): string {
  if (event.type === 'session.snapshot') return event.session.id;
  if (event.type === 'message.accepted') return event.message.session_id;
  return event.session_id;
}

function empty_chat(session_id: string): Chat {
  return { session_id, messages: [], has_more: false, fresh: false, queued: [], retrying: false };
}

function change(chat: Chat, event: ChatEvent): Chat {
  switch (event.type) {
    case 'session.snapshot':
      return from_snapshot(chat, event);
    case 'message.accepted':
      return accept(chat, event.message, event.position);
    case 'turn.started':
      return start(chat, event);
    case 'turn.state':
      return on_turn(chat, event.turn_id, (r) => ({
        ...r, state: event.state, provider: event.provider, model: event.model, place: event.place,
      }));
    case 'reply.delta':
      return on_turn(chat, event.turn_id, ({ withdrawn: _, ...r }) => ({
        ...r, state: 'answering', text: r.text + event.text,
      }));
    case 'reasoning.delta':
      return on_turn(chat, event.turn_id, (r) => ({ ...r, reasoning: r.reasoning + event.text }));
    case 'reply.reset':
      return on_turn(chat, event.turn_id, (r) => ({
        ...r, state: 'thinking', text: '', reasoning: '', withdrawn: event.reason,
      }));
    case 'turn.ended':
      return end(chat, event);
    case 'queue.changed':
      return { ...chat, queued: event.queued };
    case 'local.history': {
      const known = new Set(chat.messages.map((m) => m.id));
      const older = event.messages.filter((m) => !known.has(m.id));
      return { ...chat, messages: [...older, ...chat.messages], has_more: event.has_more };
    }
    case 'local.cleared':
      return { ...without_running(chat), messages: [], has_more: false, queued: [] };
  }
}

function from_snapshot(chat: Chat, event: Extract<Event, { type: 'session.snapshot' }>): Chat {
  const next: Chat = {
    session_id: event.session.id, messages: event.messages, has_more: event.has_more,
    fresh: true, queued: event.queued, retrying: false,
  };
  if (event.running) {
    const { session_id: _, ...running } = event.running;
    const known = chat.running?.turn_id === running.turn_id ? chat.running : undefined;
    next.running = {
      provider: known?.provider ?? '', model: known?.model ?? '', waited_ms: known?.waited_ms ?? 0,
      ...(known?.place ? { place: known.place } : {}), ...running,
    };
    next.messages = event.messages.filter((m) => m.id !== running.message_id);
  }
  return next;
}

function accept(chat: Chat, message: Message, position: number): Chat {
  const known = chat.messages.findIndex((m) => m.id === message.id);
  if (known >= 0) {
    // Sent again by us, or to be answered again.
    const newest = chat.messages.findLastIndex((m) => m.role === 'user');
    return { ...chat, messages: chat.messages.with(known, message), retrying: known === newest };
  }
  let { messages } = chat;
  if (message.replaces) {
    // An edit answers again from there: what came after is no longer part of the conversation.
    const at = messages.findIndex((m) => m.id === message.replaces);
    if (at >= 0) messages = messages.slice(0, at);
    if (chat.running) chat = { ...without_running(chat), dropped_turn: chat.running.turn_id };
  }
  const waits = position > 0 && !chat.queued.includes(message.id);
  return {
    ...chat, messages: [...messages, message],
    queued: waits ? [...chat.queued, message.id] : chat.queued,
  };
}

function start(chat: Chat, event: Extract<Event, { type: 'turn.started' }>): Chat {
  let { messages } = chat;
  if (chat.retrying) {
    const asked = messages.findLastIndex((m) => m.role === 'user');
    messages = messages.slice(0, asked + 1);
  }
  const running: Running = {
    turn_id: event.turn_id, message_id: event.message_id, state: 'thinking', text: '',
    reasoning: '', provider: '', model: '', waited_ms: event.waited_ms,
  };
  return { ...chat, messages, running, retrying: false };
}

function on_turn(chat: Chat, turn_id: string, change_running: (r: Running) => Running): Chat {
  if (chat.running?.turn_id !== turn_id) return chat;
  return { ...chat, running: change_running(chat.running) };
}

function end(chat: Chat, event: Extract<Event, { type: 'turn.ended' }>): Chat {
  const ours = chat.running?.turn_id === event.turn_id;
  const next = ours ? without_running(chat) : chat;
  const reply = event.message;
  if (event.turn_id === chat.dropped_turn) return next;
  if (!reply) return event.state === 'stopped' ? unanswered(next, event.turn_id) : next;
  const rest = next.messages.filter((m) => m.id !== reply.id && m.id !== reply.replaces);
  return { ...next, messages: insert_before_waiting(rest, reply, next.queued) };
}

/** The queue was emptied: this one will not be answered. */
function unanswered(chat: Chat, turn_id: string): Chat {
  const messages = chat.messages.map((m): Message =>
    m.role === 'user' && m.turn_id === turn_id ? { ...m, status: 'stopped' } : m);
  return { ...chat, messages };
}

/** The reply belongs to what was asked before it, also when more was asked meanwhile. */
function insert_before_waiting(
  messages: readonly Message[], reply: Message, queued: readonly string[],
): Message[] {
  const at = messages.findIndex((m) => queued.includes(m.id));
  return at < 0 ? [...messages, reply] : [...messages.slice(0, at), reply, ...messages.slice(at)];
}

function without_running(chat: Chat): Chat {
  const { running: _, ...rest } = chat;
  return rest;
}
