// Vectors as arrays of three numbers, and the few scalar curves that shapes and motion are made of.
export const add = (a, b) => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const sub = (a, b) => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const scale = (a, s) => [a[0] * s, a[1] * s, a[2] * s];
export const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const length = (a) => Math.hypot(a[0], a[1], a[2]);
export const cross = (a, b) => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
export const normalize = (a) => {
  const l = length(a) || 1;
  return [a[0] / l, a[1] / l, a[2] / l];
};
export const mirror = (a, side) => [a[0] * side, a[1], a[2]];

export const lerp = (a, b, t) => a + (b - a) * t;
export const mix = (a, b, t) => [lerp(a[0], b[0], t), lerp(a[1], b[1], t), lerp(a[2], b[2], t)];
export const clamp = (x, low = 0, high = 1) => Math.min(high, Math.max(low, x));
/** 0 below `from`, 1 above `to`, an S between them. */
export const smooth = (x, from, to) => {
  const t = clamp((x - from) / (to - from));
  return t * t * (3 - 2 * t);
};
export const degrees = (d) => (d * Math.PI) / 180;

/** Catmull-Rom through rows of numbers at equal steps; t runs from 0 to rows-1. */
export function spline(rows, t) {
  const last = rows.length - 1;
  const i = Math.min(last - 1, Math.max(0, Math.floor(t)));
  const f = clamp(t - i);
  const [a, b, c, d] = [Math.max(0, i - 1), i, i + 1, Math.min(last, i + 2)].map((k) => rows[k]);
  return b.map((_, k) => 0.5 * (2 * b[k] + (c[k] - a[k]) * f +
    (2 * a[k] - 5 * b[k] + 4 * c[k] - d[k]) * f * f +
    (3 * b[k] - a[k] - 3 * c[k] + d[k]) * f * f * f));
}

/** Finds x in [low, high] where the rising function f crosses zero. */
export function bisect(f, low, high, steps = 28) {
  for (let i = 0; i < steps; i++) {
    const middle = (low + high) / 2;
    if (f(middle) < 0) low = middle;
    else high = middle;
  }
  return low;
}
