import { describe, expect, it } from 'vitest';
import { Governor } from './governor';

/** Frames drawn in one second of a screen with so many frames a second. */
function drawn(governor: Governor, hertz: number): number {
  let count = 0;
  for (let i = 0; i < hertz; i += 1) if (governor.wants(10_000 + (i * 1000) / hertz)) count += 1;
  return count;
}

describe('governor', () => {
  it.each([['calm', 60, 30], ['calm', 144, 30], ['lively', 60, 60], ['lively', 120, 60], ['paused', 60, 0]] as const)(
    '%s on a screen of %i Hz draws %i times a second', (pace, hertz, expected) => {
      const governor = new Governor(false);
      governor.set_pace(pace);
      expect(Math.abs(drawn(governor, hertz) - expected)).toBeLessThanOrEqual(expected === 0 ? 0 : 6);
    });

  it('steps down where frames come late, and no further than there are steps', () => {
    const governor = new Governor(false);
    const before = governor.quality.ratio;
    let steps = 0;
    for (let i = 1; i < 1000; i += 1) if (governor.drew(i * 90)) steps += 1;
    expect(steps).toBe(4);
    expect(governor.quality.ratio).toBeLessThan(before);
    expect(governor.quality.outlines).toBe(false);
  });

  it('keeps its quality where frames are on time, or the page slept', () => {
    const governor = new Governor(false);
    for (let i = 1; i < 500; i += 1) expect(governor.drew(i * (i % 50 === 0 ? 5000 : 33))).toBe(false);
    for (let i = 1; i < 100; i += 1) expect(governor.drew(1e7 + i * 4000)).toBe(false);
  });

  it.each([['calm', 12], ['moving', 30], ['lively', 24]] as const)(
    'where the processor draws, %s is %i pictures a second, and that is not taken for slowness', (pace, expected) => {
      const governor = new Governor(true);
      governor.set_pace(pace);
      expect(Math.abs(drawn(governor, 60) - expected)).toBeLessThanOrEqual(expected / 6);
      for (let i = 1; i < 500; i += 1) expect(governor.drew(20_000 + (i * 1000) / expected)).toBe(false);
    });

  it('begins low on a machine without a GPU', () => {
    expect(new Governor(true).quality).toEqual({ ratio: 1, outlines: false });
  });
});
