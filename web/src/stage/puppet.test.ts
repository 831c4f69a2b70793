import { describe, expect, it } from 'vitest';
import { Puppet } from './puppet';

/** A body whose hips are as high as the tick is late, and that remembers what it was asked for. */
function scale(): { asked: number[]; step: (tick: number) => { rotations: number[]; hips: number[]; expressions: number[]; look: number[] } } {
  const asked: number[] = [];
  return { asked, step: (tick) => { asked.push(tick); return { rotations: [0, 0, 0, 1], hips: [0, tick, 0], expressions: [], look: [0, 0] }; } };
}
function dressed(body: ReturnType<typeof scale>): Puppet {
  const puppet = new Puppet(body, () => undefined);
  puppet.dress({ bones: ['hips'], expressions: [] });
  return puppet;
}
const frame = 1000 / 60;

describe('puppet', () => {
  it('steps through every tick of a screen of 60 Hz, and never back', () => {
    const body = scale();
    const puppet = dressed(body);
    for (let i = 0; i < 60; i += 1) puppet.pose_at(500 + i * frame + 0.01);
    expect(body.asked.at(-1)).toBe(60);
    expect([...body.asked].sort((a, b) => a - b)).toEqual(body.asked);
  });

  it('shows on a faster screen what lies between two ticks', () => {
    const puppet = dressed(scale());
    puppet.pose_at(0);
    const heights = Array.from({ length: 48 }, (_, i) => puppet.pose_at(100 + i * (frame / 4))?.hips[1] ?? 0);
    for (let i = 1; i < heights.length; i += 1) expect(heights[i]! - heights[i - 1]!).toBeCloseTo(0.25, 2);
  });

  it('lives through a short sleep, and goes on after a long one', () => {
    const body = scale();
    const puppet = dressed(body);
    puppet.pose_at(0);
    puppet.pose_at(5_000);
    expect(body.asked.at(-1)).toBe(300);
    puppet.pose_at(5_000 + 8 * 3_600_000);
    expect(body.asked.at(-1)).toBe(301);
  });

  it('lives on without a picture when it is told something, and the next picture goes on from there', () => {
    const body = scale();
    const puppet = dressed(body);
    puppet.pose_at(1000);
    puppet.advance(1025);
    expect(body.asked.at(-1)).toBe(2);
    const steps = body.asked.length;
    puppet.advance(1026);
    expect(body.asked.length, 'a tick is lived once').toBe(steps);
    expect(puppet.pose_at(1030)?.hips[1]).toBeCloseTo(30 * 0.06, 2);
  });

  it('another figure stands at once where the body is', () => {
    const body = scale();
    const puppet = dressed(body);
    puppet.pose_at(0);
    puppet.pose_at(1000);
    puppet.dress({ bones: ['hips'], expressions: [] });
    expect(puppet.pose_at(1001)?.hips[1]).toBeGreaterThan(58);
    expect([...body.asked].sort((a, b) => a - b)).toEqual(body.asked);
  });
});
