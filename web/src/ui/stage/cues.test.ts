import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BodyDirective } from '../../protocol/types';
import type { SpeechEvent } from '../../voice/speech_events';
import { Cues } from './cues';

function rig() {
  const done: number[] = [];
  const clock = { now: 100, says: true };
  const cues = new Cues({ act: (d) => done.push(d.id), says: () => clock.says, now: () => clock.now });
  /** time goes on, for the timers and for the clock of the sound */
  const pass = (ms: number) => {
    clock.now += ms / 1000;
    vi.advanceTimersByTime(ms);
  };
  return { done, clock, cues, pass };
}

const directive = (id: number, offset: number, change: Partial<BodyDirective> = {}): BodyDirective =>
  ({ type: 'body.directive', id, source: 'reply', session_id: 's1', turn_id: 't1', offset, spoken: true, ...change });

/** A second of sound from `at` on: a word at 0 and one at 6. */
const segment = (at: number, change: object = {}): SpeechEvent => ({
  type: 'segment',
  segment: {
    response: 1, segment: 0, text: 'Hello there.', at, t_ms: 0, dur_ms: 1000, words: [], phonemes: [], exact: true,
    marks: [{ offset: 0, t_ms: 0 }, { offset: 6, t_ms: 450 }], ...change,
  },
});

describe('what a spoken reply does', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('waits for the word it stands before', () => {
    const t = rig();
    t.cues.take(directive(1, 6));
    t.cues.news({ type: 'started', response: 1, turn_id: 't1' });
    t.cues.hear(segment(100.2));
    t.pass(600);
    expect(t.done).toEqual([]);
    t.pass(100);
    expect(t.done).toEqual([1]);
  });

  it('waits for the segment that says it, and comes late rather than never', () => {
    const t = rig();
    t.cues.news({ type: 'started', response: 1, turn_id: 't1' });
    t.cues.hear(segment(100));
    t.cues.take(directive(1, 13));
    t.pass(900);
    t.cues.hear(segment(101, { segment: 1, t_ms: 1000, marks: [{ offset: 14, t_ms: 200 }] }));
    t.pass(200);
    expect(t.done).toEqual([]);
    t.pass(200);
    t.cues.take(directive(2, 3));
    expect(t.done).toEqual([1, 2]);
  });

  it('moves with every pause', () => {
    const t = rig();
    t.cues.news({ type: 'started', response: 1, turn_id: 't1' });
    t.cues.take(directive(1, 6));
    t.cues.hear(segment(100));
    t.pass(300);
    t.cues.hear({ type: 'pause', response: 1, at: 100.3, t_ms: 300 });
    t.pass(5000);
    expect(t.done).toEqual([]);
    t.cues.hear({ type: 'resume', response: 1, at: 105.3, t_ms: 300 });
    t.pass(100);
    expect(t.done).toEqual([]);
    t.pass(60);
    expect(t.done).toEqual([1]);
  });

  it('is dropped with the words that nobody heard, also when it comes late', () => {
    const t = rig();
    t.cues.news({ type: 'started', response: 1, turn_id: 't1' });
    t.cues.take(directive(1, 0));
    t.cues.take(directive(2, 6));
    t.cues.hear(segment(100));
    t.pass(200);
    t.cues.hear({ type: 'cancel', response: 1, at: 100.2, t_ms: 200 });
    t.cues.take(directive(3, 20));
    t.pass(5000);
    expect(t.done).toEqual([1]);
  });

  it('is done at the end, where it stands behind the last word', () => {
    const t = rig();
    t.cues.news({ type: 'started', response: 1, turn_id: 't1' });
    t.cues.take(directive(1, 12));
    t.cues.hear(segment(100));
    t.cues.news({ type: 'over', response: 1, status: 'completed' });
    expect(t.done).toEqual([]);
    t.cues.hear({ type: 'done', response: 1, at: 101, t_ms: 1000 });
    t.cues.take(directive(2, 12));
    expect(t.done).toEqual([1, 2]);
  });

  it('is done at once where nothing sounds after all', () => {
    const t = rig();
    t.cues.take(directive(1, 6));
    t.cues.news({ type: 'started', response: 1, turn_id: 't1' });
    t.cues.news({ type: 'over', response: 1, status: 'failed' });
    t.cues.take(directive(2, 6, { turn_id: 't2' }));
    t.cues.news({ type: 'lost' });
    expect(t.done).toEqual([1, 2]);
  });

  it('is done with its text where this page does not say it, or nobody does', () => {
    const t = rig();
    t.clock.says = false;
    t.cues.take(directive(1, 6));
    t.clock.says = true;
    const { spoken: _, ...silent } = directive(2, 6);
    t.cues.take(silent);
    const { offset: __, ...beside_nothing } = directive(3, 0);
    t.cues.take(beside_nothing);
    expect(t.done).toEqual([1, 2, 3]);
  });

  it('does not stop a reply of another turn', () => {
    const t = rig();
    t.cues.news({ type: 'started', response: 1, turn_id: 't1' });
    t.cues.news({ type: 'started', response: 2, turn_id: 't2' });
    t.cues.take(directive(1, 0, { turn_id: 't2' }));
    t.cues.hear({ type: 'cancel', response: 1, at: 100, t_ms: 0 });
    t.cues.hear(segment(100, { response: 2 }));
    expect(t.done).toEqual([1]);
  });
});
