// The drawn face: each feature is a small sheet on the skin whose outline is a function of the
// expression's numbers, so that lids cut iris and sclera exactly and every expression is a morph.
import { onFace } from './head.mjs';
import { SHAPES, faceState } from './expressions.mjs';
import { swatch, inFaceAtlas } from './face_atlas.mjs';
import { clamp, lerp, smooth } from './vector.mjs';

const EYE = { x: 0.0785, y: 0.692, half: 0.0392, up: 0.051, down: 0.048 };
const MOUTH_Y = 0.6125;
const LIFT = { sclera: 0.0012, iris: 0.002, mouth: 0.0012, tongue: 0.0018, lip: 0.0026,
  shine: 0.003, brow: 0.0035, lash: 0.004 };

const bow = (s, round, power) => Math.max(0, 1 - Math.abs(s) ** round) ** power;
const openUp = (s, eye) => EYE.up * eye.wide * bow(s - 0.04 * (1 - s * s), 2.5, 0.62) + 0.002 * s;
const openDown = (s, eye) => -EYE.down * eye.wide * bow(s, 2.3, 0.62) + 0.002 * s;

/** Upper and lower edge of the opening between the lids; s runs from the nose (-1) outwards (1). */
function lids(s, eye) {
  const closed = EYE.down * eye.meet + 0.01 * eye.arch * (1 - s * s) * (eye.arch > 0 ? 2.1 : 1) -
    (eye.arch > 0 ? 0.006 : 0);
  let upper = lerp(openUp(s, eye), closed, eye.lid);
  const lower = lerp(openDown(s, eye), closed, eye.lid > 0.9 ? eye.lid : eye.low);
  if (eye.lid < 0.9 && eye.tilt) {
    upper = Math.min(openUp(s, eye), upper - eye.tilt * s * 0.022 - Math.abs(eye.tilt) * 0.004);
  }
  return { upper: Math.max(upper, lower), lower };
}

/** Points along a curve, thickened by `width(a)` at right angles; b in [0,1] is across. */
function ribbon(curve, width) {
  return (a, b) => {
    const [before, at, after] = [Math.max(0, a - 0.01), a, Math.min(1, a + 0.01)].map(curve);
    const [dx, dy] = [after[0] - before[0], after[1] - before[1]];
    const l = Math.hypot(dx, dy) || 1;
    return [at[0] - (dy / l) * width(a) * b, at[1] + (dx / l) * width(a) * b];
  };
}

const across = (a) => -Math.cos(a * Math.PI);
const rounded = (s) => Math.sqrt(Math.max(0, 1 - s * s));
const thin = (a, from, span) => Math.sin(Math.PI * clamp(from + span * a));

const IRIS = { rx: 0.0352, ry: 0.048 };

function eyeFeatures(detail, side) {
  const sign = side === 'left' ? 1 : -1;
  const place = (x, y) => [sign * (EYE.x + x), EYE.y + y];
  const cutByLids = (x, y, eye) => {
    const held = clamp(x, -EYE.half * 0.985, EYE.half * 0.985);
    const { upper, lower } = lids(held / EYE.half, eye);
    return place(held, clamp(y, lower, upper));
  };
  const shine = (x, y, rx, ry) => ({
    lift: LIFT.shine, columns: detail.steps(10, 6), rows: detail.steps(5, 3), uv: () => swatch('shine'),
    at: (state, a, b) => {
      const eye = state[side];
      const s = across(a);
      const h = rounded(s) * ry;
      return cutByLids(sign * x + s * rx - 0.0012 + sign * eye.lookX * 0.0038,
        y + lerp(-h, h, b) + eye.lookY * 0.0036, eye);
    },
  });
  const upperLid = (eye) => (a) => {
    const s = Math.cos(lerp(Math.PI * 0.975, Math.PI * 0.085, a));
    const shut = smooth(eye.lid, 0.5, 1);
    const wing = smooth(a, 0.66, 1) ** 1.3;
    const flick = 0.0135 * (1 - shut) - shut * (eye.arch > 0 ? 0.002 : -0.001);
    return place(s * EYE.half + wing * 0.006 * (1 - shut * 0.5), lids(s, eye).upper + wing * flick);
  };
  const lowerLid = (eye) => (a) => {
    const s = Math.cos(lerp(Math.PI * 0.97, 0.02, a));
    return place(s * EYE.half, lids(s, eye).lower);
  };
  return [
    { lift: LIFT.sclera, columns: detail.steps(20, 12), rows: detail.steps(5, 3),
      uv: (a, b) => inFaceAtlas('sclera', a, 1 - b),
      at: (state, a, b) => {
        const { upper, lower } = lids(across(a), state[side]);
        return place(across(a) * EYE.half, lerp(lower, upper, b));
      } },
    { lift: LIFT.iris, columns: detail.steps(18, 12), rows: detail.steps(9, 6),
      uv: (a, b) => {
        const h = rounded(across(a));
        return inFaceAtlas('iris', 0.5 + 0.49 * across(a) * sign, 0.5 - 0.49 * lerp(-h, h, b));
      },
      at: (state, a, b) => {
        const eye = state[side];
        const h = rounded(across(a)) * IRIS.ry * eye.iris;
        return cutByLids(across(a) * IRIS.rx * eye.iris - 0.0012 + sign * eye.lookX * 0.0125,
          lerp(-h, h, b) + 0.0042 + eye.lookY * 0.012, eye);
      } },
    shine(0.0118, 0.0195, 0.0108, 0.013),
    shine(-0.0135, -0.0185, 0.0054, 0.006),
    { lift: LIFT.lash, columns: detail.steps(26, 14), rows: 1, uv: () => swatch('line'),
      at: (state, a, b) => ribbon(upperLid(state[side]),
        (t) => 0.0088 * thin(t, 0.02, 0.965) ** 0.8 * (0.5 + 0.62 * t))(a, b - 0.25) },
    { lift: LIFT.lash - 0.0006, columns: detail.steps(18, 10), rows: 1, uv: () => swatch('soft'),
      at: (state, a, b) => ribbon(lowerLid(state[side]), (t) => 0.003 * thin(t, 0.06, 0.8))(a, b - 0.5) },
    { lift: LIFT.lash - 0.001, columns: detail.steps(10, 6), rows: 1, uv: () => swatch('soft'),
      at: (state, a, b) => {
        const eye = state[side];
        const s = lerp(-0.55, 0.72, a);
        const y = lerp(openUp(s, eye) + 0.0095, lids(s, eye).upper + 0.0125, 0.35);
        return place(s * EYE.half * 1.02, y + (b - 0.5) * 0.0017 * thin(a, 0.06, 0.9));
      } },
    { lift: LIFT.brow, columns: detail.steps(12, 8), rows: 1, uv: () => swatch('brow'),
      at: (state, a, b) => {
        const eye = state[side];
        const s = a * 2 - 1;
        const width = 0.0088 * thin(a, 0.035, 0.945) ** 0.62 * (1.12 - 0.5 * a);
        const y = 0.0735 + eye.browY + 0.0045 * eye.browArch * (1 - s * s) - s * 0.019 * eye.browTilt - 0.0015 * s;
        return place(s * 0.0195 + 0.004, y + (b - 0.5) * width);
      } },
  ];
}

function lip(s, mouth, edge) {
  const open = smooth(mouth.upper - mouth.lower, 0.004, 0.02);
  const power = edge === 'lower' ? lerp(0.8, 0.56, open) : 0.8;
  return mouth.corner + (mouth[edge] - mouth.corner) * Math.max(0, 1 - Math.abs(s) ** 2.2) ** power;
}

function mouthFeatures(detail) {
  const edge = (name, width) => ({
    lift: LIFT.lip, columns: detail.steps(18, 10), rows: 1, uv: () => swatch('line'),
    at: ({ mouth }, a, b) => [across(a) * mouth.width * 1.03,
      MOUTH_Y + lip(across(a), mouth, name) + (b - 0.5) * width * (0.45 + 0.55 * Math.sin(Math.PI * a))],
  });
  return [
    { lift: LIFT.mouth, columns: detail.steps(16, 10), rows: detail.steps(5, 3),
      uv: (a, b) => inFaceAtlas('mouth', (1 - Math.cos(a * Math.PI)) / 2, 1 - b),
      at: ({ mouth }, a, b) => [across(a) * mouth.width,
        MOUTH_Y + lerp(lip(across(a), mouth, 'lower'), lip(across(a), mouth, 'upper'), b)] },
    edge('upper', 0.0036),
    edge('lower', 0.003),
  ];
}

const STILL = 2e-5;

function featureMesh(feature) {
  const { columns, rows, lift } = feature;
  const drawn = (state) => {
    const points = [];
    for (let i = 0; i <= columns; i++) {
      for (let j = 0; j <= rows; j++) points.push(feature.at(state, i / columns, j / rows));
    }
    return points;
  };
  const flat = drawn(faceState('neutral'));
  const rest = flat.map(([x, y]) => onFace(x, y, lift));
  const morphs = {};
  for (const name of Object.keys(SHAPES)) {
    morphs[name] = drawn(faceState(name)).map(([x, y], i) => {
      const moved = onFace(x, y, lift).position;
      return moved.map((value, d) => {
        const delta = value - rest[i].position[d];
        return Math.abs(delta) < STILL ? 0 : delta;
      });
    });
  }
  const indices = [];
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j < rows; j++) {
      const a = i * (rows + 1) + j;
      const c = a + rows + 1;
      indices.push(a, c, a + 1, a + 1, c, c + 1);
    }
  }
  let area = 0;
  for (let t = 0; t < indices.length; t += 3) {
    const [p, q, r] = [0, 1, 2].map((k) => flat[indices[t + k]]);
    area += (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
  }
  if (area < 0) {
    for (let t = 0; t < indices.length; t += 3) {
      [indices[t + 1], indices[t + 2]] = [indices[t + 2], indices[t + 1]];
    }
  }
  const uvs = [];
  for (let i = 0; i <= columns; i++) {
    for (let j = 0; j <= rows; j++) uvs.push(feature.uv(i / columns, j / rows));
  }
  return { positions: rest.map((r) => r.position), normals: rest.map((r) => r.normal), indices, uvs, morphs };
}

export function faceMeshes(detail) {
  return [...eyeFeatures(detail, 'left'), ...eyeFeatures(detail, 'right'), ...mouthFeatures(detail)]
    .map(featureMesh);
}
