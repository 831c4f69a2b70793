// Messages that were sent but not yet acknowledged by the server. They outlive a reload and a lost
// connection: every one lies under its own storage key (so two tabs cannot overwrite each other),
// and is sent again after each connection. The server drops what it already has by its
// idempotency key, so nothing is lost and nothing is doubled.

import type { EditMessage, SendMessage } from '../protocol/types';

export type Sendable = SendMessage | EditMessage;

export interface OutboxEntry {
  command: Sendable;
  created_at: number;
  /** Waits until the message with this key has made the conversation that it belongs to. */
  after?: string;
}

export type KeyValue = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

export class Outbox {
  private readonly entries = new Map<string, OutboxEntry>();
  private readonly storage: KeyValue | undefined;

  constructor(storage: KeyValue | undefined) {
    this.storage = storage;
    this.load();
  }

  /** False when the entry could not be stored: it is still sent, but would not survive a reload. */
  put(entry: OutboxEntry): boolean {
    const key = entry.command.idempotency_key;
    this.entries.set(key, entry);
    try {
      this.storage?.setItem(kPrefix + key, JSON.stringify(entry));
      return this.storage !== undefined;
    } catch {
      return false;
    }
  }

  /** Accepted or refused: either way the server has decided. */
  settle(key: string): OutboxEntry | undefined {
    const entry = this.entries.get(key);
    this.entries.delete(key);
    try {
      this.storage?.removeItem(kPrefix + key);
    } catch {
      // A storage that refuses to forget costs one more (dropped) resend.
    }
    return entry;
  }

  has(key: string): boolean {
    return this.entries.has(key);
  }

  /** Oldest first: the order in which the person wrote them. */
  pending(): OutboxEntry[] {
    return [...this.entries.values()].sort((a, b) => a.created_at - b.created_at);
  }

  /** The conversation exists now: its waiting messages may go. */
  release(after: string, session_id: string): OutboxEntry[] {
    return this.waiting_for(after).map(({ command, created_at }) => {
      const entry: OutboxEntry = { command: { ...command, session_id } as Sendable, created_at };
      this.put(entry);
      return entry;
    });
  }

  /** The first message was refused: the next one makes the conversation in its place. */
  promote(after: string): OutboxEntry | undefined {
    const [first, ...rest] = this.waiting_for(after);
    if (!first) return undefined;
    const head: OutboxEntry = { command: first.command, created_at: first.created_at };
    this.put(head);
    for (const entry of rest) this.put({ ...entry, after: head.command.idempotency_key });
    return head;
  }

  private waiting_for(key: string): OutboxEntry[] {
    return this.pending().filter((entry) => entry.after === key);
  }

  private load(): void {
    if (!this.storage) return;
    for (let i = 0; i < this.storage.length; i += 1) {
      const name = this.storage.key(i);
      if (!name?.startsWith(kPrefix)) continue;
      const entry = parse(this.storage.getItem(name));
      if (entry) this.entries.set(entry.command.idempotency_key, entry);
    }
  }
}

const kPrefix = 'loci.outbox.';

function parse(raw: string | null): OutboxEntry | undefined {
  try {
    const value = JSON.parse(raw ?? '') as Partial<OutboxEntry>;
    const command = value.command;
    if (!command || typeof value.created_at !== 'number') return undefined;
    if (command.type !== 'message.send' && command.type !== 'message.edit') return undefined;
    if (typeof command.text !== 'string' || typeof command.idempotency_key !== 'string') return undefined;
    const entry: OutboxEntry = { command, created_at: value.created_at };
    if (typeof value.after === 'string') entry.after = value.after;
    return entry;
  } catch {
    return undefined;
  }
}
