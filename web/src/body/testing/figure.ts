import { readFileSync } from 'node:fs';
import { Body } from '../body';
import type { Character } from '../types';

/** The figure of src/body/testing/figure.cpp: the same measures, so that poses can be compared. */
const places: Record<string, [number, number, number]> = {
  hips: [0, 0.9, 0],
  spine: [0, 1.0, 0],
  chest: [0, 1.15, 0],
  upperChest: [0, 1.25, 0],
  neck: [0, 1.4, 0],
  head: [0, 1.5, 0.01],
  leftUpperLeg: [0.09, 0.86, 0],
  leftLowerLeg: [0.09, 0.47, 0.01],
  leftFoot: [0.09, 0.08, -0.01],
  rightUpperLeg: [-0.09, 0.86, 0],
  rightLowerLeg: [-0.09, 0.47, 0.01],
  rightFoot: [-0.09, 0.08, -0.01],
  leftShoulder: [0.04, 1.36, 0],
  leftUpperArm: [0.16, 1.36, 0],
  leftLowerArm: [0.42, 1.36, 0],
  leftHand: [0.66, 1.36, 0],
  rightShoulder: [-0.04, 1.36, 0],
  rightUpperArm: [-0.16, 1.36, 0],
  rightLowerArm: [-0.42, 1.36, 0],
  rightHand: [-0.66, 1.36, 0],
};

export const presets = [
  'happy', 'angry', 'sad', 'relaxed', 'surprised', 'aa', 'ih', 'ou', 'ee', 'oh',
  'blink', 'blinkLeft', 'blinkRight', 'lookUp', 'lookDown', 'lookLeft', 'lookRight', 'neutral',
];

export const figure: Character = {
  hipsHeight: 0.9,
  bones: Object.keys(places),
  expressions: presets,
  rest: Object.values(places).flat(),
  seed: 42,
  identity: 'test figure',
};

/** The compiled room as the page gets it; vitest builds it first (vite.config.ts). */
export function wasmBytes(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(readFileSync(new URL('../body.wasm', import.meta.url)));
}

export async function newBody(character: Character = figure): Promise<Body> {
  const body = await Body.load(wasmBytes());
  body.setCharacter(character);
  return body;
}
