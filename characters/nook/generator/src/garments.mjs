// Cape, tunic and sleeves: the lower roof, the house with its lit windows, the wide cuffs.
import { inRegion, plain } from './atlas.mjs';
import { sheet, smoothNormals, steps, tube } from './surface.mjs';
import { ARM_UP, alongArm } from './skeleton.mjs';
import { add, clamp, lerp, mirror, scale, smooth, spline, sub } from './vector.mjs';

const CAPE_TOP = 0.535;
const CAPE_LENGTH = 0.36;
/** The angle at which the cape opens in front; its lower corner is round. */
export const frontEdge = (v) => lerp(0.05, 0.36, clamp(v) ** 0.9) +
  0.5 * (1 - Math.sqrt(1 - clamp((v - 0.55) / 0.45) ** 2));

/** Height of the hem at an angle from the front: short before, long behind. */
function hemHeight(angle) {
  const a = Math.abs(angle);
  let y = lerp(0.415, 0.375, smooth(a, 0.3, 1.1));
  y = lerp(y, 0.352, smooth(a, 1.1, 1.75));
  return lerp(y, 0.19, smooth(a, 1.8, 2.55));
}

/** A point of the cape: v from the neck (0) to the hem (1). */
export function capePoint(angle, v, inset = 0) {
  const y = lerp(CAPE_TOP, hemHeight(angle), v);
  const down = (CAPE_TOP - y) / 0.16;
  const spread = down < 1 ? 1 - Math.abs(1 - Math.max(0, down)) ** 2.1 : 1 + (down - 1) * 0.2;
  const fold = 1 + 0.03 * Math.max(0, v) ** 1.5 * Math.cos(angle * 7 + Math.PI) * smooth(Math.abs(angle), 0.9, 2.2);
  const rx = lerp(0.08, 0.202, spread) * fold - inset;
  const rz = lerp(0.078, 0.142, spread) * fold - inset;
  const back = Math.cos(angle) < 0 ? -0.014 - 0.02 * v : 0;
  return [Math.sin(angle) * rx, y, Math.cos(angle) * rz + back];
}

const capeAngle = (u, v) => {
  const edge = frontEdge(v);
  const a = lerp(edge, 2 * Math.PI - edge, u);
  return a > Math.PI ? a - 2 * Math.PI : a;
};

export function capeMesh(detail) {
  const columns = steps(detail.steps(60, 26));
  const rows = easedRows(detail.steps(11, 6));
  const place = (u, v, inset) => capePoint(capeAngle(u, v), v, inset);
  const outer = sheet(columns, rows, (u, v) => place(u, v, 0), (p) => [p[0], 0.04, p[2]]);
  outer.normals = outer.params.map(([u, v], i) => capeNormal(u, v, outer.normals[i]));
  outer.uvs = outer.params.map(([u, v], i) => onCape(capeAngle(u, v), outer.positions[i][1]));
  const inner = sheet(steps(detail.steps(36, 20)), easedRows(detail.steps(6, 5)),
    (u, v) => place(u, v, 0.006), (p) => [-p[0], -0.04, -p[2]]);
  inner.uvs = inner.params.map(([u, v]) => inRegion('lining', u, v));
  return { outer, inner };
}

/** Rows that lie closer together towards the hem, where the front corner is round. */
const easedRows = (n) => steps(n).map((t) => 1 - (1 - t) ** 1.5);

/** By angle and height, so that every tile has the same size, on the short front and the long back. */
const onCape = (angle, y) => inRegion('cape', (angle < 0 ? angle + 2 * Math.PI : angle) / (2 * Math.PI),
  (CAPE_TOP - y) / CAPE_LENGTH);

/** Shaded as the exact surface is, not as its triangles are. */
function capeNormal(u, v, fallback) {
  const a = capeAngle(u, v);
  const e = 0.02;
  const across = sub(capePoint(a + e, v), capePoint(a - e, v));
  const down = sub(capePoint(a, v + e), capePoint(a, v - e));
  const n = [down[1] * across[2] - down[2] * across[1], down[2] * across[0] - down[0] * across[2],
    down[0] * across[1] - down[1] * across[0]];
  const l = Math.hypot(...n);
  if (l < 1e-9) return fallback;
  const out = n.map((x) => x / l);
  return out[0] * fallback[0] + out[1] * fallback[1] + out[2] * fallback[2] < 0 ? out.map((x) => -x) : out;
}

/** How far down the cape a point lies and at which angle; the weights are made of it. */
export function capeParameters(mesh) {
  return mesh.params.map(([u, v]) => ({ angle: capeAngle(u, v), v }));
}

/** Cream piping in one piece: down one front edge, along the hem, up the other. */
export function capePiping(detail) {
  const down = steps(detail.steps(13, 8)).map((t) => lerp(0.02, 1, 1 - (1 - t) ** 1.7));
  const corner = frontEdge(1);
  const hem = steps(detail.steps(36, 24)).slice(1, -1).map((t) => lerp(corner, 2 * Math.PI - corner, t));
  const turned = (a) => (a > Math.PI ? a - 2 * Math.PI : a);
  const cape = [...down.map((v) => ({ angle: frontEdge(v), v })), ...hem.map((a) => ({ angle: turned(a), v: 1 })),
    ...down.map((v) => ({ angle: -frontEdge(v), v })).reverse()];
  const path = cape.map(({ angle, v }) => capePoint(angle, v, 0.002));
  const mesh = tube(path, detail.steps(7, 5), { radius: () => 0.0094, up: (p) => [p[0], 0.06, p[2]] });
  return { ...mesh, cape: mesh.pathIndex.map((i) => cape[i]), uvs: mesh.positions.map(() => plain('cream')) };
}

export function collarMesh(detail) {
  const path = steps(detail.steps(30, 18)).slice(0, -1).map((s) => {
    const a = s * 2 * Math.PI;
    return [Math.sin(a) * 0.128, 0.518 - 0.006 * Math.cos(a), Math.cos(a) * 0.117 - 0.012];
  });
  const mesh = tube(path, detail.steps(8, 6), { closed: true, radius: () => 0.0145,
    up: (p) => [p[0], 0, p[2]] });
  return { ...mesh, uvs: mesh.positions.map(() => plain('cream')) };
}

// Height, half width, depth of the tunic; the last rows fold inwards under the hem.
const TUNIC = [[0.508, 0.05, 0.046], [0.47, 0.07, 0.064], [0.42, 0.08, 0.078], [0.36, 0.09, 0.09],
  [0.3, 0.103, 0.103], [0.245, 0.12, 0.117], [0.205, 0.138, 0.131], [0.19, 0.143, 0.135],
  [0.184, 0.136, 0.129], [0.192, 0.112, 0.108], [0.215, 0.06, 0.055]];
const HEM_ROW = 7;

export function tunicMesh(detail) {
  const rows = steps(detail.steps(22, 14)).map((t) => t * (TUNIC.length - 1));
  const mesh = sheet(steps(detail.steps(38, 20)), rows, (u, t) => {
    const [y, rx, rz] = spline(TUNIC, t);
    const a = (u - 0.5) * 2 * Math.PI;
    const wave = 1 + 0.022 * smooth(0.3 - y, 0, 0.1) * Math.cos(a * 6);
    return [Math.sin(a) * rx * wave, y, Math.cos(a) * rz * wave];
  }, (p, i) => (Math.floor(i / (detail.steps(38, 20) + 1)) > rows.length * 0.8 ? [0, -1, 0] : [p[0], 0, p[2]]));
  const uvs = mesh.params.map(([u, t]) => (t > HEM_ROW + 0.9 ? plain('night')
    : inRegion('tunic', u, t / (HEM_ROW + 1))));
  return { ...mesh, uvs };
}

// Distance along the arm and radius; the cuff is wide and folds back inside.
const SLEEVE = [[-0.014, 0.034], [0.024, 0.042], [0.07, 0.041], [0.115, 0.039], [0.16, 0.042],
  [0.203, 0.05], [0.234, 0.058], [0.246, 0.06], [0.249, 0.056], [0.238, 0.049], [0.21, 0.034], [0.2, 0.02]];
const CUFF_ROW = 7;

export function sleeveMesh(detail, side) {
  const rows = steps(detail.steps(19, 13)).map((t) => t * (SLEEVE.length - 1));
  const width = detail.steps(20, 12);
  const mesh = sheet(steps(width), rows, (u, t) => {
    const [along, radius] = spline(SLEEVE, t);
    const a = u * 2 * Math.PI;
    // The lower side of the cuff hangs.
    const sag = 1 + 0.22 * smooth(along, 0.14, 0.24) * Math.max(0, -Math.cos(a));
    const p = add(alongArm(along), add(scale(ARM_UP, Math.cos(a) * radius * sag),
      [0, 0, Math.sin(a) * radius]));
    return mirror(p, side);
  }, (p, i) => {
    const t = rows[Math.floor(i / (width + 1))];
    const axis = mirror(alongArm(spline(SLEEVE, t)[0]), side);
    return scale(sub(p, axis), t > CUFF_ROW + 1.2 ? -1 : 1);
  });
  mesh.normals = smoothNormals(mesh);
  const outwards = mesh.positions.map((p, i) => {
    const t = rows[Math.floor(i / (width + 1))];
    return sub(p, mirror(alongArm(spline(SLEEVE, Math.min(t, CUFF_ROW))[0]), side));
  });
  const facing = outwards.reduce((sum, o, i) => {
    const inside = rows[Math.floor(i / (width + 1))] > CUFF_ROW;
    return inside ? sum : sum + o[0] * mesh.normals[i][0] + o[1] * mesh.normals[i][1] + o[2] * mesh.normals[i][2];
  }, 0);
  if (facing < 0) mesh.normals = mesh.normals.map((n) => scale(n, -1));
  const uvs = mesh.params.map(([u, t]) => (t > CUFF_ROW + 1.4 ? plain('night')
    : inRegion('sleeve', u, t / (CUFF_ROW + 1.4))));
  return { ...mesh, uvs, along: mesh.params.map(([, t]) => spline(SLEEVE, t)[0]) };
}
