// What hangs loose, and what it must not swing into.
export const COLLIDERS = [
  { joint: 'UpperChest', offset: [0, -0.03, 0], radius: 0.085 },
  { joint: 'Hips', offset: [0, 0.01, 0], radius: 0.115 },
  { joint: 'Head', offset: [0, 0.18, -0.02], radius: 0.19 },
];
export const SPRINGS = [
  { name: 'hood tip', joints: ['HoodTip1', 'HoodTip2', 'HoodTip3', 'HoodTip4'], stiffness: 1.7, gravity: 0.04, drag: 0.38 },
  { name: 'cape', joints: ['CapeBack1', 'CapeBack2', 'CapeBack3', 'CapeBack4'], stiffness: 0.9, gravity: 0.15, drag: 0.42 },
];
