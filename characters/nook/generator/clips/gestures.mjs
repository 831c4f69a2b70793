// What Nook answers with: gestures of arms and head, which also work while sitting.
import { both } from '../src/pose.mjs';

const HANGING = { ...both('hand', [0.196, 0.268, 0.03]), ...both('elbow', [0.7, -0.1, -0.7]), ...both('wrist', [0, 0, 0]),
  ...both('fist', [0.18]), ...both('roll', [0]), ...both('shoulder', [0, 0, 0]),
  head: [0, 0, 0], chest: [0, 0, 0], spine: [0, 0, 0], neck: [0, 0, 0] };

/** The right hand goes up past the hood, swings three times, comes down with a last small nod. */
export const WAVE = {
  name: 'wave', duration: 2.6, upper: true,
  keys: [
    [0, HANGING],
    [0.1, { handR: [0.186, 0.25, 0.058], spine: [1, 0, -1.5], head: [3, 0, 0] }],
    [0.48, { handR: [0.252, 0.558, 0.105], elbowR: [0.7, -0.8, -0.1], wristR: [0, -6, 0], fistR: [0], rollR: [0], shoulderR: [0, 0, 10],
      head: [-2, 3, -6], chest: [0, 3, 1.5], spine: [-1, 0, 2] }],
    [0.74, { handR: [0.238, 0.566, 0.112], wristR: [0, -34, 0] }],
    [1.0, { handR: [0.272, 0.545, 0.1], wristR: [0, 20, 0] }],
    [1.22, { handR: [0.238, 0.566, 0.112], wristR: [0, -34, 0], head: [-1, 3, -8] }],
    [1.44, { handR: [0.272, 0.545, 0.1], wristR: [0, 20, 0] }],
    [1.66, { handR: [0.24, 0.562, 0.11], wristR: [0, -28, 0], elbowR: [0.7, -0.8, -0.1], fistR: [0], shoulderR: [0, 0, 10], head: [-1, 2, -6], spine: [-1, 0, 2], chest: [0, 3, 1.5] }],
    [2.12, { handR: [0.215, 0.3, 0.05], wristR: [0, 8, 0], elbowR: [0.7, -0.1, -0.7], head: [4, 0, 1], shoulderR: [0, 0, 0] }],
    [2.4, HANGING],
    [2.6, HANGING],
  ],
  face: { happy: [[0, 0], [0.5, 0.7], [1.9, 0.7], [2.5, 0]] },
};

export const NOD = {
  name: 'nod', duration: 1.2, upper: true,
  keys: [
    [0, HANGING],
    [0.14, { head: [-4, 0, 0], neck: [-1, 0, 0] }],
    [0.36, { head: [13, 0, 1], neck: [4, 0, 0], chest: [1.5, 0, 0] }],
    [0.56, { head: [-2, 0, 0], neck: [0, 0, 0] }],
    [0.76, { head: [9, 0, 0], neck: [3, 0, 0], chest: [1, 0, 0] }],
    [1.02, HANGING],
    [1.2, HANGING],
  ],
};

export const SHAKE_HEAD = {
  name: 'shake_head', duration: 1.5, upper: true,
  keys: [
    [0, HANGING],
    [0.12, { head: [2, 4, 0] }],
    [0.36, { head: [3, -20, 2], chest: [0, 3, 0] }],
    [0.64, { head: [3, 20, -2], chest: [0, -3, 0] }],
    [0.9, { head: [2, -15, 1], chest: [0, 2, 0] }],
    [1.12, { head: [1, 8, 0], chest: [0, -1, 0] }],
    [1.34, HANGING],
    [1.5, HANGING],
  ],
};

const CHIN = { handR: [0.052, 0.513, 0.208], elbowR: [0.5, -0.95, 0.15], fistR: [0.75], wristR: [0, 0, -14], rollR: [-30] };
/** Hand to the chin, eyes up to the side; the other arm under the elbow. */
export const THINK = {
  name: 'think', duration: 4, upper: true,
  keys: [
    [0, HANGING],
    [0.2, { handR: [0.2, 0.28, 0.07], head: [3, 0, 0] }],
    [0.8, { ...CHIN, handL: [0.04, 0.365, 0.172], elbowL: [0.8, -0.5, 0.1], fistL: [0.3], head: [-4, -9, 6], chest: [2, -3, 0], spine: [0, 0, 1] }],
    [1.5, { ...CHIN, head: [-7, -13, 8] }],
    [2.4, { ...CHIN, head: [-3, 8, 4], chest: [2, 2, 0] }],
    [3.1, { ...CHIN, handL: [0.04, 0.365, 0.172], elbowL: [0.8, -0.5, 0.1], fistL: [0.3], head: [-5, 4, 5], chest: [2, 0, 0], spine: [0, 0, 1] }],
    [3.45, { handR: [0.17, 0.36, 0.13], handL: [0.16, 0.31, 0.11], head: [2, 0, 1] }],
    [3.8, HANGING],
    [4, HANGING],
  ],
};
export { HANGING };
