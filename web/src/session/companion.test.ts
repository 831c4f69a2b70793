import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { UiCommand } from '../protocol/types';
import { FakeSocket, memory_storage } from '../testing/fake_socket';
import { a_message, a_ready, a_session, a_snapshot } from '../testing/samples';
import { Companion } from './companion';
import { outgoing_of } from './view';

function setup(storage = memory_storage()) {
  const sockets: FakeSocket[] = [];
  const opened: string[] = [];
  const wishes: UiCommand[] = [];
  let keys = 0;
  const companion = new Companion({
    url: 'ws://x/ws', pageVersion: '1', token: () => undefined, storage,
    on_ui_command: (c) => wishes.push(c), on_opened: (id) => opened.push(id),
    open_socket: (url) => {
      const made = new FakeSocket(url);
      sockets.push(made);
      return made;
    },
    new_key: () => `k${(keys += 1)}-${sockets.length}`, now: () => (keys += 1),
  });
  const last = () => sockets.at(-1) as FakeSocket;
  const connect = (ready = a_ready()) => {
    if (sockets.length === 0) companion.start();
    last().accept();
    last().say(ready);
  };
  return { companion, sockets, last, connect, opened, wishes, storage };
}

describe('Companion', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('sends what was written offline once there is a connection', () => {
    const t = setup();
    t.companion.start();
    t.companion.send('hello');
    expect(t.last().sent).toEqual([]);
    expect(outgoing_of(t.companion.state)).toHaveLength(1);
    t.connect();
    expect(t.last().of('message.send').map((c) => c.text)).toEqual(['hello']);
  });

  it('asks for a conversation that was opened between the greeting and its answer', () => {
    const t = setup();
    t.companion.start();
    t.last().accept();
    t.companion.open('s1');
    t.last().say(a_ready());
    expect(t.last().of('session.open').map((c) => c.session_id)).toEqual(['s1']);
  });

  it('does not ask twice for the conversation that the greeting named', () => {
    const t = setup();
    t.companion.open('s1');
    t.connect();
    expect(t.last().of('session.open')).toEqual([]);
  });

  it('sends again under the same key after a break, until it is acknowledged', () => {
    const t = setup();
    t.connect();
    t.companion.send('hello');
    const key = t.last().of('message.send')[0]?.idempotency_key as string;
    t.last().break();
    vi.advanceTimersByTime(1000);
    t.connect(a_ready({ resumed: true }));
    expect(t.last().of('message.send')[0]?.idempotency_key).toBe(key);
    t.last().say({ type: 'message.accepted', message: a_message('m', { idempotency_key: key }), position: 0 });
    t.last().break();
    vi.advanceTimersByTime(1000);
    t.connect(a_ready({ resumed: true }));
    expect(t.last().of('message.send')).toEqual([]);
    expect(t.storage.dump()).toEqual([]);
  });

  it('sends what an earlier visit left behind', () => {
    const storage = memory_storage();
    const before = setup(storage);
    before.companion.start();
    before.companion.send('unsent');
    const after = setup(storage);
    after.connect();
    expect(after.last().of('message.send').map((c) => c.text)).toEqual(['unsent']);
    expect(outgoing_of(after.companion.state)).toEqual([]); // it does not take the screen
  });

  it('makes one conversation of several messages written before it exists', () => {
    const t = setup();
    t.connect();
    t.companion.send('one');
    t.companion.send('two');
    expect(t.last().of('message.send').map((c) => c.text)).toEqual(['one']);
    const key = t.last().of('message.send')[0]?.idempotency_key as string;
    t.last().say({ type: 'message.accepted', message: a_message('m', { idempotency_key: key }), position: 0 });
    expect(t.last().of('message.send')[1]).toMatchObject({ text: 'two', session_id: 's1' });
    expect(t.opened).toEqual(['s1']);
    expect(outgoing_of(t.companion.state).map((o) => o.text)).toEqual(['two']);
  });

  it('lets the second one make the conversation when the first is refused', () => {
    const t = setup();
    t.connect();
    t.companion.send('one');
    t.companion.send('two');
    const key = t.last().of('message.send')[0]?.idempotency_key as string;
    t.last().say({ type: 'command.failed', command: 'message.send', idempotency_key: key, error: { code: 'too_large', message: 'no', hint: '' } });
    const second = t.last().of('message.send')[1];
    expect(second).toMatchObject({ text: 'two' });
    t.last().say({ type: 'message.accepted', message: a_message('m', { idempotency_key: second?.idempotency_key as string }), position: 0 });
    expect(t.companion.state.open).toBe('s1');
  });

  it('begins anew after a refusal, with the refused message still in sight', () => {
    const t = setup();
    t.connect();
    t.companion.send('one');
    const key = t.last().of('message.send')[0]?.idempotency_key as string;
    t.last().say({ type: 'command.failed', command: 'message.send', idempotency_key: key, error: { code: 'too_large', message: 'no', hint: '' } });
    t.companion.send('two');
    const second = t.last().of('message.send')[1];
    expect(second).toMatchObject({ text: 'two' });
    t.last().say({ type: 'message.accepted', message: a_message('m', { idempotency_key: second?.idempotency_key as string }), position: 0 });
    expect(t.companion.state.open).toBe('s1');
    expect(outgoing_of(t.companion.state).map((o) => [o.text, o.error?.code])).toEqual([['one', 'too_large']]);
    t.companion.discard(key);
    expect(t.companion.state.outgoing).toEqual([]);
  });

  it('comes back to where it was: epoch, number and conversation', () => {
    const t = setup();
    t.connect(a_ready({ seq: 5, sessions: [a_session('s1')] }));
    t.companion.open('s1');
    expect(t.last().of('session.open')).toHaveLength(1);
    t.last().say(a_snapshot({ seq: 8 }));
    t.last().break();
    vi.advanceTimersByTime(1000);
    t.last().accept();
    expect(t.last().of('hello')[0]).toMatchObject({ epoch: 'e1', last_seq: 8, session_id: 's1' });
    t.last().say(a_ready({ resumed: true, seq: 8 }));
    expect(t.last().of('session.open')).toEqual([]);
  });

  it('asks for a conversation that was opened while the connection was away', () => {
    const t = setup();
    t.connect(a_ready({ seq: 5, sessions: [a_session('s1')] }));
    t.last().break();
    t.companion.open('s1');
    vi.advanceTimersByTime(1000);
    t.connect(a_ready({ resumed: true, seq: 5 }));
    expect(t.last().of('session.open')).toEqual([{ type: 'session.open', session_id: 's1' }]);
  });

  it('says so when stop cannot reach the server', () => {
    const t = setup();
    t.connect();
    t.companion.open('s1');
    t.last().break();
    t.companion.stop_turn();
    expect(t.companion.state.toasts[0]?.level).toBe('warning');
  });

  it('passes wishes on', () => {
    const t = setup();
    t.connect();
    t.last().say({ type: 'ui.command', name: 'theme', value: 'dark' });
    expect(t.wishes).toEqual([{ type: 'ui.command', name: 'theme', value: 'dark' }]);
  });
});
