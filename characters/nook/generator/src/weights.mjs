// Which joints move a point, and how much: at most four, their sum one.
import { add, clamp, dot, length, lerp, scale, smooth, sub } from './vector.mjs';
import { ARM, ARM_DIRECTION, SHOULDER } from './skeleton.mjs';

export const sideOf = (p) => (p[0] >= 0 ? 'Left' : 'Right');

export function normalized(skeleton, entries) {
  const sums = new Map();
  for (const [name, weight] of entries) {
    if (weight > 0.006) sums.set(name, (sums.get(name) ?? 0) + weight);
  }
  const largest = [...sums].sort((a, b) => b[1] - a[1]).slice(0, 4);
  const total = largest.reduce((sum, [, w]) => sum + w, 0);
  return largest.map(([name, w]) => [skeleton.index(name), w / total]);
}

export const rigid = (skeleton, mesh, name) => mesh.positions.map(() => [[skeleton.index(name), 1]]);

function segments(skeleton) {
  const ends = new Map();
  for (const joint of skeleton.joints) {
    const children = skeleton.joints.filter((j) => j.parent === joint.name && !j.follows);
    const mean = children.reduce((sum, c) => add(sum, scale(c.sculpt, 1 / children.length)), [0, 0, 0]);
    const parent = skeleton.joints[joint.parentIndex];
    ends.set(joint.name, [joint.sculpt, children.length ? mean
      : add(joint.sculpt, scale(sub(joint.sculpt, parent?.sculpt ?? [0, 0, 0]), 0.7))]);
  }
  return ends;
}

function distance(p, [a, b]) {
  const axis = sub(b, a);
  const t = clamp(dot(sub(p, a), axis) / (dot(axis, axis) || 1));
  return length(sub(sub(p, a), scale(axis, t)));
}

/** By distance from the bones that `candidates(p)` names, then smoothed over the mesh. */
export function byDistance(skeleton, mesh, candidates, { power = 4, rounds = 4 } = {}) {
  const ends = segments(skeleton);
  let weights = mesh.positions.map((p) => {
    const own = new Map();
    let sum = 0;
    for (const name of candidates(p)) {
      const w = 1 / (distance(p, ends.get(name)) + 0.004) ** power;
      own.set(name, w);
      sum += w;
    }
    for (const [name, w] of own) own.set(name, w / sum);
    return own;
  });
  const neighbours = mesh.positions.map(() => new Set());
  for (let t = 0; t < mesh.indices.length; t += 3) {
    const triangle = mesh.indices.slice(t, t + 3);
    triangle.forEach((i, k) => neighbours[i].add(triangle[(k + 1) % 3]).add(triangle[(k + 2) % 3]));
  }
  for (let round = 0; round < rounds; round++) {
    weights = weights.map((own, i) => {
      if (!neighbours[i].size) return own;
      const next = new Map([...own].map(([name, w]) => [name, w * 0.5]));
      for (const j of neighbours[i]) {
        for (const [name, w] of weights[j]) next.set(name, (next.get(name) ?? 0) + (w * 0.5) / neighbours[i].size);
      }
      return next;
    });
  }
  return weights.map((own) => normalized(skeleton, [...own]));
}

/** The cape: shoulders by chest and half joint, the long back by its own chain. */
export function capeWeights(skeleton, points) {
  return points.map(({ position: p, angle, v }) => {
    const a = Math.abs(angle);
    const side = Math.exp(-(((a - 1.5) / 0.68) ** 2)) * smooth(v, 0.12, 0.75);
    const rest = 1 - side * 0.85;
    const own = [[`${angle >= 0 ? 'Left' : 'Right'}CapeSide`, side * 0.62], [`${angle >= 0 ? 'Left' : 'Right'}UpperArm`, side * 0.23]];
    const back = smooth(a, 1.9, 2.6);
    if (back > 0.01) {
      const k = clamp((0.446 - p[1]) / 0.066, 0, 2.999);
      const hang = back * smooth(0.466 - p[1], 0, 0.06);
      const i = Math.floor(k);
      own.push(['UpperChest', rest * (1 - hang)], [`CapeBack${i + 1}`, rest * hang * (1 - (k - i))],
        [`CapeBack${i + 2}`, rest * hang * (k - i)]);
    } else {
      const down = clamp((0.446 - p[1]) / 0.3);
      own.push(['UpperChest', rest * (1 - down * 0.5)], ['Chest', rest * down * 0.5]);
    }
    return normalized(skeleton, own);
  });
}

/** The skirt: its front follows the thighs, by half first and then whole; its back stays. */
export function skirtWeights(skeleton, mesh, base) {
  return mesh.positions.map((p, i) => {
    const down = smooth(0.3 - p[1], 0, 0.095);
    const front = lerp(0.2, 0.97, smooth(p[2], -0.115, 0.05));
    const k = down * front;
    const left = smooth(p[0], -0.035, 0.035);
    const far = smooth(down * front, 0.45, 0.95);
    const own = base[i].map(([index, w]) => [skeleton.joints[index].name, w * (1 - k)]);
    for (const [side, share] of [['Left', left], ['Right', 1 - left]]) {
      own.push([`${side}UpperLeg`, k * share * far], [`${side}Skirt`, k * share * (1 - far)]);
    }
    return normalized(skeleton, own);
  });
}

/** The sleeve: shoulder, upper arm, half joint of the elbow, lower arm. */
export function sleeveWeights(skeleton, mesh, sideName) {
  const sign = sideName === 'Left' ? 1 : -1;
  return mesh.positions.map((p) => {
    const t = dot(sub([p[0] * sign, p[1], p[2]], SHOULDER), ARM_DIRECTION);
    const half = smooth(t, ARM.elbow - 0.055, ARM.elbow - 0.004);
    const lower = smooth(t, ARM.elbow + 0.002, ARM.elbow + 0.05);
    const body = 1 - smooth(t, -0.02, 0.04);
    return normalized(skeleton, [
      [`${sideName}UpperArm`, (1 - half) * (1 - body * 0.7)],
      [`${sideName}CapeSide`, (1 - half) * body * 0.7],
      [`${sideName}Elbow`, half * (1 - lower)],
      [`${sideName}LowerArm`, lower]]);
  });
}
