// Legs and feet in one piece: dark as night, with soft round slippers.
import { inRegion } from './atlas.mjs';
import { blend, cut, ellipsoid, meshSolid, taper } from './sdf.mjs';
import { clamp } from './vector.mjs';

function legSolid(p) {
  let d = taper(p, [[0.05, 0.23, 0], [0.054, 0.045, -0.004]], [0.046, 0.036]);
  d = blend(d, ellipsoid(p, [0.0605, 0.036, 0.026], [0.049, 0.042, 0.076]), 0.028);
  return cut(d, -p[1] + 0.002, 0.014);
}

export function legMesh(detail) {
  const cell = detail.cell(0.0172);
  // The surface closes only where a whole cell lies around it: wider cells need more room.
  const room = cell - 0.0172;
  const box = [[-0.02 - room, -0.02 - room, -0.08 - room], [0.14 + room, 0.285 + room, 0.13 + room]];
  const mesh = meshSolid(legSolid, box, cell, 5);
  return mirrored(mesh, (p) => p[1] > 0.262);
}

function mirrored(left, hidden) {
  const n = left.positions.length;
  const indices = [...left.indices];
  for (let t = 0; t < left.indices.length; t += 3) {
    const [a, b, c] = left.indices.slice(t, t + 3);
    indices.push(b + n, a + n, c + n);
  }
  const mesh = {
    positions: [...left.positions, ...left.positions.map((p) => [-p[0], p[1], p[2]])],
    normals: [...left.normals, ...left.normals.map((q) => [-q[0], q[1], q[2]])],
    indices,
  };
  return { ...mesh, hidden,
    uvs: mesh.positions.map((p) => inRegion('leg', clamp((p[2] + 0.08) / 0.2), clamp(1 - p[1] / 0.27))) };
}
