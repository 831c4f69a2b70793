// Feelings that take the whole body: bow, shrug, cheer, laugh, cry, stretch, dance.
import { both } from '../src/pose.mjs';
import { swing } from '../src/motion.mjs';
import { HANGING } from './gestures.mjs';

const LEVEL = { hips: [0, 0, 0], hipsTurn: [0, 0, 0], ...both('foot', [0, 0, 0]), ...both('step', [0, 0, 0]) };
const STANDING = { ...HANGING, ...LEVEL };

export const BOW = {
  name: 'bow', duration: 2.2,
  keys: [
    [0, STANDING],
    [0.2, { head: [-3, 0, 0], spine: [-2, 0, 0] }],
    [0.8, { hips: [0, -0.004, -0.022], hipsTurn: [16, 0, 0], spine: [16, 0, 0], chest: [7, 0, 0], head: [12, 0, 0],
      handR: [0.06, 0.385, 0.165], elbowR: [0.9, -0.3, 0], fistR: [0.1], handL: [0.225, 0.31, -0.03], fistL: [0.1] }],
    [1.25, { hips: [0, -0.004, -0.022], hipsTurn: [16, 0, 0], spine: [17, 0, 0], chest: [7, 0, 0], head: [14, 0, 0],
      handR: [0.06, 0.385, 0.165], elbowR: [0.9, -0.3, 0], fistR: [0.1], handL: [0.225, 0.31, -0.03], fistL: [0.1] }],
    [1.8, { ...LEVEL, spine: [-1, 0, 0], chest: [0, 0, 0], head: [-2, 0, 0] }],
    [2.05, STANDING],
    [2.2, STANDING],
  ],
};

export const SHRUG = {
  name: 'shrug', duration: 1.8, upper: true,
  keys: [
    [0, HANGING],
    [0.14, { spine: [2, 0, 0], head: [3, 0, 0], ...both('shoulder', [0, 0, -3]) }],
    [0.5, { ...both('hand', [0.235, 0.39, 0.11]), ...both('elbow', [0.6, -0.8, -0.3]), ...both('roll', [70]), ...both('fist', [0]),
      ...both('shoulder', [0, 0, 16]), head: [2, 4, 9], spine: [-2, 0, 0] }],
    [1.0, { ...both('hand', [0.238, 0.395, 0.11]), ...both('elbow', [0.6, -0.8, -0.3]), ...both('roll', [70]), ...both('fist', [0]),
      ...both('shoulder', [0, 0, 14]), head: [3, -2, 7], spine: [-2, 0, 0] }],
    [1.55, HANGING],
    [1.8, HANGING],
  ],
};

const UP = { ...both('hand', [0.286, 0.54, 0.085]), ...both('elbow', [0.6, -0.9, -0.1]), ...both('fist', [0.6]), ...both('shoulder', [0, 0, 10]) };
const CROUCHED = { hips: [0, -0.022, -0.004], spine: [6, 0, 0], head: [5, 0, 0] };
/** Two jumps with both arms up. */
export const CHEER = {
  name: 'cheer', duration: 2.4,
  keys: [
    [0, STANDING],
    [0.3, { ...CROUCHED, ...both('foot', [0, 0, 0]), ...both('step', [0, 0, 0]), ...both('hand', [0.205, 0.29, -0.01]) }],
    [0.56, { ...UP, hips: [0, 0.05, 0], spine: [-4, 0, 0], head: [-9, 0, 0], ...both('foot', [0.004, 0.05, -0.012]), ...both('step', [22, 0, 0]) }],
    [0.8, { ...CROUCHED, hips: [0, -0.016, 0], ...both('foot', [0, 0, 0]), ...both('step', [0, 0, 0]), ...both('hand', [0.28, 0.51, 0.1]) }],
    [0.94, { hips: [0, -0.02, 0], head: [3, 0, 3], ...both('foot', [0, 0, 0]), ...both('step', [0, 0, 0]) }],
    [1.16, { ...UP, hips: [0, 0.045, 0], spine: [-4, 0, 0], head: [-9, 0, 4], ...both('foot', [0.004, 0.045, -0.012]), ...both('step', [22, 0, 0]) }],
    [1.4, { ...CROUCHED, ...both('foot', [0, 0, 0]), ...both('step', [0, 0, 0]), ...both('hand', [0.27, 0.46, 0.1]), ...both('fist', [0.6]) }],
    [1.7, { hips: [0, 0, 0], spine: [-1, 0, 0], head: [-2, 0, 0], ...both('elbow', [0.7, -0.3, -0.5]), ...both('shoulder', [0, 0, 0]) }],
    [2.15, STANDING],
    [2.4, STANDING],
  ],
  face: { happy: [[0, 0], [0.35, 1], [1.9, 1], [2.4, 0]] },
};

/** One hand before the mouth, the shoulders shake. */
export const LAUGH = {
  name: 'laugh', duration: 2.6, upper: true,
  keys: [
    [0, HANGING],
    [0.45, { handR: [0.06, 0.505, 0.212], elbowR: [0.6, -0.9, 0.1], fistR: [0.35], rollR: [-20], handL: [0.07, 0.36, 0.165], elbowL: [0.9, -0.4, 0],
      spine: [-4, 0, 0], head: [-8, 0, 4] }],
    [1.1, { handR: [0.06, 0.505, 0.212], spine: [7, 0, 0], head: [6, 0, -3] }],
    [1.8, { handR: [0.06, 0.505, 0.212], handL: [0.07, 0.36, 0.165], elbowR: [0.6, -0.9, 0.1], elbowL: [0.9, -0.4, 0], fistR: [0.35], rollR: [-20], spine: [-2, 0, 0], head: [-6, 0, 3] }],
    [2.35, HANGING],
    [2.6, HANGING],
  ],
  layer: (pose, t, d) => {
    const strength = Math.max(0, Math.sin((Math.PI * t) / d)) ** 0.7;
    const shake = swing(t, d, 11) * strength;
    pose.chest = [pose.chest[0] + 1.8 * shake, pose.chest[1], pose.chest[2]];
    pose.shoulderL = [0, 0, pose.shoulderL[2] + 4 * Math.max(0, shake)];
    pose.shoulderR = [0, 0, pose.shoulderR[2] + 4 * Math.max(0, shake)];
    pose.head = [pose.head[0] + 1.2 * shake, pose.head[1], pose.head[2]];
  },
  face: { happy: [[0, 0], [0.35, 1], [2.1, 1], [2.6, 0]] },
};

const EYES = { ...both('hand', [0.092, 0.55, 0.212]), ...both('elbow', [0.95, -0.6, 0.1]), ...both('fist', [0.8]), ...both('wrist', [0, 0, 14]) };
/** Both fists to the eyes, small sobs. */
export const CRY = {
  name: 'cry', duration: 3.4, upper: true,
  keys: [
    [0, HANGING],
    [0.3, { head: [4, 0, 0], spine: [2, 0, 0] }],
    [0.9, { ...EYES, head: [13, 0, 3], spine: [7, 0, 0], ...both('shoulder', [0, 0, 7]) }],
    [1.6, { ...EYES, head: [15, 0, -4], spine: [8, 0, 0] }],
    [2.4, { ...EYES, head: [13, 0, 3], spine: [7, 0, 0], ...both('shoulder', [0, 0, 7]) }],
    [3.1, HANGING],
    [3.4, HANGING],
  ],
  layer: (pose, t, d) => {
    const strength = Math.max(0, Math.sin((Math.PI * t) / d)) ** 0.8;
    const sob = Math.max(0, swing(t, d, 6)) ** 2 * strength;
    pose.chest = [pose.chest[0] - 3.2 * sob, pose.chest[1], pose.chest[2]];
    pose.head = [pose.head[0] + 2 * sob, pose.head[1], pose.head[2]];
  },
  face: { sad: [[0, 0], [0.5, 1], [2.8, 1], [3.4, 0]] },
};

export const STRETCH = {
  name: 'stretch', duration: 3.6,
  keys: [
    [0, STANDING],
    [0.4, { hips: [0, -0.012, 0], spine: [5, 0, 0], head: [8, 0, 0], ...both('hand', [0.2, 0.29, 0.05]), ...both('foot', [0, 0, 0]), ...both('step', [0, 0, 0]) }],
    [1.3, { hips: [0, 0.012, 0], spine: [-6, 0, 0], chest: [-7, 0, 0], head: [-13, 0, 0], ...both('hand', [0.288, 0.525, 0.05]),
      ...both('elbow', [0.7, -0.8, -0.3]), ...both('fist', [0.85]), ...both('shoulder', [0, 0, 12]), ...both('foot', [0, 0.012, 0]), ...both('step', [14, 0, 0]) }],
    [2, { hips: [0, 0.012, 0], spine: [-6, 0, 5], chest: [-7, 0, 2], head: [-13, 0, 4], ...both('hand', [0.292, 0.53, 0.05]),
      ...both('elbow', [0.7, -0.8, -0.3]), ...both('fist', [0.85]), ...both('shoulder', [0, 0, 12]), ...both('foot', [0, 0.012, 0]), ...both('step', [14, 0, 0]) }],
    [2.55, { hips: [0, -0.008, 0], spine: [3, 0, 0], chest: [2, 0, 0], head: [5, 0, 0], ...both('hand', [0.235, 0.36, 0.06]), ...both('fist', [0.1]),
      ...both('elbow', [0.7, -0.2, -0.6]), ...both('foot', [0, 0, 0]), ...both('step', [0, 0, 0]), ...both('shoulder', [0, 0, 0]) }],
    [2.85, { head: [-3, 5, 0] }],
    [3.05, { head: [0, -5, 0] }],
    [3.35, STANDING],
    [3.6, STANDING],
  ],
  face: { blink: [[0, 0], [0.9, 0], [1.2, 1], [2.2, 1], [2.4, 0], [3.6, 0]], oh: [[0, 0], [1, 0], [1.4, 0.7], [2, 0.7], [2.4, 0], [3.6, 0]] },
};

const SIDE = (side) => ({
  hips: [0.016 * side, -0.012, 0], hipsTurn: [0, 9 * side, 4 * side], spine: [0, -7 * side, -5 * side], chest: [0, -4 * side, -2 * side],
  head: [2, 5 * side, 7 * side],
});
const ARMS = (left, right) => ({ handL: left, handR: right });
/** A hop from foot to foot, arms swinging against the hips; goes round as long as one likes. */
export const DANCE = {
  name: 'dance', duration: 2.4, loop: true,
  keys: [
    [0, { ...SIDE(1), ...ARMS([0.25, 0.36, 0.11], [0.262, 0.47, 0.12]), footR: [0.006, 0, 0], stepR: [0, 0, 0], footL: [0, 0, 0], stepL: [0, 0, 0] }],
    [0.3, { hips: [0, 0.004, 0], footR: [0.014, 0.03, 0.016], stepR: [-6, 0, 0], footL: [0, 0, 0] }],
    [0.6, { ...SIDE(-1), ...ARMS([0.262, 0.47, 0.12], [0.25, 0.36, 0.11]), footR: [0.006, 0, 0], stepR: [0, 0, 0], footL: [0, 0, 0], stepL: [0, 0, 0] }],
    [0.9, { hips: [0, 0.004, 0], footL: [0.014, 0.03, 0.016], stepL: [-6, 0, 0], footR: [0.006, 0, 0] }],
    [1.2, { ...SIDE(1), ...ARMS([0.255, 0.44, 0.12], [0.278, 0.535, 0.1]), footL: [0, 0, 0], stepL: [0, 0, 0], footR: [0.006, 0, 0], stepR: [0, 0, 0] }],
    [1.5, { hips: [0, 0.004, 0], footR: [0.014, 0.03, 0.016], stepR: [-6, 0, 0], footL: [0, 0, 0] }],
    [1.8, { ...SIDE(-1), ...ARMS([0.278, 0.535, 0.1], [0.255, 0.44, 0.12]), footR: [0.006, 0, 0], stepR: [0, 0, 0], footL: [0, 0, 0], stepL: [0, 0, 0] }],
    [2.1, { hips: [0, 0.004, 0], footL: [0.014, 0.03, 0.016], stepL: [-6, 0, 0], footR: [0.006, 0, 0] }],
  ],
  face: { happy: [[0, 0.35], [2.4, 0.35]] },
};
