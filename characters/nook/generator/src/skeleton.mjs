// The joints, modelled with the arms down; the T-pose that VRM asks for is computed from it.
import { add, degrees, mirror, scale, sub } from './vector.mjs';

export const ARM_ANGLE = degrees(54);
export const SHOULDER = [0.079, 0.462, -0.006];
export const ARM = { elbow: 0.13, wrist: 0.25 };
const ARM_AXIS = [Math.cos(ARM_ANGLE), -Math.sin(ARM_ANGLE), 0];
export const ARM_UP = [Math.sin(ARM_ANGLE), Math.cos(ARM_ANGLE), 0];
export const ARM_DIRECTION = ARM_AXIS;
/** A point on the axis of the left arm, `t` metres from the shoulder. */
export const alongArm = (t) => add(SHOULDER, scale(ARM_AXIS, t));

const SPINE = [
  ['Root', null, [0, 0, 0]],
  ['Hips', 'Root', [0, 0.228, 0], 'hips'],
  ['Spine', 'Hips', [0, 0.29, 0], 'spine'],
  ['Chest', 'Spine', [0, 0.355, 0], 'chest'],
  ['UpperChest', 'Chest', [0, 0.42, 0], 'upperChest'],
  ['Neck', 'UpperChest', [0, 0.5, -0.005], 'neck'],
  ['Head', 'Neck', [0, 0.54, 0], 'head'],
];
const FINGERS = [['Index', 0.024], ['Middle', 0], ['Little', -0.024]];

/** Half joints follow a bone by a part of its turn: they keep elbow, cape and skirt from folding. */
const SIDE = [
  ['Shoulder', 'UpperChest', [0.03, 0.466, 0], 'Shoulder'],
  ['UpperArm', 'Shoulder', SHOULDER, 'UpperArm'],
  ['CapeSide', 'UpperChest', SHOULDER, null, ['UpperArm', 0.55]],
  ['Elbow', 'UpperArm', alongArm(ARM.elbow), null, ['LowerArm', 0.5]],
  ['LowerArm', 'UpperArm', alongArm(ARM.elbow), 'LowerArm'],
  ['Hand', 'LowerArm', alongArm(ARM.wrist), 'Hand'],
  ['ThumbMetacarpal', 'Hand', add(alongArm(0.26), [0, 0, 0.024]), 'ThumbMetacarpal'],
  ['ThumbProximal', 'ThumbMetacarpal', add(alongArm(0.274), [0, 0, 0.042]), 'ThumbProximal'],
  ...FINGERS.flatMap(([finger, z]) => [
    [`${finger}Proximal`, 'Hand', add(alongArm(0.29), [0, 0, z]), `${finger}Proximal`],
    [`${finger}Intermediate`, `${finger}Proximal`, add(alongArm(0.308), [0, 0, z * 1.15]),
      `${finger}Intermediate`],
  ]),
  ['UpperLeg', 'Hips', [0.05, 0.2, 0], 'UpperLeg'],
  ['Skirt', 'Hips', [0.05, 0.2, 0], null, ['UpperLeg', 0.55]],
  ['LowerLeg', 'UpperLeg', [0.052, 0.122, 0.004], 'LowerLeg'],
  ['Foot', 'LowerLeg', [0.054, 0.046, -0.004], 'Foot'],
  ['Toes', 'Foot', [0.056, 0.018, 0.05], 'Toes'],
];

function chain(name, parent, points) {
  return points.map((at, i) => [`${name}${i + 1}`, i ? `${name}${i}` : parent, at]);
}
export const HOOD_CHAIN = [[-0.012, 0.96, -0.068], [0.022, 1.082, -0.086],
  [0.108, 1.102, -0.076], [0.166, 1.018, -0.056]];
export const CAPE_CHAIN = [0, 1, 2, 3].map((i) => [0, 0.42 - 0.066 * i, -0.1 - 0.018 * i]);

function rows() {
  const all = [...SPINE, ...chain('HoodTip', 'Head', HOOD_CHAIN),
    ...chain('CapeBack', 'UpperChest', CAPE_CHAIN)];
  for (const [side, sign] of [['Left', 1], ['Right', -1]]) {
    const own = new Set(SIDE.map(([name]) => name));
    for (const [name, parent, at, bone, follows] of SIDE) {
      all.push([side + name, own.has(parent) ? side + parent : parent, mirror(at, sign),
        bone && side.toLowerCase() + bone, follows && [side + follows[0], follows[1]]]);
    }
  }
  return all;
}

/** How far the sculpt pose turns a joint from the T-pose, and about which point. */
function sculptTurn(name, joints) {
  const side = name.startsWith('Left') ? 1 : -1;
  if (/CapeSide$/.test(name)) {
    return { angle: -ARM_ANGLE * 0.55 * side, pivot: mirror(SHOULDER, side) };
  }
  for (let at = name; at; at = joints.get(at).parent) {
    if (/UpperArm$/.test(at)) return { angle: -ARM_ANGLE * side, pivot: mirror(SHOULDER, side) };
  }
  return { angle: 0, pivot: [0, 0, 0] };
}

function turnZ(p, pivot, angle) {
  const [x, y, z] = sub(p, pivot);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return add(pivot, [x * c - y * s, x * s + y * c, z]);
}

export function buildSkeleton() {
  const byName = new Map();
  for (const [name, parent, sculpt, bone, follows] of rows()) {
    byName.set(name, { name, parent, sculpt, bone: bone ?? null, follows: follows ?? null });
  }
  const joints = [...byName.values()];
  joints.forEach((joint, i) => {
    joint.index = i;
    joint.turn = sculptTurn(joint.name, byName);
    const { angle, pivot } = joint.turn;
    joint.rest = turnZ(joint.sculpt, pivot, -angle);
  });
  for (const joint of joints) {
    joint.parentIndex = joint.parent ? byName.get(joint.parent).index : -1;
  }
  return { joints, byName, index: (name) => byName.get(name).index };
}

/** Takes a sculpted point and normal back to the T-pose: the inverse of the blended turn. */
export function toRest(skeleton, point, normal, influences) {
  let [a, b, dx, dy] = [0, 0, 0, 0];
  for (const [index, weight] of influences) {
    const { angle, pivot } = skeleton.joints[index].turn;
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    a += weight * c;
    b += weight * s;
    dx += weight * (pivot[0] - c * pivot[0] + s * pivot[1]);
    dy += weight * (pivot[1] - s * pivot[0] - c * pivot[1]);
  }
  const size = a * a + b * b;
  const [x, y] = [point[0] - dx, point[1] - dy];
  const back = [(a * x + b * y) / size, (a * y - b * x) / size, point[2]];
  const l = Math.sqrt(size);
  return { position: back,
    normal: [(a * normal[0] + b * normal[1]) / l, (a * normal[1] - b * normal[0]) / l, normal[2]] };
}
