import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Event } from '../protocol/types';
import { FakeSocket } from '../testing/fake_socket';
import { a_ready } from '../testing/samples';
import { Backoff } from './backoff';
import { ServerSocket, type LinkState, type Position } from './socket';

function setup(position: () => Position = () => ({}), token?: string) {
  const sockets: FakeSocket[] = [];
  const links: LinkState[] = [];
  const events: Event[] = [];
  const socket = new ServerSocket({
    url: 'ws://x/ws', pageVersion: '9', token: () => token, position,
    on_event: (e) => events.push(e), on_link: (l) => links.push(l),
    open: (url) => {
      const made = new FakeSocket(url);
      sockets.push(made);
      return made;
    },
    backoff: new Backoff(() => 1),
  });
  const last = () => sockets.at(-1) as FakeSocket;
  return { socket, sockets, links, events, last };
}

describe('ServerSocket', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('greets first, and sends nothing before it is greeted back', () => {
    const t = setup(() => ({ epoch: 'e', last_seq: 7, session_id: 's' }), 'key');
    t.socket.start();
    t.last().accept();
    expect(t.last().url).toBe('ws://x/ws?token=key');
    expect(t.last().sent).toEqual([{
      type: 'hello', protocol: 1, page_version: '9', epoch: 'e', last_seq: 7, session_id: 's', token: 'key',
    }]);
    expect(t.socket.send({ type: 'ping' })).toBe(false);
    t.last().say(a_ready());
    expect(t.socket.send({ type: 'ping' })).toBe(true);
    expect(t.links).toEqual(['connecting', 'online']);
  });

  it('comes back with growing waits, and at once when nudged', () => {
    const t = setup();
    t.socket.start();
    t.last().break();
    expect(t.links.at(-1)).toBe('offline');
    vi.advanceTimersByTime(399);
    expect(t.sockets).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(t.sockets).toHaveLength(2);
    t.last().break();
    vi.advanceTimersByTime(799);
    expect(t.sockets).toHaveLength(2);
    t.socket.nudge();
    expect(t.sockets).toHaveLength(3);
    vi.advanceTimersByTime(60_000);
    expect(t.sockets).toHaveLength(3); // the old wait was called off
  });

  it('does not come back when a key is needed or the page is stale', () => {
    for (const [code, link] of [[4001, 'login'], [4002, 'stale']] as const) {
      const t = setup();
      t.socket.start();
      t.last().accept();
      t.last().break(code);
      vi.advanceTimersByTime(60_000);
      expect(t.links.at(-1)).toBe(link);
      expect(t.sockets).toHaveLength(1);
    }
  });

  it('comes back after it was too slow', () => {
    const t = setup();
    t.socket.start();
    t.last().accept();
    t.last().break(4008);
    vi.advanceTimersByTime(500);
    expect(t.sockets).toHaveLength(2);
  });

  it('notices a connection that died in silence', () => {
    const t = setup();
    t.socket.start();
    t.last().accept();
    t.last().say(a_ready());
    vi.advanceTimersByTime(15_000);
    t.last().say({ type: 'pong' });
    vi.advanceTimersByTime(30_000);
    expect(t.links.at(-1)).toBe('online');
    vi.advanceTimersByTime(15_000);
    expect(t.links).toContain('offline');
    expect(t.sockets[0]?.readyState).toBe(3);
  });

  it('outlives frames that make no sense', () => {
    const t = setup();
    t.socket.start();
    t.last().accept();
    t.last().raw('}{');
    t.last().raw(new ArrayBuffer(3));
    t.last().say(a_ready());
    expect(t.events.map((e) => e.type)).toEqual(['ready']);
  });
});
