// Expressions as numbers: how lids, brows and mouth differ from the resting face.
import { MOOD_LIGHT } from './palette.mjs';

/** lid/low: how far the lids close; arch: the closed lid bows up (1) or down (-1); look: gaze. */
const EYE = { lid: 0.04, low: 0, arch: -1, tilt: 0, wide: 1, iris: 1, lookX: 0, lookY: 0,
  browY: 0, browTilt: 0, browArch: 1, meet: -0.35 };
const MOUTH = { width: 0.021, corner: 0.006, upper: -0.0045, lower: -0.0048 };

const eyes = (both) => ({ left: both, right: both });

/** Each shape is one morph target. */
export const SHAPES = {
  aa: { mouth: { width: 0.0235, corner: 0.0045, upper: 0.0085, lower: -0.034 } },
  ih: { mouth: { width: 0.0265, corner: 0.005, upper: 0.001, lower: -0.0165 } },
  ou: { mouth: { width: 0.0105, corner: -0.006, upper: 0.005, lower: -0.018 } },
  ee: { mouth: { width: 0.03, corner: 0.0065, upper: 0, lower: -0.014 } },
  oh: { mouth: { width: 0.0165, corner: -0.009, upper: 0.007, lower: -0.028 } },
  blinkLeft: { left: { lid: 1 } },
  blinkRight: { right: { lid: 1 } },
  happy: { ...eyes({ lid: 1, arch: 1, meet: 0.12, browY: 0.008, browArch: 1.5 }),
    mouth: { width: 0.03, corner: 0.008, upper: -0.001, lower: -0.033 } },
  angry: { ...eyes({ lid: 0.3, tilt: -0.55, low: 0.12, browY: -0.01, browTilt: -0.42, browArch: 0.3, iris: 0.94 }),
    mouth: { width: 0.019, corner: -0.006, upper: 0.003, lower: 0.0015 } },
  sad: { ...eyes({ lid: 0.26, tilt: 0.6, browY: 0.005, browTilt: 0.5, browArch: 0.7, lookY: -0.2 }),
    mouth: { width: 0.018, corner: -0.008, upper: 0.002, lower: 0.0005 } },
  surprised: { ...eyes({ lid: 0, wide: 1.08, iris: 0.82, browY: 0.014, browArch: 1.6 }),
    mouth: { width: 0.0135, corner: -0.009, upper: 0.005, lower: -0.026 } },
  relaxed: { ...eyes({ lid: 0.34, low: 0.1, browY: 0.004, browArch: 1.4, tilt: 0.22 }),
    mouth: { width: 0.024, corner: 0.0078, upper: -0.004, lower: -0.0043 } },
  lookLeft: eyes({ lookX: 1 }),
  lookRight: eyes({ lookX: -1 }),
  lookUp: eyes({ lookY: 1 }),
  lookDown: eyes({ lookY: -1 }),
};

export function faceState(name) {
  const shape = SHAPES[name] ?? {};
  return { left: { ...EYE, ...shape.left }, right: { ...EYE, ...shape.right },
    mouth: { ...MOUTH, ...shape.mouth } };
}

const emotion = (name, overrides) => ({ shapes: [name], light: MOOD_LIGHT[name], ...overrides });

/** The eighteen presets of VRM; emotions also colour the light. */
export const PRESETS = {
  happy: emotion('happy', { blink: 'block', lookAt: 'block', mouth: 'blend' }),
  angry: emotion('angry', { blink: 'blend', mouth: 'blend' }),
  sad: emotion('sad', { blink: 'blend', mouth: 'blend' }),
  relaxed: emotion('relaxed', { blink: 'blend', mouth: 'blend' }),
  surprised: emotion('surprised', { mouth: 'blend' }),
  aa: { shapes: ['aa'] },
  ih: { shapes: ['ih'] },
  ou: { shapes: ['ou'] },
  ee: { shapes: ['ee'] },
  oh: { shapes: ['oh'] },
  blink: { shapes: ['blinkLeft', 'blinkRight'] },
  blinkLeft: { shapes: ['blinkLeft'] },
  blinkRight: { shapes: ['blinkRight'] },
  lookUp: { shapes: ['lookUp'] },
  lookDown: { shapes: ['lookDown'] },
  lookLeft: { shapes: ['lookLeft'] },
  lookRight: { shapes: ['lookRight'] },
  neutral: { shapes: [] },
};
