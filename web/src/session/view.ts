// What is shown of a conversation, in order. Keys stay the same while a message travels from the
// composer to the server's storage, so that nothing on screen is built twice.

import type { Message } from '../protocol/types';
import type { Chat, Outgoing, Running, State } from './state';

export type Row =
  | { kind: 'person'; key: string; message?: Message; outgoing?: Outgoing; place_in_queue: number }
  | { kind: 'reply'; key: string; message?: Message; running?: Running }
  | { kind: 'notice'; key: string; message: Message };

export function open_chat(state: State): Chat | undefined {
  return state.open === undefined ? undefined : state.chats[state.open];
}

export function rows(chat: Chat | undefined, outgoing: readonly Outgoing[]): Row[] {
  const messages = chat?.messages ?? [];
  const queued = chat?.queued ?? [];
  const replaced = outgoing.find((o) => o.replaces && !o.error)?.replaces;
  const cut = replaced ? messages.findIndex((m) => m.id === replaced) : -1;
  const shown = cut >= 0 ? messages.slice(0, cut) : messages;

  const out: Row[] = by_turn(shown.filter((m) => !queued.includes(m.id))).map((m) => row_of(m, 0));
  if (chat?.running && cut < 0) {
    const { running } = chat;
    const row: Row = { kind: 'reply', key: running.message_id, running };
    const asked = out.findIndex((r) => r.kind === 'person' && r.message?.turn_id === running.turn_id);
    out.splice(asked < 0 ? out.length : asked + 1, 0, row);
  }
  queued.forEach((id, i) => {
    const message = shown.find((m) => m.id === id);
    if (message) out.push(row_of(message, i + 1));
  });
  for (const o of outgoing) out.push({ kind: 'person', key: o.key, outgoing: o, place_in_queue: 0 });
  return unique(out);
}

/** A key twice would stop the page from drawing at all; a confused server must not be able to. */
function unique(list: Row[]): Row[] {
  const seen = new Set<string>();
  return list.filter((row) => !seen.has(row.key) && seen.add(row.key));
}

const made = new WeakMap<Message, Row>();

/** The same row for the same message, so that a view has nothing to compare below it. */
function row_of(message: Message, place_in_queue: number): Row {
  const known = made.get(message);
  if (known && (known.kind !== 'person' || known.place_in_queue === place_in_queue)) return known;
  const row = new_row(message, place_in_queue);
  made.set(message, row);
  return row;
}

function new_row(message: Message, place_in_queue: number): Row {
  if (message.role === 'user') {
    return { kind: 'person', key: message.idempotency_key ?? message.id, message, place_in_queue };
  }
  return { kind: message.role === 'assistant' ? 'reply' : 'notice', key: message.id, message };
}

/** Storage order has a question that waited before the reply to the one ahead of it. */
function by_turn(messages: readonly Message[]): Message[] {
  const asked = new Set<string>();
  for (const m of messages) if (m.role === 'user' && m.turn_id) asked.add(m.turn_id);
  const replies = new Map<string, Message[]>();
  for (const m of messages) {
    if (m.role === 'user' || !m.turn_id || !asked.has(m.turn_id)) continue;
    replies.set(m.turn_id, [...(replies.get(m.turn_id) ?? []), m]);
  }
  const out: Message[] = [];
  for (const m of messages) {
    if (m.role === 'user') {
      out.push(m);
      if (m.turn_id) {
        out.push(...(replies.get(m.turn_id) ?? []));
        replies.delete(m.turn_id);
      }
    } else if (!m.turn_id || !asked.has(m.turn_id)) {
      out.push(m);
    }
  }
  return out;
}

export function outgoing_of(state: State): Outgoing[] {
  return state.outgoing.filter((o) =>
    state.open === undefined
      ? state.draft !== undefined && (o.key === state.draft || o.draft === state.draft)
      : o.session_id === state.open);
}

/** Mood of the figure on the stage. */
export type Mood = 'idle' | 'loading' | 'thinking' | 'answering' | 'offline' | 'troubled';

export function mood(state: State): Mood {
  if (state.link === 'offline' || state.link === 'connecting') {
    return state.greeted || state.link === 'offline' ? 'offline' : 'loading';
  }
  const running = open_chat(state)?.running;
  if (running) return running.state === 'answering' ? 'answering' : 'thinking';
  if (outgoing_of(state).some((o) => !o.error)) return 'thinking';
  const last = open_chat(state)?.messages.at(-1);
  if (last?.status === 'failed') return 'troubled';
  return state.subsystems.some((s) => s.health === 'loading') ? 'loading' : 'idle';
}
