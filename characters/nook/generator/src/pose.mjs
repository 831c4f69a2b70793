// From what an animator thinks in (where hands and feet are, how the trunk leans) to bone rotations.
// Arms and legs are written for the left side, +X outwards; the right side is their mirror image.
import { about, apply, beside, fromAxes, inverse, mirrored, times, turn } from './turn.mjs';
import { add, clamp, cross, length, normalize, scale, sub } from './vector.mjs';
import { buildSkeleton } from './skeleton.mjs';

const skeleton = buildSkeleton();
export const REST = Object.fromEntries(skeleton.joints.filter((j) => j.bone).map((j) => [j.bone, j.rest]));
const PARENT = Object.fromEntries(skeleton.joints.filter((j) => j.bone).map((j) => {
  let up = skeleton.joints[j.parentIndex];
  while (up && !up.bone) up = skeleton.joints[up.parentIndex];
  return [j.bone, up?.bone ?? null];
}));
export const BONES = Object.keys(REST);
export const HIPS_HEIGHT = REST.hips[1];

const span = (a, b) => length(sub(REST[b], REST[a]));
const ARM = [span('leftUpperArm', 'leftLowerArm'), span('leftLowerArm', 'leftHand')];
const LEG = [span('leftUpperLeg', 'leftLowerLeg'), span('leftLowerLeg', 'leftFoot')];

/** Standing, arms hanging a little away from the sides. Every channel a clip may move is here. */
export const STAND = {
  hips: [0, 0, 0], hipsTurn: [0, 0, 0], spine: [0, 0, 0], chest: [0, 0, 0], neck: [0, 0, 0], head: [0, 0, 0],
  ...both('hand', [0.196, 0.268, 0.03]), ...both('elbow', [0.7, -0.1, -0.7]), ...both('wrist', [0, 0, 0]),
  ...both('roll', [0]), ...both('fist', [0.18]), ...both('shoulder', [0, 0, 0]),
  ...both('foot', [0, 0, 0]), ...both('step', [0, 0, 0]), ...both('knee', [8]), ...both('spin', [0]),
};
export function both(channel, value) {
  return { [`${channel}L`]: value, [`${channel}R`]: value };
}

/** Bends a chain of two bones so that its end reaches `target`; the joint between points to `pole`. */
function twoBones(from, target, [a, b], pole) {
  const reach = sub(target, from);
  const d = clamp(length(reach), Math.abs(a - b) + 1e-3, (a + b) * 0.9995);
  const direction = normalize(reach);
  const out = beside(pole, direction);
  const along = (a * a - b * b + d * d) / (2 * d);
  const aside = Math.sqrt(Math.max(0, a * a - along * along));
  const middle = add(from, add(scale(direction, along), scale(out, aside)));
  const end = add(from, scale(direction, d));
  return { upper: normalize(sub(middle, from)), lower: normalize(sub(end, middle)), out };
}

function angleBetween(a, b) {
  return (Math.acos(clamp(a[0] * b[0] + a[1] * b[1] + a[2] * b[2], -1, 1)) * 180) / Math.PI;
}

/** Rotations of a left arm in the frame of the chest. */
function arm(target, pole, roll, wrist, shoulder) {
  const turned = turn(shoulder);
  const root = add(REST.leftShoulder, apply(turned, sub(REST.leftUpperArm, REST.leftShoulder)));
  const { upper, lower, out } = twoBones(root, target, ARM, pole);
  const z = beside(scale(out, -1), upper);
  const q = fromAxes(upper, cross(z, upper), z);
  const bend = angleBetween(upper, lower);
  return { shoulder: turned, upperArm: times(inverse(turned), q),
    lowerArm: times(about([0, 1, 0], -bend), about([1, 0, 0], roll * 0.55)),
    hand: times(about([1, 0, 0], roll * 0.45), turn(wrist)) };
}

/** Rotations of a left leg; `hips` is how the hips are turned and where they are. */
function leg(ankle, knee, foot, hips, root) {
  const back = inverse(hips.turn);
  const target = apply(back, sub(ankle, hips.at));
  const from = sub(root, REST.hips);
  const forward = apply(back, apply(hips.heading, apply(about([0, 1, 0], knee), [0, 0, 1])));
  const { upper, lower, out } = twoBones(from, target, LEG, forward);
  const y = scale(upper, -1);
  const z = beside(out, upper);
  const q = fromAxes(cross(y, z), y, z);
  const bend = about([1, 0, 0], angleBetween(upper, lower));
  return { upperLeg: q, lowerLeg: bend, foot: times(inverse(times(times(hips.turn, q), bend)), foot) };
}

const mirrorPoint = (p) => [-p[0], p[1], p[2]];

function fingers(pose, side) {
  const L = side === 'left' ? 'L' : 'R';
  const curl = pose[`fist${L}`][0];
  const flip = side === 'left' ? (q) => q : mirrored;
  const rows = {};
  for (const finger of ['Index', 'Middle', 'Little']) {
    rows[`${side}${finger}Proximal`] = flip(about([0, 0, 1], -70 * curl));
    rows[`${side}${finger}Intermediate`] = flip(about([0, 0, 1], -75 * curl));
  }
  rows[`${side}ThumbMetacarpal`] = flip(about([0, 1, 0], 22 * curl));
  rows[`${side}ThumbProximal`] = flip(about([0, 1, 0], 40 * curl));
  return rows;
}

/** Normalised rotations of all bones and the hips in metres, for a pose of channels. */
export function solve(pose) {
  const at = add(REST.hips, pose.hips);
  const hips = { at, turn: turn(pose.hipsTurn), heading: about([0, 1, 0], pose.hipsTurn[1]) };
  const rotations = { hips: hips.turn, spine: turn(pose.spine), chest: turn(pose.chest),
    upperChest: turn(pose.chest.map((x) => x * 0.5)), neck: turn(pose.neck), head: turn(pose.head) };
  for (const side of ['left', 'right']) {
    const L = side === 'left' ? 'L' : 'R';
    const isLeft = side === 'left';
    const flip = isLeft ? (q) => q : mirrored;
    const limb = arm(pose[`hand${L}`], pose[`elbow${L}`], pose[`roll${L}`][0], pose[`wrist${L}`], pose[`shoulder${L}`]);
    for (const [bone, q] of [['Shoulder', limb.shoulder], ['UpperArm', limb.upperArm],
      ['LowerArm', limb.lowerArm], ['Hand', limb.hand]]) rotations[side + bone] = flip(q);

    const spin = about([0, 1, 0], pose[`spin${L}`][0]);
    const offset = pose[`foot${L}`];
    const rest = add(REST.leftFoot, offset);
    const ankle = apply(spin, isLeft ? rest : mirrorPoint(rest));
    const sole = times(spin, flip(turn(pose[`step${L}`])));
    const legs = isLeft
      ? leg(ankle, pose.kneeL[0], sole, hips, REST.leftUpperLeg)
      : leg(ankle, -pose.kneeR[0], sole, hips, REST.rightUpperLeg);
    for (const [bone, q] of [['UpperLeg', legs.upperLeg], ['LowerLeg', legs.lowerLeg], ['Foot', legs.foot]]) {
      rotations[side + bone] = q;
    }
    Object.assign(rotations, fingers(pose, side));
  }
  return { rotations, hips: at };
}

/** World places and turns of all bones. */
export function forward({ rotations, hips }) {
  const world = {};
  for (const bone of BONES) {
    const parent = PARENT[bone];
    const q = rotations[bone] ?? [0, 0, 0, 1];
    if (!parent) {
      world[bone] = { at: hips, turn: q };
      continue;
    }
    const up = world[parent];
    world[bone] = { at: add(up.at, apply(up.turn, sub(REST[bone], REST[parent]))), turn: times(up.turn, q) };
  }
  return world;
}
