// What is on each sheet.
import { CLIPS } from '../clips/index.mjs';

const FACE = { fov: 20, distance: 1.5, target: [0, 0.69, 0] };

const row = (list, each) => list.map((item, i) => ({ ...each(item, i) }));

function grid(list, columns, w, h, each) {
  const items = list.map((item, i) => ({ x: (i % columns) * w, y: Math.floor(i / columns) * h, w, h, ...each(item, i) }));
  return { width: columns * w, height: Math.ceil(list.length / columns) * h, items };
}

const EXPRESSIONS = ['neutral', 'happy', 'sad', 'angry', 'surprised', 'relaxed', 'blink', 'blinkLeft',
  'aa', 'ih', 'ou', 'ee', 'oh', 'lookLeft', 'lookUp', 'lookDown'];
const LOOK = { lookLeft: [45, 0], lookRight: [-45, 0], lookUp: [0, -35], lookDown: [0, 35] };
const expression = (name) => (LOOK[name] ? { look: LOOK[name] } : { face: { [name]: 1 } });

export const SHEETS = {
  /** Everything at a glance while working. */
  look: () => ({ width: 1320, height: 820, items: [
    ...row([0, 35, 90, 180], (yaw, i) => ({ x: i * 250 - 10, y: 0, w: 280, h: 480, over: 1.5, yaw, distance: 2.95 })),
    { x: 1000, y: 0, w: 320, h: 480, over: 1.3, yaw: 20, pose: 'wave', face: { happy: 1 }, night: true },
    { x: 0, y: 480, w: 340, h: 340, over: 1.3, ...FACE },
    { x: 340, y: 480, w: 260, h: 340, over: 1.3, ...FACE, yaw: -38, pose: 'shy' },
    { x: 600, y: 480, w: 200, h: 340, over: 1.3, pose: 't', distance: 3.2 },
    { x: 800, y: 480, w: 220, h: 340, over: 1.3, pose: 'sit', yaw: 22 },
    { x: 1020, y: 480, w: 200, h: 340, over: 1.3, pose: 'cheer', face: { happy: 1 }, distance: 3 },
    { x: 1220, y: 480, w: 100, h: 200, over: 2, pose: 'rest', distance: 3 },
    { x: 1220, y: 680, w: 100, h: 140, over: 2, pose: 'rest', ...FACE, distance: 2.4, target: [0.03, 0.76, 0], night: true },
  ] }),
  turntable: () => grid([0, 35, 90, 145, 180, -40], 6, 220, 420, (yaw) => ({ yaw, over: 1.5 })),
  face: ({ yaw = 12, night = false, pose = 'rest' }) => ({ width: 900, height: 900,
    items: [{ x: 0, y: 0, w: 900, h: 900, over: 1.2, ...FACE, distance: 1.55, yaw, night, pose }] }),
  expressions: () => grid(EXPRESSIONS, 4, 260, 250, (name, i) => (
    { over: 1.4, ...FACE, distance: 1.45, yaw: i % 2 ? -8 : 8, label: name, ...expression(name) })),
  poses: () => grid(['t', 'rest', 'wave', 'think', 'sit', 'cheer', 'shy', 'lie'], 4, 300, 400, (pose, i) => (
    { over: 1.4, pose, yaw: [0, 20, 8, 12, 24, -12, 14, 62][i], label: pose, distance: 3.1,
      ...(pose === 'lie' ? { pitch: 18, target: [0, 0.2, -0.35], distance: 3.4, face: { blink: 1 } } : {}) })),
  one: ({ w = 700, h = 900, ...rest }) => ({ width: w, height: h, items: [{ x: 0, y: 0, w, h, over: 1.2, ...rest }] }),
  /** Every clip at some moments, given as parts of its duration. */
  clips: ({ parts = [0.34, 0.6], columns = 8, w = 130, h = 190, names, yaw = 15, night = false }) => {
    const list = CLIPS.filter(({ name }) => !names || names.includes(name));
    const moments = list.flatMap(({ name, duration }) => parts.map((part) => ({ name, time: part * duration })));
    return grid(moments, columns, w, h, ({ name, time }) => (
      { clip: name, time, yaw, night, distance: 3.05, label: `${name} ${time.toFixed(1)}`, over: 1.3 }));
  },
  /** Moments of clips: options.clips = [[name, seconds, …], …]. */
  clip: ({ clips, yaw = 15, w = 150, h = 220 }) => {
    const moments = clips.flatMap(([name, ...times]) => times.map((time) => ({ clip: name, time })));
    return grid(moments, Math.min(8, moments.length), w, h, ({ clip, time }) => (
      { clip, time, yaw, distance: 3, label: `${clip} ${time}`, over: 1.2 }));
  },
};
