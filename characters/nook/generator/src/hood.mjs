// The hood: a roof that ends in a curl of light. Rings round a bent spine, open in front.
import { inRegion } from './atlas.mjs';
import { sheet, smoothNormals, steps, tube } from './surface.mjs';
import { add, clamp, cross, degrees, length, lerp, normalize, scale, smooth, spline, sub } from './vector.mjs';

// Centre, then half width, depth in front, depth behind.
const RINGS = [
  [0, 0.482, -0.02, 0.116, 0.104, 0.108],
  [0, 0.52, -0.024, 0.134, 0.116, 0.13],
  [0, 0.57, -0.028, 0.17, 0.14, 0.16],
  [0, 0.63, -0.031, 0.2, 0.162, 0.184],
  [0, 0.7, -0.034, 0.214, 0.176, 0.198],
  [0, 0.77, -0.038, 0.208, 0.178, 0.194],
  [0, 0.835, -0.044, 0.182, 0.166, 0.176],
  [-0.003, 0.895, -0.053, 0.139, 0.134, 0.141],
  [-0.01, 0.957, -0.067, 0.095, 0.094, 0.097],
  [-0.012, 1.018, -0.08, 0.065, 0.065, 0.066],
  [0.006, 1.07, -0.087, 0.05, 0.05, 0.05],
  [0.048, 1.106, -0.086, 0.041, 0.041, 0.041],
  [0.098, 1.107, -0.079, 0.034, 0.034, 0.034],
  [0.14, 1.078, -0.068, 0.025, 0.025, 0.025],
  [0.162, 1.03, -0.058, 0.015, 0.015, 0.015],
];
const LAST = RINGS.length - 1;
const OPENING = { y: 0.702, up: 0.166, down: 0.157, angle: 84 };
const THICKNESS = 0.011;

function frames(count) {
  const rows = [];
  let x = [1, 0, 0];
  for (let i = 0; i <= count; i++) {
    const t = (i / count) * LAST;
    const [cx, cy, cz, wide, front, back] = spline(RINGS, t);
    const ahead = spline(RINGS, Math.min(LAST, t + 0.02)).slice(0, 3);
    const behind = spline(RINGS, Math.max(0, t - 0.02)).slice(0, 3);
    // Below the tip the rings lie level, so that the opening can be cut by height.
    const bend = smooth(t, 6.5, 9.5);
    const axis = normalize(add(scale([0, 1, 0], 1 - bend), scale(normalize(sub(ahead, behind)), bend)));
    const z = normalize(cross(x, axis));
    x = normalize(cross(axis, z));
    rows.push({ centre: [cx, cy, cz], x, z, wide, front, back });
  }
  let arc = 0;
  rows.forEach((row, i) => {
    if (i) arc += length(sub(row.centre, rows[i - 1].centre));
    row.arc = arc;
  });
  return rows;
}
const FINE = 720;
const SPINE = frames(FINE);
export const HOOD_LENGTH = SPINE[FINE].arc;

/** A point of the hood; t runs from the neck (0) to the tip (1), angle round from the front. */
export function hoodPoint(t, angle, inset = 0) {
  const row = SPINE[Math.round(clamp(t) * FINE)];
  const depth = lerp(row.back, row.front, smooth(Math.cos(angle), -0.7, 0.7)) - inset;
  return add(row.centre, add(scale(row.x, Math.sin(angle) * (row.wide - inset)),
    scale(row.z, Math.cos(angle) * depth)));
}
/** Round the hood, `arc` metres up its spine; the tiles are counted by it. */
export function hoodGirth(arc) {
  const row = SPINE.find((r) => r.arc >= arc) ?? SPINE[FINE];
  return Math.PI * (row.wide + (row.front + row.back) / 2);
}
export const hoodArc = (t) => SPINE[Math.round(clamp(t) * FINE)].arc;

const heightOf = (t) => SPINE[Math.round(clamp(t) * FINE)].centre[1];
function atHeight(y) {
  let i = 0;
  while (i < FINE && SPINE[i].centre[1] < y) i++;
  return i / FINE;
}
function openAngle(t) {
  const y = heightOf(t) - OPENING.y;
  const k = Math.abs(y) / (y > 0 ? OPENING.up : OPENING.down);
  return k >= 1 || t > 0.6 ? 0 : degrees(OPENING.angle) * Math.sqrt(1 - k ** 2.3);
}

/** The opening, `margin` metres outside its edge, as points at even distances: angle and way up the spine. */
export function openingCurve(margin, count) {
  const fine = steps(count * 4).map((s) => {
    const a = s * 2 * Math.PI - Math.PI / 2;
    const k = Math.sign(Math.sin(a)) * Math.abs(Math.sin(a)) ** 0.87;
    const t = atHeight(OPENING.y + k * ((k > 0 ? OPENING.up : OPENING.down) + margin));
    const wide = hoodGirth(hoodArc(t)) / (2 * Math.PI);
    const angle = (degrees(OPENING.angle) + margin / wide) * Math.cos(a);
    return { angle, arc: hoodArc(t), place: hoodPoint(t, angle), way: 0 };
  });
  fine.forEach((point, i) => {
    if (i) point.way = fine[i - 1].way + length(sub(point.place, fine[i - 1].place));
  });
  let i = 0;
  return steps(count).map((s) => {
    while (i + 1 < fine.length && fine[i].way < s * fine.at(-1).way) i++;
    return fine[i];
  });
}

function rowsOfHood(detail) {
  const below = [0, 0.35, 0.7].map((t) => atHeight(lerp(0.482, OPENING.y - OPENING.down, t)));
  const open = steps(detail.steps(20, 10)).map((t) => {
    const s = -Math.cos(t * Math.PI);
    const k = Math.sign(s) * Math.abs(s) ** 0.87;
    return atHeight(OPENING.y + k * (s > 0 ? OPENING.up : OPENING.down));
  });
  const top = open.at(-1);
  const above = steps(detail.steps(19, 10)).slice(1).map((t) => lerp(top, 1, t));
  return [...below, ...open, ...above];
}

export function hoodMesh(detail) {
  const mesh = sheet(steps(detail.steps(40, 20)), rowsOfHood(detail), (u, t) => {
    const open = openAngle(t);
    return hoodPoint(t, lerp(open, 2 * Math.PI - open, u));
  }, (p) => sub(p, [0, 0.75, -0.03]));
  const angles = mesh.params.map(([u, t]) => lerp(openAngle(t), 2 * Math.PI - openAngle(t), u));
  mesh.normals = mesh.params.map(([, t], i) => hoodNormal(t, angles[i]));
  const uvs = mesh.params.map(([, t], i) => inRegion('hood', angles[i] / (2 * Math.PI),
    1 - hoodArc(t) / HOOD_LENGTH));
  return { ...mesh, uvs };
}

function hoodNormal(t, angle) {
  const e = 0.006;
  const round = sub(hoodPoint(t, angle + 0.02), hoodPoint(t, angle - 0.02));
  const up = sub(hoodPoint(t + e, angle), hoodPoint(t - e, angle));
  return normalize(cross(up, round)).map((x) => -x);
}

/** The inside: a night sky that is seen between face and rim. */
export function hoodLining(detail) {
  const low = atHeight(OPENING.y - OPENING.down - 0.012);
  const high = atHeight(OPENING.y + OPENING.up + 0.012);
  const mesh = sheet(steps(detail.steps(26, 14)), steps(detail.steps(16, 9)), (u, v) => {
    const t = lerp(low, high, v);
    const open = openAngle(t) * 1.015;
    return hoodPoint(t, lerp(open, 2 * Math.PI - open, u), THICKNESS);
  }, (p) => sub([0, 0.7, -0.04], p));
  mesh.normals = smoothNormals(mesh);
  const uvs = mesh.params.map(([u, v]) => inRegion('night', u, 1 - v));
  return { ...mesh, uvs };
}

/** The padded rim along the opening. */
export function hoodRim(detail) {
  const path = steps(detail.steps(64, 36)).slice(0, -1).map((s) => {
    const a = s * 2 * Math.PI;
    const k = Math.sign(Math.sin(a)) * Math.abs(Math.sin(a)) ** 0.87;
    const t = atHeight(OPENING.y + k * (k > 0 ? OPENING.up : OPENING.down));
    return hoodPoint(t, degrees(OPENING.angle) * Math.cos(a), THICKNESS * 0.4);
  });
  return tube(path, detail.steps(9, 6), { closed: true, radius: () => 0.0165,
    up: (p) => sub(p, [0, p[1] * 0.4 + 0.42, -0.05]) });
}

