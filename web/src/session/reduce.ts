// The one place where state changes: state + event -> state. Pure, so that a recorded list of events
// replays to the same picture.

import type { Event, Session } from '../protocol/types';
import { reduce_chat } from './reduce_chat';
import { empty_state, type LocalEvent, type Outgoing, type State, type Toast } from './state';

export function reduce(state: State, event: Event | LocalEvent): State {
  if (!('seq' in event) || event.seq === undefined) return apply(state, event);
  // After a resume the server may repeat what we already have; text must not be doubled.
  const repeated = event.type !== 'ready' && event.seq <= state.last_seq;
  if (repeated && (event.type === 'reply.delta' || event.type === 'reasoning.delta')) return state;
  const next = apply(state, event);
  return event.seq > next.last_seq ? { ...next, last_seq: event.seq } : next;
}

function apply(state: State, event: Event | LocalEvent): State {
  switch (event.type) {
    case 'ready':
      return event.resumed
        ? { ...state, greeted: true, epoch: event.epoch, version: event.version,
            subsystems: or_kept(event.subsystems, state.subsystems),
            models: or_kept(event.models, state.models), offers: event.offers ?? state.offers }
        : start_over(state, event);
    case 'session.changed':
      return { ...state, sessions: with_session(state.sessions, event.session) };
    case 'session.deleted':
      return without_session(state, event.session_id);
    case 'status.changed':
      return { ...state, subsystems: event.subsystems };
    case 'models.changed':
      return { ...state, models: event.models, offers: event.offers ?? state.offers };
    case 'notice':
      return with_toast(state, event.level, event.text, event.action);
    case 'command.failed':
      return refused(state, event.idempotency_key, event);
    case 'message.accepted':
      return accepted(state, event);
    case 'session.snapshot':
      return reduce_chat(
        { ...state, sessions: with_session(state.sessions, event.session) }, event);
    case 'turn.started':
    case 'turn.state':
    case 'reply.delta':
    case 'reasoning.delta':
    case 'reply.reset':
    case 'turn.ended':
    case 'queue.changed':
    case 'local.history':
    case 'local.cleared':
      return reduce_chat(state, event);
    case 'local.link':
      return state.link === event.link ? state : { ...state, link: event.link };
    case 'local.open': {
      const { open: _, draft: __, ...rest } = state;
      return event.session_id === undefined ? rest : opened(rest, event.session_id);
    }
    case 'local.send':
      return sent(state, event.outgoing);
    case 'local.discard':
      return discarded(state, event.key);
    case 'local.toast':
      return with_toast(state, event.level, event.text, event.action);
    case 'local.toast_gone':
      return { ...state, toasts: state.toasts.filter((t) => t.id !== event.id) };
    case 'ui.command': // carried out by the page, no part of the state
    case 'body.directive': // acted out by the stage
    case 'body.state':
    case 'stage.changed':
    case 'pong':
      return state;
  }
}

function start_over(state: State, ready: Extract<Event, { type: 'ready' }>): State {
  // The conversation on screen stays readable until its snapshot comes; nothing else is trusted.
  const kept = state.open ? state.chats[state.open] : undefined;
  const chats = kept ? { [kept.session_id]: { ...kept, fresh: false } } : {};
  return {
    ...state, greeted: true, epoch: ready.epoch, version: ready.version, last_seq: ready.seq ?? 0,
    sessions: sorted(ready.sessions), subsystems: ready.subsystems, models: ready.models,
    offers: ready.offers ?? [], welcome: ready.welcome, chats,
  };
}

function or_kept<T>(given: readonly T[], kept: readonly T[]): readonly T[] {
  return given.length > 0 ? given : kept;
}

function sorted(sessions: readonly Session[]): Session[] {
  return [...sessions].sort((a, b) => b.updated_at - a.updated_at);
}

function with_session(sessions: readonly Session[], session: Session): Session[] {
  return sorted([session, ...sessions.filter((s) => s.id !== session.id)]);
}

function without_session(state: State, id: string): State {
  const { [id]: _, ...chats } = state.chats;
  const { open, ...rest } = state;
  const next: State = {
    ...rest, chats,
    sessions: state.sessions.filter((s) => s.id !== id),
    outgoing: state.outgoing.filter((o) => o.session_id !== id),
  };
  return open !== undefined && open !== id ? { ...next, open } : next;
}

/** What was kept of it may be old: events come for the open conversation only. */
function opened(state: State, id: string): State {
  const kept = state.chats[id];
  const chats = kept ? { ...state.chats, [id]: { ...kept, fresh: false } } : state.chats;
  return { ...state, open: id, chats };
}

function sent(state: State, outgoing: Outgoing): State {
  const rest = state.outgoing.filter((o) => o.key !== outgoing.key);
  const next = { ...state, outgoing: [...rest, outgoing] };
  const makes_conversation = outgoing.session_id === undefined && state.open === undefined;
  return makes_conversation && !outgoing.draft ? led_by(next, outgoing.key) : next;
}

/** Another message makes the conversation on screen; the others of the draft follow it. */
function led_by(state: State, key: string): State {
  const before = state.draft;
  const outgoing = state.outgoing.map((o) => {
    if (o.key === key) return without_draft(o);
    return before !== undefined && (o.key === before || o.draft === before) ? { ...o, draft: key } : o;
  });
  return { ...state, outgoing, draft: key };
}

function without_draft({ draft: _, ...rest }: Outgoing): Outgoing {
  return rest;
}

function discarded(state: State, key: string): State {
  const next = { ...state, outgoing: state.outgoing.filter((o) => o.key !== key) };
  if (state.draft !== key) return next;
  const heir = next.outgoing.find((o) => o.draft === key);
  if (heir) return led_by(next, heir.key);
  const { draft: _, ...rest } = next;
  return rest;
}

function accepted(state: State, event: Extract<Event, { type: 'message.accepted' }>): State {
  const { message } = event;
  const key = message.idempotency_key;
  const outgoing = state.outgoing
    .filter((o) => o.key !== key)
    .map((o) => {
      if (!key || o.draft !== key) return o;
      return { ...without_draft(o), session_id: message.session_id };
    });
  let next: State = { ...state, outgoing };
  if (key && state.draft === key && state.open === undefined) {
    const { draft: _, ...rest } = next;
    next = { ...rest, open: message.session_id };
  }
  // The conversation was over: what was written in it begins one that goes on from it.
  const written_in = state.outgoing.find((o) => key !== undefined && o.key === key)?.session_id;
  if (written_in !== undefined && written_in === next.open && written_in !== message.session_id) {
    next = { ...next, open: message.session_id };
  }
  return reduce_chat(next, event);
}

function refused(
  state: State, key: string | undefined, event: Extract<Event, { type: 'command.failed' }>,
): State {
  const known = key !== undefined && state.outgoing.some((o) => o.key === key);
  if (event.command === 'session.open' && event.error.code === 'not_found') {
    const { open: _, ...rest } = state;
    return with_toast(rest, 'warning', event.error.message, event.error.action);
  }
  if (!known) {
    const hint = event.error.hint ? ` ${event.error.hint}` : '';
    return with_toast(state, 'error', event.error.message + hint, event.error.action);
  }
  const outgoing = state.outgoing.map((o) => (o.key === key ? { ...o, error: event.error } : o));
  const next = { ...state, outgoing };
  const heir = state.draft === key ? outgoing.find((o) => o.draft === key) : undefined;
  return heir ? led_by(next, heir.key) : next;
}

function with_toast(state: State, level: string, text: string, action: Toast['action']): State {
  const toast: Toast = { id: state.next_toast, level, text };
  if (action) toast.action = action;
  const same = state.toasts.filter((t) => t.text !== text);
  return { ...state, toasts: [...same.slice(-(kToasts - 1)), toast], next_toast: toast.id + 1 };
}

const kToasts = 4;

export { empty_state };
