// Where each surface lies in the texture that all cloth shares; one texture means one draw call.
import { clamp, lerp } from './vector.mjs';

export const ATLAS_SIZE = 2048;
export const REGIONS = {
  hood: [0, 0, 2048, 704],
  cape: [0, 704, 2048, 512],
  lining: [0, 1216, 1024, 320],
  night: [1024, 1216, 1024, 320],
  tunic: [0, 1536, 1024, 512],
  sleeve: [1024, 1536, 512, 512],
  hair: [1536, 1536, 256, 512],
  leg: [1792, 1536, 128, 512],
  plain: [1920, 1536, 128, 512],
};
/** Rows of the region `plain`, each one colour. */
export const PLAIN = ['cream', 'creamDeep', 'roof', 'night'];
const MARGIN = 3;

export function inRegion(name, u, v) {
  const [x, y, w, h] = REGIONS[name];
  return [lerp(x + MARGIN, x + w - MARGIN, clamp(u)) / ATLAS_SIZE,
    lerp(y + MARGIN, y + h - MARGIN, clamp(v)) / ATLAS_SIZE];
}
export const plain = (colour) => inRegion('plain', 0.5, (PLAIN.indexOf(colour) + 0.5) / PLAIN.length);

/** The face's own texture: a square of 0.4 m in front of the head. */
export const faceUV = ([x, y]) => [clamp(0.5 + x / 0.4), clamp((0.916 - y) / 0.4)];
export const HAND_UV = [0.5, 0.985];
