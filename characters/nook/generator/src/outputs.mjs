// Every file that is made, as name → bytes.
import { CLIPS } from '../clips/index.mjs';
import { characterCard } from './card.mjs';
import { buildFigure } from './figure.mjs';
import { writePack } from './lbc.mjs';
import { bake } from './motion.mjs';
import { buildSkeleton } from './skeleton.mjs';
import { drawTextures } from './textures.mjs';
import { writeVrm0 } from './vrm0.mjs';
import { writeVrm1 } from './vrm1.mjs';
import { writeVrma } from './vrma.mjs';

export const WHOLE = { detail: 1, textures: 1 };
export const LIGHT = { detail: 0.5, textures: 0.5 };

export async function figure({ detail, textures }) {
  return writeVrm1(buildFigure(detail), drawTextures(textures));
}

export async function clipFiles() {
  const clips = CLIPS.map(bake);
  const skeleton = buildSkeleton();
  const files = [['clips.bin', writePack(clips)]];
  for (const clip of clips) files.push([`clips/${clip.name}.vrma`, await writeVrma(clip, skeleton)]);
  return files;
}

export async function outputs() {
  const [whole, images] = [buildFigure(WHOLE.detail), drawTextures(WHOLE.textures)];
  return [['nook.vrm', await writeVrm1(whole, images)], ['nook-vrm0.vrm', await writeVrm0(whole, images)],
    ['nook-light.vrm', await figure(LIGHT)], ...await clipFiles(),
    ['character.json', characterCard()]];
}
