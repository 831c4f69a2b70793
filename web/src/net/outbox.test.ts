import { describe, expect, it } from 'vitest';
import { memory_storage } from '../testing/fake_socket';
import { Outbox, type OutboxEntry } from './outbox';

function entry(key: string, at: number, after?: string): OutboxEntry {
  const made: OutboxEntry = {
    command: { type: 'message.send', text: key, idempotency_key: key }, created_at: at,
  };
  return after === undefined ? made : { ...made, after };
}

describe('Outbox', () => {
  it('outlives a reload and keeps the order of writing', () => {
    const storage = memory_storage();
    const before = new Outbox(storage);
    before.put(entry('b', 2));
    before.put(entry('a', 1));
    expect(new Outbox(storage).pending().map((e) => e.command.idempotency_key)).toEqual(['a', 'b']);
  });

  it('forgets what is settled', () => {
    const storage = memory_storage();
    const outbox = new Outbox(storage);
    outbox.put(entry('a', 1));
    expect(outbox.settle('a')?.command.text).toBe('a');
    expect(outbox.settle('a')).toBeUndefined();
    expect(storage.dump()).toEqual([]);
  });

  it('two tabs do not overwrite each other', () => {
    const storage = memory_storage();
    const [one, two] = [new Outbox(storage), new Outbox(storage)];
    one.put(entry('a', 1));
    two.put(entry('b', 2));
    one.settle('a');
    expect(new Outbox(storage).pending().map((e) => e.command.idempotency_key)).toEqual(['b']);
  });

  it('ignores rubbish in the storage', () => {
    const storage = memory_storage();
    storage.setItem('loci.outbox.x', '{');
    storage.setItem('loci.outbox.y', '{"command":{"type":"turn.stop"},"created_at":1}');
    storage.setItem('loci.outbox.z', '{"command":{"type":"message.send","text":5,"idempotency_key":"z"},"created_at":1}');
    storage.setItem('other', 'x');
    expect(new Outbox(storage).pending()).toEqual([]);
  });

  it('says so when nothing can be stored, and still sends', () => {
    const full = { ...memory_storage(), setItem: () => { throw new Error('full'); } };
    const outbox = new Outbox(full);
    expect(outbox.put(entry('a', 1))).toBe(false);
    expect(outbox.pending()).toHaveLength(1);
  });

  it('releases what waited for the conversation', () => {
    const outbox = new Outbox(memory_storage());
    outbox.put(entry('first', 1));
    outbox.put(entry('second', 2, 'first'));
    outbox.put(entry('other', 3, 'elsewhere'));
    expect(outbox.release('first', 's1').map((e) => e.command)).toEqual([
      { type: 'message.send', text: 'second', idempotency_key: 'second', session_id: 's1' },
    ]);
    expect(outbox.pending().find((e) => e.command.text === 'second')?.after).toBeUndefined();
  });

  it('lets the next one make the conversation when the first was refused', () => {
    const outbox = new Outbox(memory_storage());
    outbox.put(entry('second', 2, 'first'));
    outbox.put(entry('third', 3, 'first'));
    expect(outbox.promote('first')?.command.text).toBe('second');
    expect(outbox.pending().map((e) => e.after)).toEqual([undefined, 'second']);
  });
});
