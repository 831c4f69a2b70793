import { describe, expect, it } from 'vitest';
import type { Event, Message } from '../protocol/types';
import { a_message, a_ready, a_session, a_snapshot } from '../testing/samples';
import { empty_state, reduce } from './reduce';
import type { LocalEvent, State } from './state';
import { mood, open_chat, outgoing_of, rows } from './view';

function play(events: (Event | LocalEvent)[], from: State = empty_state): State {
  return events.reduce(reduce, from);
}
const turn = { session_id: 's1', turn_id: 't1' };
const opened: (Event | LocalEvent)[] = [
  a_ready({ seq: 10 }), { type: 'local.open', session_id: 's1' }, a_snapshot({ seq: 10 }),
];
const started: Event = { type: 'turn.started', ...turn, message_id: 'r1', waited_ms: 0 };
const delta = (text: string, seq?: number): Event =>
  seq === undefined ? { type: 'reply.delta', ...turn, text } : { type: 'reply.delta', ...turn, text, seq };
const ended = (message: Message): Event => ({ type: 'turn.ended', ...turn, state: 'done', message });
const shown = (state: State) =>
  rows(open_chat(state), outgoing_of(state)).map((r) =>
    r.kind === 'reply' ? (r.message?.content ?? `~${r.running?.text}`) : r.kind === 'person' ? (r.message?.content ?? `>${r.outgoing?.text}`) : `(${r.message.content})`);

describe('streaming', () => {
  it('grows, and the stored reply takes its place under the same key', () => {
    const asked: Event = { type: 'message.accepted', message: a_message('q'), position: 0 };
    const during = play([...opened, asked, started, delta('Hel'), delta('lo')]);
    expect(shown(during)).toEqual(['q', '~Hello']);
    const after = reduce(during, ended(a_message('r1', { role: 'assistant', content: 'Hello!' })));
    expect(shown(after)).toEqual(['q', 'Hello!']);
    expect(rows(open_chat(during), [])[1]?.key).toBe(rows(open_chat(after), [])[1]?.key);
    expect(open_chat(after)?.running).toBeUndefined();
  });

  it('withdraws what was said', () => {
    const reset: Event = { type: 'reply.reset', ...turn, reason: 'other provider' };
    const state = play([...opened, started, delta('wrong'), reset]);
    expect(open_chat(state)?.running).toMatchObject({ text: '', withdrawn: 'other provider', state: 'thinking' });
    expect(open_chat(reduce(state, delta('right')))?.running).toMatchObject({ text: 'right' });
    expect(open_chat(reduce(state, delta('right')))?.running?.withdrawn).toBeUndefined();
  });

  it('does not double text that is repeated after a resume', () => {
    const state = play([...opened, started, delta('a', 11), delta('b', 12), delta('a', 11), delta('b', 12), delta('c', 13)]);
    expect(open_chat(state)?.running?.text).toBe('abc');
    expect(state.last_seq).toBe(13);
  });

  it('ignores words of another turn', () => {
    const state = play([...opened, started, { type: 'reply.delta', session_id: 's1', turn_id: 'old', text: 'x' }]);
    expect(open_chat(state)?.running?.text).toBe('');
  });

  it('joins a turn in progress from the snapshot', () => {
    const running = { turn_id: 't1', session_id: 's1', message_id: 'r1', state: 'answering' as const, text: 'So', reasoning: 'hm' };
    const state = play([a_ready(), { type: 'local.open', session_id: 's1' }, a_snapshot({ running }), delta(' far')]);
    expect(open_chat(state)?.running).toMatchObject({ text: 'So far', reasoning: 'hm' });
  });

  it('is not changed by a snapshot of what is known, but replaced', () => {
    const state = play([...opened, started, delta('x'), a_snapshot({ messages: [a_message('m')] })]);
    expect(shown(state)).toEqual(['m']);
  });
});

describe('queue', () => {
  it('puts the reply before what waits, and shows places in line', () => {
    const q1: Event = { type: 'message.accepted', message: a_message('q1'), position: 0 };
    const q2: Event = { type: 'message.accepted', message: a_message('q2', { status: 'queued' }), position: 1 };
    const during = play([...opened, q1, started, delta('..'), q2]);
    expect(shown(during)).toEqual(['q1', '~..', 'q2']);
    expect(rows(open_chat(during), [])[2]).toMatchObject({ place_in_queue: 1 });
    const after = play([ended(a_message('r1', { role: 'assistant', content: 'A' })), { type: 'queue.changed', session_id: 's1', queued: [] }], during);
    expect(shown(after)).toEqual(['q1', 'A', 'q2']);
  });

  it('an emptied queue leaves its messages unanswered, behind the reply that was stopped', () => {
    const accepted = (id: string, position: number): Event =>
      ({ type: 'message.accepted', message: a_message(id, { turn_id: `t${id}` }), position });
    const state = play([...opened, accepted('1', 0), started, delta('..'), accepted('2', 1),
      { type: 'turn.ended', session_id: 's1', turn_id: 't2', state: 'stopped' }, { type: 'queue.changed', session_id: 's1', queued: [] }]);
    expect(shown(state)).toEqual(['1', '~..', '2']);
    const after = reduce(state, ended(a_message('r1', { role: 'assistant', turn_id: 't1', content: '..' })));
    expect(shown(after)).toEqual(['1', '..', '2']);
    expect(open_chat(after)?.messages.map((m) => m.status)).toEqual(['complete', 'stopped', 'complete']);
  });

  it('orders a stored conversation by turn', () => {
    const messages = [
      a_message('q1', { turn_id: 't1' }), a_message('q2', { turn_id: 't2' }),
      a_message('a1', { role: 'assistant', turn_id: 't1' }), a_message('a2', { role: 'assistant', turn_id: 't2' }),
    ];
    const state = play([a_ready(), { type: 'local.open', session_id: 's1' }, a_snapshot({ messages })]);
    expect(shown(state)).toEqual(['q1', 'a1', 'q2', 'a2']);
  });
});

describe('edit and retry', () => {
  const talk = a_snapshot({ messages: [a_message('q1'), a_message('a1', { role: 'assistant' }), a_message('q2'), a_message('a2', { role: 'assistant' })] });

  it('an edit ends the conversation where it was made', () => {
    const state = play([a_ready(), { type: 'local.open', session_id: 's1' }, talk,
      { type: 'message.accepted', message: a_message('q1b', { replaces: 'q1' }), position: 0 }]);
    expect(shown(state)).toEqual(['q1b']);
  });

  it('an edit that is on its way hides what it replaces', () => {
    const state = play([a_ready(), { type: 'local.open', session_id: 's1' }, talk,
      { type: 'local.send', outgoing: { key: 'k', text: 'new', created_at: 1, session_id: 's1', replaces: 'q2' } }]);
    expect(shown(state)).toEqual(['q1', 'a1', '>new']);
    const refused = reduce(state, { type: 'command.failed', command: 'message.edit', idempotency_key: 'k', error: { code: 'x', message: 'no', hint: '' } });
    expect(shown(refused)).toEqual(['q1', 'a1', 'q2', 'a2', '>new']);
  });

  it('a reply that still ran when its question was edited does not come back', () => {
    const state = play([...opened, { type: 'message.accepted', message: a_message('q1'), position: 0 }, started, delta('old'),
      { type: 'message.accepted', message: a_message('q1b', { replaces: 'q1' }), position: 0 },
      ended(a_message('r1', { role: 'assistant', content: 'old', status: 'stopped' }))]);
    expect(shown(state)).toEqual(['q1b']);
  });

  it('a retry keeps the old reply until the new one begins', () => {
    const again = play([a_ready(), { type: 'local.open', session_id: 's1' }, talk, { type: 'message.accepted', message: a_message('q2'), position: 0 }]);
    expect(shown(again)).toEqual(['q1', 'a1', 'q2', 'a2']);
    expect(shown(reduce(again, started))).toEqual(['q1', 'a1', 'q2', '~']);
  });

  it('an accepted message that came twice stays one', () => {
    const accepted: Event = { type: 'message.accepted', message: a_message('q'), position: 0 };
    expect(shown(play([...opened, accepted, accepted]))).toEqual(['q']);
  });
});

describe('outgoing', () => {
  const send: LocalEvent = { type: 'local.send', outgoing: { key: 'k', text: 'hi', created_at: 1 } };

  it('a new conversation takes the screen when its message is accepted', () => {
    const state = play([a_ready(), send]);
    expect(shown(state)).toEqual(['>hi']);
    const after = reduce(state, { type: 'message.accepted', message: a_message('m', { idempotency_key: 'k', content: 'hi' }), position: 0 });
    expect(after.open).toBe('s1');
    expect(shown(after)).toEqual(['hi']);
    expect(rows(open_chat(after), [])[0]?.key).toBe('k');
  });

  it('but not when the person has gone elsewhere', () => {
    const state = play([a_ready(), send, { type: 'local.open', session_id: 's9' },
      { type: 'message.accepted', message: a_message('m', { idempotency_key: 'k' }), position: 0 }]);
    expect(state.open).toBe('s9');
  });

  it('a message whose conversation was over takes the screen to the one that goes on from it', () => {
    const before = play([...opened, { type: 'local.send', outgoing: { key: 'k', text: 'hi', created_at: 1, session_id: 's1' } }]);
    const arrived: Event[] = [
      a_snapshot({ session: a_session('s2', { continues: 's1' }), messages: [a_message('n', { session_id: 's2', role: 'notice' })] }),
      { type: 'message.accepted', message: a_message('m', { session_id: 's2', idempotency_key: 'k' }), position: 0 },
    ];
    const after = play(arrived, before);
    expect(after.open).toBe('s2');
    expect(open_chat(after)?.messages.map((m) => m.id)).toEqual(['n', 'm']);
    expect(outgoing_of(after)).toEqual([]);
    const elsewhere = play([{ type: 'local.open', session_id: 's3' }], before);
    expect(play(arrived, elsewhere).open).toBe('s3');
  });

  it('a refused message stays on screen with its reason', () => {
    const error = { code: 'too_large', message: 'too long', hint: 'shorten it' };
    const state = play([a_ready(), send, { type: 'command.failed', command: 'message.send', idempotency_key: 'k', error }]);
    expect(outgoing_of(state)[0]?.error).toEqual(error);
    expect(state.toasts).toEqual([]);
  });

  it('another refusal is told as a toast', () => {
    const state = play([a_ready(), { type: 'command.failed', command: 'turn.stop', error: { code: 'x', message: 'No.', hint: 'Wait.' } }]);
    expect(state.toasts[0]).toMatchObject({ level: 'error', text: 'No. Wait.' });
  });
});

describe('connection', () => {
  it('a new epoch forgets everything but the screen, which waits for its snapshot', () => {
    const before = play([...opened, { type: 'message.accepted', message: a_message('q'), position: 0 }, a_snapshot({ session: a_session('s2') })]);
    const state = reduce(before, a_ready({ epoch: 'e2', seq: 3 }));
    expect(Object.keys(state.chats)).toEqual(['s1']);
    expect(open_chat(state)?.fresh).toBe(false);
    expect(state.last_seq).toBe(3);
  });

  it('a resume keeps everything', () => {
    const before = play([...opened, started, delta('so', 12)]);
    const state = reduce(before, a_ready({ resumed: true, seq: 12 }));
    expect(open_chat(state)?.running?.text).toBe('so');
    expect(state.sessions).toEqual(before.sessions);
  });

  it('a deleted conversation leaves the screen', () => {
    const state = play([...opened, { type: 'session.deleted', session_id: 's1' }]);
    expect([state.open, state.sessions, state.chats]).toEqual([undefined, [], {}]);
  });

  it('a conversation that is gone is left', () => {
    const state = play([a_ready(), { type: 'local.open', session_id: 'gone' },
      { type: 'command.failed', command: 'session.open', error: { code: 'not_found', message: 'gone', hint: '' } }]);
    expect(state.open).toBeUndefined();
  });

  it('the newest conversation stands first', () => {
    const state = play([a_ready({ sessions: [a_session('old', { updated_at: 1 }), a_session('new', { updated_at: 5 })] }),
      { type: 'session.changed', session: a_session('old', { updated_at: 9 }) }]);
    expect(state.sessions.map((s) => s.id)).toEqual(['old', 'new']);
  });

  it('never changes the state that it was given', () => {
    const freeze = (value: unknown): void => {
      if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
      Object.freeze(value);
      Object.values(value).forEach(freeze);
    };
    let state: State = empty_state;
    for (const event of [...opened, started, delta('x', 11), ended(a_message('r1', { role: 'assistant' }))]) {
      freeze(state);
      state = reduce(state, event);
    }
    expect(shown(state)).toEqual(['r1']);
  });
});

describe('mood', () => {
  it('follows the turn and the connection', () => {
    const online: LocalEvent = { type: 'local.link', link: 'online' };
    const base = play([online, ...opened]);
    expect(mood(base)).toBe('idle');
    expect(mood(reduce(base, started))).toBe('thinking');
    expect(mood(play([started, delta('x')], base))).toBe('answering');
    expect(mood(reduce(base, { type: 'local.link', link: 'offline' }))).toBe('offline');
    expect(mood(reduce(base, ended(a_message('r', { role: 'assistant', status: 'failed' }))))).toBe('troubled');
    expect(mood(reduce(base, { type: 'status.changed', subsystems: [{ name: 'engine', health: 'loading', detail: '', hint: '' }] }))).toBe('loading');
  });
});
