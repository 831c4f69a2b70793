// Sheets: grids of points given by a function of (u, v), and what can be done with any mesh.
import { add, cross, dot, normalize, scale, sub } from './vector.mjs';
import { flipTriangles } from './sdf.mjs';

/**
 * A grid over explicit rows and columns of parameters. `outward` says for a point which way is out,
 * so that no caller has to think about winding.
 */
export function sheet(columns, rows, place, outward) {
  const mesh = { positions: [], params: [], indices: [] };
  for (const v of rows) {
    for (const u of columns) {
      mesh.positions.push(place(u, v));
      mesh.params.push([u, v]);
    }
  }
  const width = columns.length;
  for (let j = 0; j + 1 < rows.length; j++) {
    for (let i = 0; i + 1 < width; i++) {
      const a = j * width + i;
      pushTriangle(mesh, a, a + 1, a + width);
      pushTriangle(mesh, a + 1, a + width + 1, a + width);
    }
  }
  mesh.normals = smoothNormals(mesh);
  return face(mesh, outward);
}

function pushTriangle(mesh, a, b, c) {
  const [p, q, r] = [a, b, c].map((i) => mesh.positions[i]);
  const area = cross(sub(q, p), sub(r, p));
  if (dot(area, area) > 1e-18) mesh.indices.push(a, b, c);
}

/** n+1 equal steps from 0 to 1. */
export const steps = (n) => Array.from({ length: n + 1 }, (_, i) => i / n);
/** Steps that are closer together at both ends. */
export const easedSteps = (n) => steps(n).map((t) => (1 - Math.cos(t * Math.PI)) / 2);

/** Turns the whole mesh so that it faces along `outward(point, index)`. */
export function face(mesh, outward) {
  let sum = 0;
  for (let t = 0; t < mesh.indices.length; t += 3) {
    const [a, b, c] = mesh.indices.slice(t, t + 3);
    const [p, q, r] = [a, b, c].map((i) => mesh.positions[i]);
    sum += dot(cross(sub(q, p), sub(r, p)), outward(p, a));
  }
  if (sum < 0) {
    flipTriangles(mesh.indices);
    mesh.normals = mesh.normals.map((n) => scale(n, -1));
  }
  return mesh;
}

/** Area-weighted normals; points at the same place share one, so that seams do not show. */
export function smoothNormals({ positions, indices }) {
  const key = (p) => p.map((x) => Math.round(x * 2e5)).join();
  const sums = new Map();
  for (let t = 0; t < indices.length; t += 3) {
    const [p, q, r] = [0, 1, 2].map((k) => positions[indices[t + k]]);
    const area = cross(sub(q, p), sub(r, p));
    for (const corner of [p, q, r]) {
      sums.set(key(corner), add(sums.get(key(corner)) ?? [0, 0, 0], area));
    }
  }
  return positions.map((p) => normalize(sums.get(key(p)) ?? [0, 0, 1]));
}

/** Drops the triangles all of whose corners are hidden, and the points that nothing uses then. */
export function without(mesh, hidden) {
  const gone = mesh.positions.map(hidden);
  const names = new Map();
  const kept = { ...mesh, positions: [], normals: [], indices: [] };
  if (mesh.params) kept.params = [];
  for (let t = 0; t < mesh.indices.length; t += 3) {
    const corners = mesh.indices.slice(t, t + 3);
    if (corners.every((i) => gone[i])) continue;
    for (const i of corners) {
      if (!names.has(i)) {
        names.set(i, kept.positions.length);
        kept.positions.push(mesh.positions[i]);
        kept.normals.push(mesh.normals[i]);
        kept.params?.push(mesh.params[i]);
      }
      kept.indices.push(names.get(i));
    }
  }
  return kept;
}

/** A tube along a path of points; `radius(i)` may change along it, `flat` squeezes it sideways. */
export function tube(path, sides, { closed = false, radius, flat = 1, up }) {
  const n = path.length;
  const wrap = (i) => (closed ? (i + n) % n : Math.min(n - 1, Math.max(0, i)));
  const frame = path.map((p, i) => {
    const along = normalize(sub(path[wrap(i + 1)], path[wrap(i - 1)]));
    const out = up(p, i);
    const side = normalize(cross(along, out));
    return { side, out: normalize(cross(side, along)) };
  });
  const rows = Array.from({ length: closed ? n + 1 : n }, (_, i) => i);
  const mesh = sheet(steps(sides), rows, (u, i) => {
    const k = wrap(i);
    const a = u * 2 * Math.PI;
    const { side, out } = frame[k];
    return add(path[k], add(scale(side, Math.cos(a) * radius(k) * flat),
      scale(out, Math.sin(a) * radius(k))));
  }, (p, i) => sub(p, path[wrap(Math.floor(i / (sides + 1)))]));
  mesh.pathIndex = mesh.params.map(([, i]) => wrap(i));
  return mesh;
}

/** A ball or part of one, as rings around +Y. */
export function sphere(centre, radius, columns, rows) {
  return sheet(steps(columns), steps(rows), (u, v) => {
    const a = u * 2 * Math.PI;
    const e = (v - 0.5) * Math.PI;
    return add(centre, [Math.sin(a) * Math.cos(e) * radius, Math.sin(e) * radius,
      Math.cos(a) * Math.cos(e) * radius]);
  }, (p) => sub(p, centre));
}
