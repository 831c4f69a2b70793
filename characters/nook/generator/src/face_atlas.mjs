// Where iris, white, mouth and the plain colours of the face lie in its texture.
import { clamp, lerp } from './vector.mjs';

export const FACE_ATLAS = { width: 1024, height: 512 };
export const FACE_REGIONS = {
  iris: [0, 0, 512, 512],
  sclera: [512, 0, 256, 256],
  mouth: [768, 0, 256, 256],
};
export const SWATCHES = ['shine', 'line', 'soft', 'brow'];
const MARGIN = 2;

export function inFaceAtlas(name, u, v) {
  const [x, y, w, h] = FACE_REGIONS[name];
  return [lerp(x + MARGIN, x + w - MARGIN, clamp(u)) / FACE_ATLAS.width,
    lerp(y + MARGIN, y + h - MARGIN, clamp(v)) / FACE_ATLAS.height];
}
export const swatchBox = (name) => [512 + SWATCHES.indexOf(name) * 128, 256, 128, 256];
export function swatch(name) {
  const [x, y, w, h] = swatchBox(name);
  return [(x + w / 2) / FACE_ATLAS.width, (y + h / 2) / FACE_ATLAS.height];
}
