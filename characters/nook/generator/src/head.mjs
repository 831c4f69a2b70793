// The head under the hood: a round face, a small nose, and hair as one swoop with five tufts.
import { HAND_UV, faceUV, inRegion } from './atlas.mjs';
import { blend, ellipsoid, gradient, meshSolid, taper } from './sdf.mjs';
import { easedSteps, sheet, steps } from './surface.mjs';
import { add, bisect, clamp, degrees, dot, lerp, scale, smooth, sub } from './vector.mjs';
import { ARM_DIRECTION, ARM_UP, SHOULDER, alongArm } from './skeleton.mjs';

export const HEAD_CENTRE = [0, 0.7, 0];
const skull = (p) => blend(ellipsoid(p, [0, 0.738, -0.006], [0.172, 0.158, 0.16]),
  ellipsoid(p, [0, 0.667, 0.02], [0.17, 0.108, 0.138]), 0.09);
const withNose = (p) => blend(skull(p), ellipsoid(p, [0, 0.644, 0.156], [0.014, 0.011, 0.014]), 0.02);

/** A point of the face straight behind (x, y), `lift` metres above the skin. */
export function onFace(x, y, lift) {
  const z = bisect((t) => skull([x, y, t]), -0.02, 0.3);
  const normal = gradient(skull, [x, y, z]);
  return { position: add([x, y, z], scale(normal, lift)), normal };
}

/** A point of the head at a height, seen from its axis under an angle (0 = front, 90 = left). */
export function onHead(angle, y, lift) {
  const a = degrees(angle);
  const direction = [Math.sin(a), 0, Math.cos(a)];
  const r = bisect((t) => skull([direction[0] * t, y, direction[2] * t]), 0, 0.3);
  const at = [direction[0] * r, y, direction[2] * r];
  const normal = gradient(skull, at);
  return { position: add(at, scale(normal, lift)), normal };
}

export function headMesh(detail) {
  const columns = steps(detail.steps(34)).map((t) => (2 * t - 1)).map((s) => 112 * (0.5 * s + 0.5 * s ** 3));
  const rows = easedSteps(detail.steps(27)).map((t) => lerp(-78, 62, t));
  const mesh = sheet(columns, rows, (azimuth, elevation) => {
    const [a, e] = [degrees(azimuth), degrees(elevation)];
    const direction = [Math.sin(a) * Math.cos(e), Math.sin(e), Math.cos(a) * Math.cos(e)];
    const centre = [0, 0.672, 0];
    const r = bisect((t) => withNose(add(centre, scale(direction, t))), 0, 0.4);
    return add(centre, scale(direction, r));
  }, (p) => sub(p, HEAD_CENTRE));
  mesh.normals = mesh.positions.map((p) => gradient(withNose, p, 0.002));
  return { ...mesh, uvs: mesh.positions.map(faceUV) };
}

// Tips and valleys of the fringe, as angle round the head and height.
const FRINGE = [[-112, 0.56], [-92, 0.7], [-84, 0.6], [-74, 0.72], [-64, 0.634], [-54, 0.79], [-43, 0.742], [-33, 0.812], [-13, 0.77],
  [-6, 0.803], [7, 0.751], [19, 0.824], [33, 0.778], [38, 0.806], [48, 0.745], [55, 0.79], [65, 0.634], [74, 0.72], [84, 0.6], [92, 0.7], [112, 0.56]];
const HAIR_TOP = 0.888;

/** Height of the fringe's edge: from each tip the edge rises in a round bow to the next valley. */
function fringe(angle) {
  let i = 0;
  while (i + 2 < FRINGE.length && angle > FRINGE[i + 1][0]) i++;
  const [[a0, y0], [a1, y1]] = [FRINGE[i], FRINGE[i + 1]];
  const t = clamp((angle - a0) / (a1 - a0));
  const up = y1 > y0 ? Math.sin((t * Math.PI) / 2) ** 0.8 : 1 - Math.cos((t * Math.PI) / 2) ** 0.8;
  return { y: lerp(y0, y1, clamp(up)), tuft: Math.abs(Math.floor(i / 2) % 2), rise: t };
}

function hairColumns(detail) {
  const between = detail.steps(6, 3);
  const columns = [];
  for (let i = 0; i + 1 < FRINGE.length; i++) {
    for (let k = 0; k < between; k++) columns.push(lerp(FRINGE[i][0], FRINGE[i + 1][0], k / between));
  }
  return [...columns, FRINGE.at(-1)[0]];
}

export function hairMesh(detail) {
  const mesh = sheet(hairColumns(detail), steps(detail.steps(6, 4)), (angle, v) => {
    const edge = fringe(angle);
    const y = lerp(HAIR_TOP, edge.y, v);
    const lock = 0.003 * Math.sin(edge.rise * Math.PI) * smooth(v, 0.25, 0.6);
    // Flat where the rim covers it, full towards the tips.
    const full = smooth(HAIR_TOP - y, 0.006, 0.06) * (1 - v ** 3);
    const lift = 0.0022 + (0.011 + lock) * full;
    return onHead(angle, y, lift).position;
  }, (p) => sub(p, HEAD_CENTRE));
  const uvs = mesh.params.map(([angle, v]) => {
    const edge = fringe(angle);
    return inRegion('hair', (angle + 112) / 224, 1 - clamp((lerp(HAIR_TOP, edge.y, v) - edge.y) / 0.14));
  });
  return { ...mesh, uvs };
}

export function neckMesh(detail) {
  const mesh = sheet(steps(detail.steps(18, 8)), steps(2), (u, v) => {
    const a = u * 2 * Math.PI;
    return [Math.sin(a) * 0.046, lerp(0.45, 0.6, v), Math.cos(a) * 0.046 - 0.004];
  }, (p) => [p[0], 0, p[2] + 0.004]);
  return { ...mesh, uvs: mesh.positions.map(() => HAND_UV) };
}

/** Both hands: a soft palm, three fingers, a thumb. */
function handSolid(p) {
  const q = [Math.abs(p[0]), p[1], p[2]];
  const reach = (t, z, up = 0) => add(add(alongArm(t), [0, 0, z]), scale(ARM_UP, up));
  const fromPalm = sub(q, alongArm(0.272));
  let d = ellipsoid([dot(fromPalm, ARM_DIRECTION), dot(fromPalm, ARM_UP), fromPalm[2]],
    [0, 0, 0], [0.035, 0.0235, 0.0385]);
  for (const [z, tip] of [[0.0265, 0.327], [0, 0.337], [-0.0265, 0.325]]) {
    d = blend(d, taper(q, [reach(0.284, z), reach(tip, z * 1.42, -0.007)], [0.0142, 0.0132]), 0.005);
  }
  d = blend(d, taper(q, [reach(0.258, 0.024), reach(0.289, 0.062, -0.006)], [0.0165, 0.0135]), 0.008);
  return blend(d, taper(q, [alongArm(0.222), alongArm(0.258)], [0.023, 0.025]), 0.02);
}

export function handsMesh(detail) {
  const box = [[0.17, 0.15, -0.07], [0.33, 0.34, 0.085]];
  const left = meshSolid(handSolid, box, detail.cell(0.0091), 5);
  const right = {
    positions: left.positions.map((p) => [-p[0], p[1], p[2]]),
    normals: left.normals.map((n) => [-n[0], n[1], n[2]]),
    indices: left.indices.map((i) => i + left.positions.length),
  };
  for (let t = 0; t < right.indices.length; t += 3) {
    [right.indices[t], right.indices[t + 1]] = [right.indices[t + 1], right.indices[t]];
  }
  const mesh = {
    positions: [...left.positions, ...right.positions],
    normals: [...left.normals, ...right.normals],
    indices: [...left.indices, ...right.indices],
  };
  const cuff = (p) => dot(sub([Math.abs(p[0]), p[1], p[2]], SHOULDER), ARM_DIRECTION) < 0.226;
  return { ...mesh, uvs: mesh.positions.map(() => HAND_UV), hidden: cuff };
}
