// On the ground with the legs in front: sitting down, sitting, sleeping, waking, standing up; kneeling.
import { STAND, both } from '../src/pose.mjs';
import { breathe } from './idle.mjs';

const LEGS_OUT = { ...both('foot', [0.014, 0.006, 0.148]), ...both('step', [-72, 10, 0]), ...both('knee', [10]) };
export const SIT = { ...STAND, ...LEGS_OUT, hips: [0, -0.126, -0.004], hipsTurn: [-3, 0, 0], spine: [3, 0, 0],
  ...both('hand', [0.176, 0.3, 0.1]), ...both('elbow', [0.9, -0.2, -0.6]), head: [2, 0, 1.5] };
const pick = (pose, names) => Object.fromEntries(names.map((n) => [n, pose[n]]));
const LEG_CHANNELS = ['footL', 'footR', 'stepL', 'stepR', 'kneeL', 'kneeR'];
const SEATED = { ...pick(SIT, LEG_CHANNELS), ...pick(SIT, ['hips', 'hipsTurn', 'spine', 'handL', 'handR', 'elbowL', 'elbowR', 'head']) };
const STANDING = pick(STAND, Object.keys(SEATED));
const CROUCH = { hips: [0, -0.062, -0.036], hipsTurn: [14, 0, 0], spine: [14, 0, 0], ...both('hand', [0.2, 0.3, 0.06]),
  head: [-12, 0, 0], ...both('foot', [0, 0, 0]), ...both('step', [0, 0, 0]), ...both('knee', [14]) };
const LANDED = { hips: [0, -0.128, -0.03], hipsTurn: [-10, 0, 0], spine: [12, 0, 0], ...both('hand', [0.21, 0.33, 0.03]),
  head: [-6, 0, 0], ...both('foot', [0.006, 0.004, 0.09]), ...both('step', [-30, 6, 0]), ...both('knee', [14]) };

export const SIT_DOWN = {
  name: 'sit_down', duration: 1.7, stance: ['standing', 'sitting'],
  keys: [
    [0, STANDING],
    [0.18, { hips: [0, 0, 0.006], head: [6, 0, 0], spine: [-2, 0, 0] }],
    [0.6, CROUCH],
    [0.95, LANDED],
    [1.12, { hips: [0, -0.132, -0.02], head: [9, 0, 2] }],
    [1.5, SEATED],
    [1.7, SEATED],
  ],
};

export const STAND_UP = {
  name: 'stand_up', duration: 1.6, stance: ['sitting', 'standing'], base: SIT,
  keys: [
    [0, SEATED],
    [0.2, { spine: [-4, 0, 0], head: [-4, 0, 0] }],
    [0.62, { ...LANDED, hipsTurn: [6, 0, 0], hips: [0, -0.118, -0.03] }],
    [0.95, { ...CROUCH, hips: [0, -0.07, -0.02] }],
    [1.28, { ...STANDING, hips: [0, 0, 0.002], head: [-3, 0, 0] }],
    [1.5, STANDING],
    [1.6, STANDING],
  ],
};

export const SIT_IDLE = {
  name: 'sit_idle', duration: 8, loop: true, stance: ['sitting'], base: SIT,
  keys: [
    [0, { head: [2, 0, 1.5], spine: [3, 0, 0], stepL: [-72, 10, 0], stepR: [-72, 10, 0] }],
    [1.4, { stepL: [-62, 12, 0], stepR: [-76, 10, 0] }],
    [2.4, { head: [0, 10, -3], spine: [3, 0, 1.5], stepL: [-74, 10, 0], stepR: [-62, 12, 0] }],
    [3.4, { stepL: [-64, 12, 0], stepR: [-74, 10, 0] }],
    [4.4, { stepL: [-72, 10, 0], stepR: [-72, 10, 0] }],
    [5.2, { head: [3, -9, 3], spine: [4, 0, -1.5] }],
  ],
  layer: (pose, t, d) => breathe(pose, t, d, 3),
};

const DOZING = { head: [21, 4, 9], spine: [9, 0, 3], chest: [5, 0, 0], ...both('hand', [0.16, 0.3, 0.11]) };
export const SLEEP = {
  name: 'sleep', duration: 8, loop: true, stance: ['sitting'], base: { ...SIT, ...DOZING },
  keys: [[0, DOZING], [3.2, { head: [25, 5, 11], spine: [11, 0, 3.5] }], [6.6, { head: [20, 4, 9], spine: [9, 0, 3] }]],
  layer: (pose, t, d) => breathe(pose, t, d, 2, 1.8),
  face: { blink: [[0, 1], [8, 1]] },
};

export const WAKE_UP = {
  name: 'wake_up', duration: 3.4, stance: ['sitting'], base: { ...SIT, ...DOZING },
  keys: [
    [0, DOZING],
    [0.5, { head: [26, 4, 8], spine: [10, 0, 2] }],
    [1, { head: [-6, 0, 0], spine: [-3, 0, 0], chest: [-4, 0, 0], ...both('hand', [0.235, 0.42, 0.1]) }],
    [1.5, { head: [-13, 0, 0], spine: [-6, 0, 0], chest: [-7, 0, 0], ...both('hand', [0.262, 0.535, 0.07]),
      ...both('fist', [0.9]), ...both('elbow', [0.9, -0.6, -0.2]) }],
    [2, { head: [-12, 0, 3], spine: [-5, 0, 0], ...both('hand', [0.266, 0.545, 0.06]), ...both('fist', [0.9]), ...both('elbow', [0.9, -0.6, -0.2]) }],
    [2.45, { ...pick(SIT, ['spine', 'elbowL', 'elbowR']), head: [3, 9, 0], ...both('hand', [0.2, 0.34, 0.1]), ...both('fist', [0.18]), chest: [0, 0, 0] }],
    [2.7, { head: [2, -8, 0] }],
    [3.2, pick(SIT, ['head', 'spine', 'handL', 'handR', 'chest'])],
    [3.4, pick(SIT, ['head', 'spine', 'handL', 'handR', 'chest'])],
  ],
  face: { blink: [[0, 1], [0.9, 1], [1.05, 0.4], [1.3, 1], [1.9, 1], [2.1, 0], [2.5, 0], [2.58, 1], [2.7, 0], [3.4, 0]],
    oh: [[0, 0], [1, 0], [1.35, 0.8], [1.9, 0.7], [2.2, 0], [3.4, 0]] },
};

const KNEELING = { hips: [0, -0.083, -0.012], hipsTurn: [4, 0, 0], spine: [2, 0, 0], ...both('foot', [0.004, 0.004, -0.04]),
  ...both('step', [58, 0, 0]), ...both('knee', [6]), ...both('hand', [0.185, 0.27, 0.09]), head: [2, 0, 1] };
export const KNEEL = {
  name: 'kneel', duration: 1.5, stance: ['standing', 'kneeling'],
  keys: [
    [0, STANDING],
    [0.16, { hips: [0, 0.0, -0.004], head: [-4, 0, 0] }],
    [0.7, { hips: [0, -0.05, -0.012], hipsTurn: [10, 0, 0], spine: [10, 0, 0], ...both('foot', [0, 0, -0.012]), ...both('step', [26, 0, 0]),
      ...both('hand', [0.205, 0.29, 0.06]), head: [-8, 0, 0] }],
    [1.1, { ...KNEELING, hips: [0, -0.087, -0.012], head: [6, 0, 1] }],
    [1.35, KNEELING],
    [1.5, KNEELING],
  ],
};
