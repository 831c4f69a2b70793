// Rotations as quaternions [x, y, z, w].
import { cross, degrees, dot, normalize } from './vector.mjs';

export const NONE = [0, 0, 0, 1];

export function times(a, b) {
  return [
    a[3] * b[0] + a[0] * b[3] + a[1] * b[2] - a[2] * b[1],
    a[3] * b[1] - a[0] * b[2] + a[1] * b[3] + a[2] * b[0],
    a[3] * b[2] + a[0] * b[1] - a[1] * b[0] + a[2] * b[3],
    a[3] * b[3] - a[0] * b[0] - a[1] * b[1] - a[2] * b[2],
  ];
}
export const inverse = (q) => [-q[0], -q[1], -q[2], q[3]];

export function about(axis, angle) {
  const s = Math.sin(degrees(angle) / 2);
  return [axis[0] * s, axis[1] * s, axis[2] * s, Math.cos(degrees(angle) / 2)];
}
/** Degrees about X, Y and Z; Z is applied first. */
export const turn = ([x, y, z]) => times(times(about([1, 0, 0], x), about([0, 1, 0], y)), about([0, 0, 1], z));

export function apply(q, v) {
  const t = cross(q, v).map((x) => 2 * x);
  const u = cross(q, t);
  return [0, 1, 2].map((i) => v[i] + q[3] * t[i] + u[i]);
}

/** The rotation that takes the axes X, Y and Z to these. */
export function fromAxes(x, y, z) {
  const trace = x[0] + y[1] + z[2];
  if (trace > 0) {
    const s = 2 * Math.sqrt(trace + 1);
    return [(y[2] - z[1]) / s, (z[0] - x[2]) / s, (x[1] - y[0]) / s, s / 4];
  }
  if (x[0] > y[1] && x[0] > z[2]) {
    const s = 2 * Math.sqrt(1 + x[0] - y[1] - z[2]);
    return [s / 4, (y[0] + x[1]) / s, (z[0] + x[2]) / s, (y[2] - z[1]) / s];
  }
  if (y[1] > z[2]) {
    const s = 2 * Math.sqrt(1 + y[1] - x[0] - z[2]);
    return [(y[0] + x[1]) / s, s / 4, (z[1] + y[2]) / s, (z[0] - x[2]) / s];
  }
  const s = 2 * Math.sqrt(1 + z[2] - x[0] - y[1]);
  return [(z[0] + x[2]) / s, (z[1] + y[2]) / s, s / 4, (x[1] - y[0]) / s];
}

/** The part of `v` at right angles to the unit vector `axis`, made one long. */
export const beside = (v, axis) => normalize(v.map((x, i) => x - axis[i] * dot(v, axis)));
export const mirrored = (q) => [q[0], -q[1], -q[2], q[3]];
