// A recorded movement in the terms of every humanoid: VRM 1.0 bones, all at rest unturned, facing +Z,
// hips as multiples of their height at rest. From here it goes to a VRMA file and to a clip of the body.

import { Matrix4, type Object3D, Quaternion, Vector3 } from 'three';

export interface RotationTrack { bone: string; times: Float32Array; quats: Float32Array }
export interface HipsTrack { times: Float32Array; places: Float32Array }
export interface WeightTrack { expression: string; times: Float32Array; weights: Float32Array }

export interface Recording {
  name: string;
  seconds: number;
  rotations: RotationTrack[];
  hips: HipsTrack | undefined;
  weights: WeightTrack[];
}

/** A rig in some pose: what its joints are called, and where they are. */
export interface Source {
  /** humanoid bone -> joint */
  joints: ReadonlyMap<string, Object3D>;
  root: Object3D;
  /** moves the joints to a moment */
  pose(seconds: number): void;
  seconds: number;
}

export class MotionTrouble extends Error {}

/** Parents before children; a bone that is left out passes its turning on to the next. */
export const kParents: Readonly<Record<string, string>> = {
  spine: 'hips', chest: 'spine', upperChest: 'chest', neck: 'upperChest', head: 'neck', leftEye: 'head', rightEye: 'head', jaw: 'head',
  ...limbs('left'), ...limbs('right'),
};

function limbs(side: 'left' | 'right'): Record<string, string> {
  const out: Record<string, string> = {
    [`${side}Shoulder`]: 'upperChest', [`${side}UpperArm`]: `${side}Shoulder`, [`${side}LowerArm`]: `${side}UpperArm`, [`${side}Hand`]: `${side}LowerArm`,
    [`${side}UpperLeg`]: 'hips', [`${side}LowerLeg`]: `${side}UpperLeg`, [`${side}Foot`]: `${side}LowerLeg`, [`${side}Toes`]: `${side}Foot`,
  };
  for (const finger of ['Thumb', 'Index', 'Middle', 'Ring', 'Little']) {
    const parts = finger === 'Thumb' ? ['Metacarpal', 'Proximal', 'Distal'] : ['Proximal', 'Intermediate', 'Distal'];
    parts.forEach((part, i) => (out[`${side}${finger}${part}`] = i === 0 ? `${side}Hand` : `${side}${finger}${parts[i - 1]}`));
  }
  return out;
}

/** The nearest ancestor that the rig has; undefined: the hips themselves, which hang from the world. */
export function parent_of(bone: string, has: (bone: string) => boolean): string | undefined {
  let at = kParents[bone];
  while (at !== undefined && !has(at)) at = kParents[at];
  return at;
}

const kRate = 30;
const kLongest = 600;

/**
 * Plays a source through and writes down what a humanoid with an unturned rest does. The rig's rest is
 * first brought to the T-pose (`straighten`), so a splayed rest does not splay everyone who dances it.
 */
export function record(name: string, source: Source, facing: Quaternion): Recording {
  if (!source.joints.has('hips')) throw new MotionTrouble('There are no hips among its joints, so it cannot be put on a figure.');
  if (!(source.seconds > 0)) throw new MotionTrouble('It has no length: there is nothing to play.');
  if (source.seconds > kLongest) throw new MotionTrouble(`It is ${Math.round(source.seconds)} s long; at most ${kLongest} s can be kept.`);
  source.root.updateMatrixWorld(true);
  const rest = rest_of(source, facing);
  if (!(rest.height > 1e-6)) throw new MotionTrouble('Its hips lie on the ground in the rest pose, so it cannot be scaled to a figure.');
  const frames = Math.max(2, Math.round(source.seconds * kRate) + 1);
  const times = Float32Array.from({ length: frames }, (_, i) => Math.min(i / kRate, source.seconds));
  const bones = [...source.joints.keys()].filter((b) => b === 'hips' || kParents[b] !== undefined);
  const rotations = bones.map((bone) => ({ bone, times, quats: new Float32Array(frames * 4) }));
  const hips = { times, places: new Float32Array(frames * 3) };
  const world = new Map<string, Quaternion>();
  for (let f = 0; f < frames; f += 1) {
    source.pose(times[f] ?? 0);
    source.root.updateMatrixWorld(true);
    for (const bone of bones) world.set(bone, turned(source.joints.get(bone)!, facing, rest.turns.get(bone)!));
    for (const track of rotations) put_rotation(track, f, world);
    const place = source.joints.get('hips')!.getWorldPosition(new Vector3()).applyQuaternion(facing);
    // Against the rest pose, never against where the hips happen to be: else a figure sinks clip by clip.
    hips.places.set([(place.x - rest.hips.x) / rest.height, (place.y - rest.ground) / rest.height, (place.z - rest.hips.z) / rest.height], f * 3);
  }
  for (const track of rotations) hold_sign(track.quats);
  return { name, seconds: source.seconds, rotations: rotations.filter((t) => t.bone === 'hips' || moves(t.quats)), hips, weights: [] };
}

interface Rest { turns: Map<string, Quaternion>; height: number; ground: number; hips: Vector3 }

function rest_of(source: Source, facing: Quaternion): Rest {
  const turns = new Map<string, Quaternion>();
  for (const [bone, joint] of source.joints) turns.set(bone, straighten(bone, joint, source, facing).multiply(joint.getWorldQuaternion(new Quaternion())).invert());
  const hips = source.joints.get('hips')!.getWorldPosition(new Vector3()).applyQuaternion(facing);
  let ground = hips.y;
  for (const joint of source.joints.values()) ground = Math.min(ground, joint.getWorldPosition(new Vector3()).y);
  // The sole lies a little below the lowest joint; without a mesh that is not known and small.
  ground = Math.min(ground, 0);
  return { turns, ground, hips, height: hips.y - ground };
}

/** Turns a bone's rest direction into that of a T-pose, so that only what differs from it is a movement. */
function straighten(bone: string, joint: Object3D, source: Source, facing: Quaternion): Quaternion {
  const wanted = direction_in_t_pose(bone);
  const next = kNext[bone] === undefined ? undefined : source.joints.get(kNext[bone]!);
  if (!wanted || !next) return inherited(bone, source, facing);
  const from = joint.getWorldPosition(new Vector3());
  const along = next.getWorldPosition(new Vector3()).sub(from).applyQuaternion(facing).normalize();
  if (along.lengthSq() < 0.5) return facing.clone();
  return new Quaternion().setFromUnitVectors(along, wanted).multiply(facing);
}

/** Hands, feet and fingers keep their turn against the limb that they hang from. */
function inherited(bone: string, source: Source, facing: Quaternion): Quaternion {
  const parent = parent_of(bone, (b) => source.joints.has(b));
  if (parent === undefined || !/Hand|Foot|Toes|Thumb|Index|Middle|Ring|Little/.test(bone)) return facing.clone();
  return straighten(parent, source.joints.get(parent)!, source, facing);
}

const kNext: Record<string, string> = {
  leftUpperArm: 'leftLowerArm', leftLowerArm: 'leftHand', rightUpperArm: 'rightLowerArm', rightLowerArm: 'rightHand',
  leftUpperLeg: 'leftLowerLeg', leftLowerLeg: 'leftFoot', rightUpperLeg: 'rightLowerLeg', rightLowerLeg: 'rightFoot',
};

function direction_in_t_pose(bone: string): Vector3 | undefined {
  if (/Arm$/.test(bone)) return new Vector3(bone.startsWith('left') ? 1 : -1, 0, 0);
  return /Leg$/.test(bone) ? new Vector3(0, -1, 0) : undefined;
}

/** How far a joint has turned from its T-pose, in the figure's space. */
function turned(joint: Object3D, facing: Quaternion, rest_inverse: Quaternion): Quaternion {
  return facing.clone().multiply(joint.getWorldQuaternion(new Quaternion())).multiply(rest_inverse);
}

function put_rotation(track: RotationTrack, frame: number, world: ReadonlyMap<string, Quaternion>): void {
  const mine = world.get(track.bone)!.clone();
  const parent = parent_of(track.bone, (b) => world.has(b));
  if (parent !== undefined) mine.premultiply(world.get(parent)!.clone().invert());
  mine.normalize().toArray(track.quats, frame * 4);
}

/** q and -q are the same turn, but blending between them goes the long way round. */
export function hold_sign(quats: Float32Array): void {
  for (let i = 4; i < quats.length; i += 4) {
    let dot = 0;
    for (let k = 0; k < 4; k += 1) dot += quats[i + k]! * quats[i + k - 4]!;
    if (dot < 0) for (let k = 0; k < 4; k += 1) quats[i + k] = -quats[i + k]!;
  }
}

function moves(quats: Float32Array): boolean {
  for (let i = 0; i < quats.length; i += 4) if (Math.abs(quats[i + 3]!) < 0.999998) return true;
  return false;
}

/** The turn that makes a rig face +Z with its left at +X, from where its limbs are. */
export function facing_of(joints: ReadonlyMap<string, Object3D>): Quaternion {
  const at = (bone: string): Vector3 | undefined => joints.get(bone)?.getWorldPosition(new Vector3());
  const left = at('leftUpperLeg') ?? at('leftUpperArm');
  const right = at('rightUpperLeg') ?? at('rightUpperArm');
  const low = at('hips');
  const high = at('head') ?? at('neck') ?? at('spine');
  if (!left || !right || !low || !high) return new Quaternion();
  const x = left.sub(right).normalize();
  const y = high.sub(low).normalize();
  y.addScaledVector(x, -y.dot(x)).normalize();
  // Rigs stand upright or lie (Z up); a slight lean is the pose, not the axis.
  const up = [new Vector3(0, 1, 0), new Vector3(0, 0, 1), new Vector3(0, -1, 0), new Vector3(0, 0, -1)].reduce((a, b) => (b.dot(y) > a.dot(y) ? b : a));
  x.addScaledVector(up, -x.dot(up)).normalize();
  const z = new Vector3().crossVectors(x, up);
  return new Quaternion().setFromRotationMatrix(new Matrix4().makeBasis(x, up, z)).invert();
}
