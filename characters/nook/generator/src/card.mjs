// character.json: what the stage and the language side must know about the figure.
import { CLIPS } from '../clips/index.mjs';
import { PRESETS } from './expressions.mjs';
import { BONES, HIPS_HEIGHT, REST } from './pose.mjs';
import { MOOD_LIGHT, PALETTE } from './palette.mjs';

const rounded = (point) => point.map((x) => Math.round(x * 1e5) / 1e5);

export function characterCard() {
  const card = {
    name: 'Nook',
    licence: 'CC0-1.0',
    models: { whole: 'nook.vrm', light: 'nook-light.vrm', vrm0: 'nook-vrm0.vrm' },
    clips: 'clips.bin',
    hipsHeight: HIPS_HEIGHT,
    height: 1.14,
    faceHeight: 0.7,
    bones: BONES,
    rest: Object.fromEntries(BONES.map((bone) => [bone, rounded(REST[bone])])),
    expressions: Object.keys(PRESETS),
    actions: CLIPS.map(({ name, duration, loop, upper, stance }) => ({ name, synonyms: `action.${name}`, seconds: duration,
      loop: Boolean(loop), upperBody: Boolean(upper), startsIn: stance?.[0] ?? 'standing',
      endsIn: stance?.[1] ?? stance?.[0] ?? 'standing' })),
    idle: CLIPS.filter(({ name }) => /^idle_/.test(name)).map(({ name }) => name),
    seatedIdle: 'sit_idle',
    palette: PALETTE,
    moodLight: MOOD_LIGHT,
    light: [{ node: 'HoodTip4', offset: [0.004, -0.03, 0.002], color: PALETTE.glow }],
  };
  return Buffer.from(`${JSON.stringify(card, null, 1)}\n`);
}
