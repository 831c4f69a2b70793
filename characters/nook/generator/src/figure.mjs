// Puts the parts together: shape, texture place and weights of each, then one mesh per material.
import { plain } from './atlas.mjs';
import { faceMeshes } from './face.mjs';
import { capeMesh, capeParameters, capePiping, collarMesh, sleeveMesh, tunicMesh } from './garments.mjs';
import { handsMesh, hairMesh, headMesh, neckMesh } from './head.mjs';
import { hoodLining, hoodMesh, hoodRim } from './hood.mjs';
import { BOBBLE, GEM, bobbleMesh, contactShadow, frecklesMesh, gemMesh, haloMesh } from './light.mjs';
import { legMesh } from './limbs.mjs';
import { buildSkeleton, toRest } from './skeleton.mjs';
import { without } from './surface.mjs';
import { byDistance, capeWeights, rigid, sideOf, skirtWeights, sleeveWeights } from './weights.mjs';

/** How finely the figure is made: 1 is whole, the light figure is about half as fine. */
export const detailOf = (k) => ({
  steps: (n, least = 3) => Math.max(least, Math.round(n * k)),
  cell: (size) => size / k ** 0.9,
});

const FINGERS = ['Hand', 'ThumbMetacarpal', 'ThumbProximal', 'IndexProximal', 'IndexIntermediate',
  'MiddleProximal', 'MiddleIntermediate', 'LittleProximal', 'LittleIntermediate'];
const TIP = ['HoodTip1', 'HoodTip2', 'HoodTip3', 'HoodTip4'];

function hide(mesh) {
  if (!mesh.hidden) return mesh;
  const tagged = { ...mesh, params: mesh.uvs };
  const kept = without(tagged, mesh.hidden);
  return { ...kept, uvs: kept.params };
}

function headParts(skeleton, detail) {
  const head = (mesh) => rigid(skeleton, mesh, 'Head');
  const hands = hide(handsMesh(detail));
  const neck = neckMesh(detail);
  const skin = headMesh(detail);
  return [
    { mesh: 'Body', material: 'skin', part: skin, weights: head(skin) },
    { mesh: 'Body', material: 'skin', part: neck,
      weights: byDistance(skeleton, neck, () => ['UpperChest', 'Neck', 'Head']) },
    { mesh: 'Body', material: 'skin', part: hands,
      weights: byDistance(skeleton, hands, (p) => FINGERS.map((n) => sideOf(p) + n), { power: 5, rounds: 3 }) },
  ];
}

function hoodParts(skeleton, detail) {
  const hood = hoodMesh(detail);
  const lining = hoodLining(detail);
  const rim = hoodRim(detail);
  const hair = hairMesh(detail);
  const candidates = (p) => (p[1] > 0.92 ? ['Head', ...TIP.slice(0, 3)] : ['Head']);
  return [
    { mesh: 'Body', material: 'cloth', part: hood,
      weights: byDistance(skeleton, hood, candidates, { power: 5, rounds: 3 }) },
    { mesh: 'Body', material: 'cloth', part: lining, weights: rigid(skeleton, lining, 'Head') },
    { mesh: 'Body', material: 'cloth', part: { ...rim, uvs: rim.positions.map(() => plain('cream')) },
      weights: rigid(skeleton, rim, 'Head') },
    { mesh: 'Body', material: 'cloth', part: hair, weights: rigid(skeleton, hair, 'Head') },
  ];
}

function capePart(skeleton, part, parameters) {
  const points = part.positions.map((position, i) => ({ position, ...parameters[i] }));
  return { mesh: 'Body', material: 'cloth', part, weights: capeWeights(skeleton, points) };
}

function garmentParts(skeleton, detail) {
  const { outer, inner } = capeMesh(detail);
  const piping = capePiping(detail);
  const collar = collarMesh(detail);
  const tunic = tunicMesh(detail);
  const legs = hide(legMesh(detail));
  const trunk = byDistance(skeleton, tunic, () => ['Hips', 'Spine', 'Chest', 'UpperChest'], { rounds: 6 });
  const sides = [['Left', 1], ['Right', -1]];
  return [
    capePart(skeleton, outer, capeParameters(outer)),
    capePart(skeleton, inner, capeParameters(inner)),
    capePart(skeleton, piping, piping.cape),
    { mesh: 'Body', material: 'cloth', part: collar, weights: rigid(skeleton, collar, 'UpperChest') },
    { mesh: 'Body', material: 'cloth', part: tunic, weights: skirtWeights(skeleton, tunic, trunk) },
    ...sides.map(([name, sign]) => {
      const sleeve = sleeveMesh(detail, sign);
      return { mesh: 'Body', material: 'cloth', part: sleeve, weights: sleeveWeights(skeleton, sleeve, name) };
    }),
    { mesh: 'Body', material: 'cloth', part: legs, weights: byDistance(skeleton, legs, (p) => (p[1] > 0.075
      ? ['UpperLeg', 'LowerLeg', 'Foot'] : ['LowerLeg', 'Foot', 'Toes']).map((n) => sideOf(p) + n), { power: 5, rounds: 3 }) },
  ];
}

function lightParts(skeleton, detail) {
  const parts = [
    ['light', gemMesh(detail), 'UpperChest'],
    ['light', bobbleMesh(detail), 'HoodTip4'],
    ['light', frecklesMesh(detail), 'Head'],
    ['aura', contactShadow(detail), 'Root', 'Aura'],
    ['aura', haloMesh(detail, BOBBLE, { radius: 0.135, inner: 0.04, shells: 10 }), 'HoodTip4', 'Aura'],
    ['aura', haloMesh(detail, GEM, { radius: 0.08, inner: 0.036, shells: 6 }), 'UpperChest', 'Aura'],
  ];
  return parts.map(([material, part, joint, mesh = 'Body']) => (
    { mesh, material, part, weights: rigid(skeleton, part, joint) }));
}

function append(target, part, weights, skeleton) {
  const first = target.positions.length;
  part.positions.forEach((p, i) => {
    const { position, normal } = toRest(skeleton, p, part.normals[i], weights[i]);
    target.positions.push(position);
    target.normals.push(normal);
    target.uvs.push(part.uvs[i]);
    const pad = [...weights[i], [0, 0], [0, 0], [0, 0], [0, 0]].slice(0, 4);
    target.joints.push(pad.map(([index]) => index));
    target.weights.push(pad.map(([, w]) => w));
  });
  for (const i of part.indices) target.indices.push(i + first);
  for (const [name, deltas] of Object.entries(part.morphs ?? {})) {
    (target.morphs[name] ??= []).push(...deltas);
  }
}

/** Primitives in the T-pose, keyed by mesh and material, ready to be written. */
export function buildFigure(k) {
  const skeleton = buildSkeleton();
  const detail = detailOf(k);
  const face = faceMeshes(detail).map((part) => (
    { mesh: 'Face', material: 'features', part, weights: rigid(skeleton, part, 'Head') }));
  const primitives = new Map();
  for (const { mesh, material, part, weights } of [...headParts(skeleton, detail),
    ...hoodParts(skeleton, detail), ...garmentParts(skeleton, detail), ...lightParts(skeleton, detail), ...face]) {
    const key = `${mesh}/${material}`;
    if (!primitives.has(key)) {
      primitives.set(key, { mesh, material, positions: [], normals: [], uvs: [], joints: [], weights: [],
        indices: [], morphs: {} });
    }
    append(primitives.get(key), part, weights, skeleton);
  }
  return { skeleton, primitives: [...primitives.values()] };
}
