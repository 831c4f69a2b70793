import type { Message, Ready, Session, SessionSnapshot } from '../protocol/types';

export function a_session(id: string, change: Partial<Session> = {}): Session {
  return { id, title: id, created_at: 1, updated_at: 1, message_count: 0, preview: '', running: false, ...change };
}

export function a_message(id: string, change: Partial<Message> = {}): Message {
  return { id, session_id: 's1', role: 'user', content: id, status: 'complete', created_at: 1, ...change };
}

export function a_ready(change: Partial<Ready> = {}): Ready {
  return {
    type: 'ready', protocol: 1, version: '1', epoch: 'e1', resumed: false, sessions: [], subsystems: [], models: [],
    welcome: { greeting: 'Hello', ask_name: true, suggestions: ['a', 'b', 'c'], person_name: '' }, ...change,
  };
}

export function a_snapshot(change: Partial<SessionSnapshot> = {}): SessionSnapshot {
  return { type: 'session.snapshot', session: a_session('s1'), messages: [], has_more: false, queued: [], ...change };
}
