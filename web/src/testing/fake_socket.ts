// A socket that a test drives by hand, and a storage in memory.

import type { KeyValue } from '../net/outbox';
import type { SocketLike } from '../net/socket';
import type { Command, Event } from '../protocol/types';

export class FakeSocket implements SocketLike {
  readyState = 0;
  readonly sent: Command[] = [];
  onopen: SocketLike['onopen'] = null;
  onclose: SocketLike['onclose'] = null;
  onmessage: SocketLike['onmessage'] = null;
  onerror: SocketLike['onerror'] = null;
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  send(data: string): void {
    this.sent.push(JSON.parse(data) as Command);
  }
  close(): void {
    this.readyState = 3;
  }

  accept(): void {
    this.readyState = 1;
    this.onopen?.({});
  }
  say(event: Event): void {
    this.onmessage?.({ data: JSON.stringify(event) });
  }
  raw(data: unknown): void {
    this.onmessage?.({ data });
  }
  break(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
  of<T extends Command['type']>(type: T): Extract<Command, { type: T }>[] {
    return this.sent.filter((c): c is Extract<Command, { type: T }> => c.type === type);
  }
}

export function memory_storage(): KeyValue & { dump: () => string[] } {
  const map = new Map<string, string>();
  return {
    get length() {
      return map.size;
    },
    key: (i) => [...map.keys()][i] ?? null,
    getItem: (k) => map.get(k) ?? null,
    setItem: (k, v) => void map.set(k, v),
    removeItem: (k) => void map.delete(k),
    dump: () => [...map.keys()].sort(),
  };
}
