import { describe, expect, it } from 'vitest';
import { decodeEvent } from './decode';
import { errorInfo, message } from './records';

const frame = (value: unknown) => JSON.stringify(value);

describe('decodeEvent', () => {
  it('reads a delta', () => {
    const event = { type: 'reply.delta', seq: 4, session_id: 's', turn_id: 't', text: 'Hi' };
    expect(decodeEvent(frame(event))).toEqual(event);
  });

  it.each([
    ['not text', new ArrayBuffer(4)], ['not JSON', '{'], ['empty', ''], ['null', 'null'], ['a list', '[]'], ['a number', '7'],
    ['no type', '{}'], ['type of wrong kind', '{"type":7}'], ['unknown kind', '{"type":"dance"}'],
    ['a name of Object.prototype', '{"type":"toString"}'], ['the prototype itself', '{"type":"__proto__"}'],
    ['a delta without its turn', frame({ type: 'reply.delta', session_id: 's', text: 'x' })],
    ['a delta whose text is a number', frame({ type: 'reply.delta', session_id: 's', turn_id: 't', text: 5 })],
    ['an endless id', frame({ type: 'session.deleted', session_id: 'x'.repeat(5000) })],
    ['deep nesting', '['.repeat(20_000)],
  ])('ignores %s', (_, input) => {
    expect(decodeEvent(input)).toBeUndefined();
  });

  it('keeps the good elements of a list and drops the broken ones', () => {
    const event = decodeEvent(frame({
      type: 'ready', protocol: 1, version: 'v', epoch: 'e', resumed: false, models: 'none',
      sessions: [{ id: 'a', title: 'A' }, null, 7, { title: 'no id' }, { id: '' }], subsystems: [{}],
    }));
    expect(event).toMatchObject({
      type: 'ready', models: [], subsystems: [], welcome: { suggestions: [] },
      sessions: [{ id: 'a', title: 'A', message_count: 0, running: false }],
    });
  });

  it('takes words of a newer server for the careful ones', () => {
    const event = decodeEvent(frame({
      type: 'turn.state', session_id: 's', turn_id: 't', state: 'dreaming', provider: 'p', model: 'm', place: 'moon',
    }));
    // Unknown places must never look private.
    expect(event).toMatchObject({ state: 'thinking', place: 'cloud' });
  });

  it('drops keys that it does not know, also dangerous ones', () => {
    const event = decodeEvent('{"type":"pong","seq":3,"__proto__":{"polluted":1},"constructor":{},"more":1}');
    expect(Object.keys(event ?? {})).toEqual(['type', 'seq']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('does not let infinite numbers through', () => {
    expect(decodeEvent('{"type":"pong","seq":1e999}')).toEqual({ type: 'pong' });
  });
});

describe('records', () => {
  it('reads null as absent', () => {
    expect(message({
      id: 'm', session_id: 's', role: 'user', content: 'x', status: 'complete', created_at: 1, detail: null, error: null,
    })).toEqual({ id: 'm', session_id: 's', role: 'user', content: 'x', status: 'complete', created_at: 1 });
  });

  it('keeps a message whose details are broken', () => {
    expect(message({ id: 'm', session_id: 's', role: 'wizard', content: 4, detail: 'x' }))
      .toEqual({ id: 'm', session_id: 's', role: 'notice', content: '', status: 'complete', created_at: 0 });
  });

  it('drops an action without a label', () => {
    expect(errorInfo({ code: 'x', message: 'm', hint: 'h', action: { kind: 'retry' } }))
      .toEqual({ code: 'x', message: 'm', hint: 'h' });
  });
});
