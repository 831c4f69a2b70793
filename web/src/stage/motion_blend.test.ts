import { describe, expect, it } from 'vitest';
import { PoseBlend } from './motion_blend';

const half = Math.SQRT1_2;
const pose = (q: number[], y: number, w: number) => ({ rotations: q, hips: [0, y, 0], expressions: [w], look: [y * 10, 0] });

describe('between two ticks', () => {
  it('hips, weights and gaze go straight, rotations along the arc', () => {
    const blend = new PoseBlend(1, 1);
    blend.push(pose([0, 0, 0, 1], 1, 0));
    blend.push(pose([0, half, 0, half], 2, 1));
    blend.at(0.5);
    expect(blend.hips[1]).toBeCloseTo(1.5);
    expect(blend.expressions[0]).toBeCloseTo(0.5);
    expect(blend.look[0]).toBeCloseTo(15);
    expect(blend.rotations[1]).toBeCloseTo(Math.sin(Math.PI / 8), 5);
  });

  it('a rotation that is written the other way round takes the short way', () => {
    const blend = new PoseBlend(1, 1);
    blend.push(pose([0, 0, 0, 1], 1, 0));
    blend.push(pose([0, -0.02, 0, -0.9998], 1, 0));
    for (const part of [0, 0.3, 0.7, 1]) {
      blend.at(part);
      expect(Math.abs(blend.rotations[3]!)).toBeGreaterThan(0.999);
    }
  });

  it('copies: what the body does to its memory afterwards changes nothing', () => {
    const blend = new PoseBlend(1, 1);
    const memory = { rotations: new Float32Array([0, 0, 0, 1]), hips: new Float32Array([0, 1, 0]), expressions: new Float32Array([0.25]), look: new Float32Array(2) };
    blend.push(memory);
    memory.expressions[0] = 0.9;
    blend.at(1);
    expect(blend.expressions[0]).toBeCloseTo(0.25);
  });

  it('stays within its ends, whatever it is asked for', () => {
    const blend = new PoseBlend(1, 1);
    blend.push(pose([0, 0, 0, 1], 1, 0));
    blend.push(pose([0, 0, 0, 1], 2, 1));
    blend.at(7);
    expect(blend.expressions[0]).toBe(1);
    blend.at(-7);
    expect(blend.expressions[0]).toBe(0);
  });
});
