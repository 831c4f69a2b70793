// Standing at ease, in three ways; all begin and end in the same pose, so that they can follow each
// other.
import { swing } from '../src/motion.mjs';

/** Breathing: chest and shoulders rise, arms and hood follow a little later. */
export function breathe(pose, time, duration, breaths, depth = 1) {
  const breath = swing(time, duration, breaths, -0.25) * depth;
  const late = swing(time, duration, breaths, -0.33) * depth;
  pose.chest = [pose.chest[0] - 1.1 * breath, pose.chest[1], pose.chest[2]];
  pose.head = [pose.head[0] + 0.8 * late, pose.head[1], pose.head[2]];
  for (const side of ['L', 'R']) {
    const [x, y, z] = pose[`hand${side}`];
    pose[`hand${side}`] = [x + 0.002 * late, y + 0.0025 * breath, z];
    const [a, b, c] = pose[`shoulder${side}`];
    pose[`shoulder${side}`] = [a, b, c + 1.6 * breath];
  }
  pose.hips = [pose.hips[0], pose.hips[1] - 0.0006 * (1 - breath), pose.hips[2]];
}

export const IDLE_1 = {
  name: 'idle_1', duration: 6, loop: true,
  keys: [[0, { hips: [0, -0.0012, 0], head: [1, 0, 1.5], spine: [0, 0, -0.6] }]],
  layer: (pose, t, d) => breathe(pose, t, d, 2),
};

export const IDLE_2 = {
  name: 'idle_2', duration: 9, loop: true,
  keys: [
    [0, { hips: [0, -0.0012, 0], hipsTurn: [0, 0, 0], spine: [0, 0, -0.6], chest: [0, 0, 0], head: [1, 0, 1.5] }],
    [1.6, { hips: [0.012, -0.004, 0.001], hipsTurn: [0, 2, 2], spine: [0, 0, -2.5], chest: [0, -2, -1], head: [1, 6, 3] }],
    [3.6, { hips: [0.012, -0.004, 0.001], hipsTurn: [0, 2, 2], spine: [0, 0, -2.5], chest: [0, -1, -1], head: [0, 10, 2] }],
    [5.4, { hips: [-0.011, -0.004, 0], hipsTurn: [0, -2, -2], spine: [0, 0, 2.2], chest: [0, 2, 1], head: [2, -8, -3] }],
    [7.4, { hips: [-0.011, -0.004, 0], hipsTurn: [0, -2, -2], spine: [0, 0, 2.2], chest: [0, 1, 1], head: [1, -5, -2] }],
  ],
  layer: (pose, t, d) => breathe(pose, t, d, 3),
};

/** Rocks up on the toes with the hands behind the back, looks up at the bobble, settles. */
export const IDLE_3 = {
  name: 'idle_3', duration: 7, loop: true,
  keys: [
    [0, { hips: [0, -0.0012, 0], head: [1, 0, 1.5], spine: [0, 0, -0.6], handL: [0.196, 0.268, 0.03], handR: [0.196, 0.268, 0.03] }],
    [1.2, { hips: [0, -0.007, -0.002], head: [6, 0, -2], spine: [3, 0, 0], handL: [0.2, 0.285, -0.02], handR: [0.2, 0.285, -0.02] }],
    [2.1, { hips: [0, -0.001, 0.003], head: [-10, 12, 6], spine: [-3, 0, 1], handL: [0.207, 0.29, 0.0], handR: [0.207, 0.29, 0.0] }],
    [3.4, { hips: [0, -0.001, 0.003], head: [-12, 15, 7], spine: [-3, 0, 1], handL: [0.207, 0.288, 0.0], handR: [0.207, 0.288, 0.0] }],
    [4.5, { hips: [0, -0.005, 0], head: [4, -4, -2], spine: [1.5, 0, 0], handL: [0.196, 0.27, 0.03], handR: [0.196, 0.27, 0.03] }],
  ],
  layer: (pose, t, d) => breathe(pose, t, d, 2),
};
