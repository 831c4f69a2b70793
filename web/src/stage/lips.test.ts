import { describe, expect, it } from 'vitest';
import { type Heard, Lips, type Mouth } from './lips';

function mouth(): Mouth & { said: { segment: number; at: number }[]; hushed: number } {
  return { said: [], hushed: 0, say({ segment, at }) { this.said.push({ segment, at }); }, hush() { this.hushed += 1; } };
}
const part = (segment: number, t_ms: number, at: number): Heard => ({ response: 1, segment, at, t_ms, dur_ms: 500, phonemes: [{ ipa: 'a', t_ms: 0, dur_ms: 500 }] });
const ticks = (seconds: number): number => 600 + seconds * 60;

describe('lips', () => {
  it('speak when the sound is heard, not when it was told', () => {
    const m = mouth();
    new Lips(m, ticks).hear({ type: 'segment', segment: part(0, 0, 12.5) }, 12);
    expect(m.said).toEqual([{ segment: 4096, at: 630 }]);
  });

  it('close with a pause, and go on where the sound goes on', () => {
    const m = mouth();
    const lips = new Lips(m, ticks);
    lips.hear({ type: 'segment', segment: part(0, 0, 10) }, 10);
    lips.hear({ type: 'segment', segment: part(1, 500, 10.5) }, 10);
    lips.hear({ type: 'pause', response: 1, at: 10.6, t_ms: 600 }, 10.6);
    expect(m.hushed).toBe(1);
    lips.hear({ type: 'resume', response: 1, at: 13, t_ms: 600 }, 13);
    // The first segment is over; the second began 100 ms before the place where the sound goes on.
    expect(m.said.slice(2)).toEqual([{ segment: 4097, at: 600 - 6 }]);
  });

  it('forget what was cut off', () => {
    const m = mouth();
    const lips = new Lips(m, ticks);
    lips.hear({ type: 'segment', segment: part(0, 0, 10) }, 10);
    lips.hear({ type: 'cancel', response: 1, at: 10.1, t_ms: 100 }, 10.1);
    lips.hear({ type: 'resume', response: 1, at: 11, t_ms: 100 }, 11);
    expect([m.hushed, m.said.length]).toEqual([1, 1]);
  });
});
