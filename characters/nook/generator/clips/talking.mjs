// While Nook listens, talks and shows: mostly hands before the chest, small leans of head and trunk.
import { both } from '../src/pose.mjs';
import { HANGING } from './gestures.mjs';
import { breathe } from './idle.mjs';

const EAR = { head: [3, 8, 10], neck: [1, 2, 2], spine: [3, 0, 1], chest: [1, 3, 0], handL: [0.18, 0.285, 0.06], handR: [0.18, 0.285, 0.06] };
/** Leans in, head to one side. */
export const LISTEN = {
  name: 'listen', duration: 6, loop: true, upper: true,
  keys: [[0, EAR], [2, { ...EAR, head: [6, 7, 9] }], [2.6, { ...EAR, head: [2, 8, 10] }], [4.2, { ...EAR, head: [3, 4, 7] }]],
  layer: (pose, t, d) => breathe(pose, t, d, 2),
};

const BEFORE = (x, y, z) => [x, y, z];
const OPEN = { ...both('elbow', [0.8, -0.6, -0.2]), ...both('fist', [0.12]), ...both('roll', [35]) };

export const TALK_1 = {
  name: 'talk_1', duration: 3.2, loop: true, upper: true,
  keys: [
    [0, { ...OPEN, handL: BEFORE(0.165, 0.33, 0.12), handR: BEFORE(0.165, 0.33, 0.12), head: [1, 2, 2], chest: [0, 1, 0] }],
    [0.55, { handR: BEFORE(0.19, 0.39, 0.15), head: [4, -3, -1], chest: [1, -3, 0] }],
    [0.95, { handR: BEFORE(0.175, 0.355, 0.15), head: [-1, -2, 0] }],
    [1.6, { handR: BEFORE(0.165, 0.33, 0.12), handL: BEFORE(0.165, 0.335, 0.12), head: [1, 1, 2], chest: [0, 0, 0] }],
    [2.1, { handL: BEFORE(0.188, 0.385, 0.15), head: [4, 4, 3], chest: [1, 3, 0] }],
    [2.6, { handL: BEFORE(0.172, 0.35, 0.14), head: [0, 3, 3] }],
  ],
};

export const TALK_2 = {
  name: 'talk_2', duration: 2.8, loop: true, upper: true,
  keys: [
    [0, { ...OPEN, ...both('hand', BEFORE(0.15, 0.345, 0.145)), head: [1, 0, 0], spine: [1, 0, 0] }],
    [0.5, { ...both('hand', BEFORE(0.205, 0.385, 0.14)), head: [-3, 0, 2], spine: [-1.5, 0, 0] }],
    [1.0, { ...both('hand', BEFORE(0.2, 0.365, 0.14)), head: [3, 0, 2] }],
    [1.7, { ...both('hand', BEFORE(0.15, 0.34, 0.145)), head: [3, -4, -2], spine: [2, 0, 0] }],
    [2.2, { handR: BEFORE(0.155, 0.36, 0.15), handL: BEFORE(0.15, 0.335, 0.145), head: [0, -3, -2] }],
  ],
};

/** Quiet talk: one hand counts, the other rests. */
export const TALK_3 = {
  name: 'talk_3', duration: 3.6, loop: true, upper: true,
  keys: [
    [0, { elbowR: [0.8, -0.6, -0.2], rollR: [20], fistR: [0.35], handR: BEFORE(0.155, 0.37, 0.15), handL: [0.19, 0.272, 0.04], head: [0, -3, -2] }],
    [0.4, { handR: BEFORE(0.155, 0.345, 0.155), head: [4, -3, -2] }],
    [0.8, { handR: BEFORE(0.165, 0.385, 0.15), head: [-1, -2, -1] }],
    [1.3, { handR: BEFORE(0.16, 0.35, 0.155), head: [4, 0, 0], fistR: [0.1] }],
    [2.0, { handR: BEFORE(0.19, 0.38, 0.145), head: [-2, 5, 4], chest: [0, 3, 0], fistR: [0.05] }],
    [2.8, { handR: BEFORE(0.165, 0.355, 0.15), head: [2, 3, 2], chest: [0, 0, 0], fistR: [0.3] }],
  ],
};

const AIM = { handR: [0.245, 0.45, 0.19], elbowR: [0.7, -0.7, -0.2], rollR: [-20], wristR: [0, 0, 0] };
/** Points to the side and looks there. */
export const POINT = {
  name: 'point', duration: 2.2, upper: true,
  keys: [
    [0, HANGING],
    [0.25, { handR: [0.17, 0.32, 0.1], fistR: [0.6], head: [2, 4, 0], chest: [0, 5, 0] }],
    [0.62, { ...AIM, fistR: [0.1], head: [0, -22, 2], chest: [0, -9, 0], shoulderR: [0, 0, 6] }],
    [0.78, { ...AIM, handR: [0.238, 0.445, 0.178] }],
    [1.5, { ...AIM, fistR: [0.1], head: [0, -8, 2], chest: [0, -8, 0], shoulderR: [0, 0, 6] }],
    [1.95, HANGING],
    [2.2, HANGING],
  ],
};

const APART = both('hand', [0.098, 0.43, 0.195]);
const TOGETHER = both('hand', [0.043, 0.425, 0.205]);
const CLAPPING = { ...both('elbow', [0.95, -0.5, -0.1]), ...both('roll', [-60]), ...both('fist', [0.05]), ...both('wrist', [0, 8, 0]) };
export const CLAP = {
  name: 'clap', duration: 2.4, upper: true,
  lag: { head: 0.05 },
  keys: [
    [0, HANGING],
    [0.42, { ...CLAPPING, ...APART, head: [-3, 0, 3], spine: [-1, 0, 0] }],
    ...[0, 1, 2, 3, 4].flatMap((i) => [
      [0.56 + i * 0.27, { ...CLAPPING, ...TOGETHER, head: [2, 0, i % 2 ? 4 : -3] }],
      [0.69 + i * 0.27, { ...CLAPPING, ...APART, head: [-1, 0, 0] }],
    ]),
    [2.2, HANGING],
    [2.4, HANGING],
  ],
  face: { happy: [[0, 0], [0.4, 0.8], [1.8, 0.8], [2.4, 0]] },
};
