// What shines: the keyhole gem, the bobble on the tip, freckles, their haloes, and the shadow below.
import { onFace } from './head.mjs';
import { HOOD_CHAIN } from './skeleton.mjs';
import { ball, blend, cut, meshSolid, taper } from './sdf.mjs';
import { sheet, sphere, steps } from './surface.mjs';
import { add, clamp, sub } from './vector.mjs';

export const GEM = [0, 0.492, 0.128];
export const BOBBLE = add(HOOD_CHAIN.at(-1), [0.004, -0.03, 0.002]);
const FRECKLES = [[0.098, 0.638, 0.0042], [0.116, 0.648, 0.0033], [0.083, 0.6345, 0.003],
  [0.112, 0.6335, 0.002], [0.128, 0.654, 0.0018], [0.127, 0.641, 0.0022]];

// The texture of light: gem on the left half, bobble on the right, freckles in its bright middle.
const onGem = (p) => [clamp(0.25 + (p[0] - GEM[0]) / 0.19, 0.02, 0.48), clamp(0.5 - (p[1] - GEM[1]) / 0.095)];
const onBobble = (p) => [clamp(0.75 + (p[0] - BOBBLE[0]) / 0.14, 0.52, 0.98), clamp(0.5 - (p[1] - BOBBLE[1]) / 0.07)];

export function gemMesh(detail) {
  const solid = (p) => {
    const q = sub(p, GEM);
    const drop = blend(ball(q, [0, -0.007, 0], 0.032), taper(q, [[0, 0, 0], [0, 0.042, -0.006]], [0.02, 0.004]), 0.018);
    return cut(drop, Math.abs(q[2]) - 0.016, 0.016);
  };
  const mesh = meshSolid(solid, [add(GEM, [-0.05, -0.055, -0.04]), add(GEM, [0.05, 0.065, 0.04])],
    detail.cell(0.0088));
  return { ...mesh, uvs: mesh.positions.map(onGem) };
}

export function bobbleMesh(detail) {
  const solid = (p) => {
    const q = sub(p, BOBBLE);
    return blend(ball(q, [0, 0, 0], 0.033), taper(q, [[0, 0, 0], [-0.006, 0.036, -0.001]], [0.016, 0.0145]), 0.016);
  };
  const mesh = meshSolid(solid, [add(BOBBLE, [-0.05, -0.05, -0.05]), add(BOBBLE, [0.05, 0.065, 0.05])],
    detail.cell(0.0112));
  return { ...mesh, uvs: mesh.positions.map(onBobble) };
}

export function frecklesMesh(detail) {
  const mesh = { positions: [], normals: [], indices: [], uvs: [] };
  const sides = detail.steps(8, 6);
  for (const sign of [1, -1]) {
    for (const [x, y, radius] of FRECKLES) {
      const first = mesh.positions.length;
      for (let i = 0; i <= sides; i++) {
        const a = (i / sides) * 2 * Math.PI;
        const r = i === sides ? 0 : radius;
        const at = onFace(sign * x + Math.cos(a) * r, y + Math.sin(a) * r * 1.1, 0.0016);
        mesh.positions.push(at.position);
        mesh.normals.push(at.normal);
        mesh.uvs.push([0.75, 0.5]);
        if (i < sides) mesh.indices.push(first + sides, first + i, first + ((i + 1) % sides));
      }
    }
  }
  return mesh;
}

/** Nested shells, each nearly clear: from any side their sum fades outwards like a halo. */
export function haloMesh(detail, centre, { radius, inner, shells: most }) {
  const shells = detail.steps(most, 5);
  const mesh = { positions: [], normals: [], indices: [], uvs: [] };
  for (let k = 0; k < shells; k++) {
    const t = k / (shells - 1);
    const part = sphere(centre, inner + (radius - inner) * t ** 1.15, detail.steps(14, 9), detail.steps(6, 4));
    const first = mesh.positions.length;
    mesh.positions.push(...part.positions);
    mesh.normals.push(...part.normals);
    mesh.indices.push(...part.indices.map((i) => i + first));
    mesh.uvs.push(...part.positions.map(() => [0.25, 0.1 + 0.8 * t]));
  }
  return mesh;
}

/** A soft dark disc on the ground, so that the figure stands in any scene. */
export function contactShadow(detail) {
  const mesh = sheet(steps(detail.steps(20, 14)), steps(3), (u, v) => {
    const a = u * 2 * Math.PI;
    return [Math.sin(a) * 0.24 * v, 0.0015, Math.cos(a) * 0.19 * v + 0.012];
  }, () => [0, 1, 0]);
  return { ...mesh, uvs: mesh.params.map(([u, v]) => [0.75 + 0.24 * v * Math.sin(u * 2 * Math.PI),
    0.5 + 0.48 * v * Math.cos(u * 2 * Math.PI)]) };
}
