// Random rigs against what must come out: whatever a rig's rest looks like, the same movement gives the
// same humanoid rotations, and the hips keep their height in every figure.

import { Bone, Euler, type Object3D, Quaternion, Vector3 } from 'three';
import { describe, expect, it } from 'vitest';
import { mixamo_fbx, splayed_bvh } from '../../testing/rigs';
import { bone_named, bones_of } from './joint_names';
import { facing_of, record, type Recording, type Source } from './recording';
import { read_motion } from './sources';
import { write_vrma } from './vrma_writer';
import { clip_name, comes_round, write_clip } from './clip_writer';

/** A small generator of its own: a failing rig comes again. */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

const kBody: [string, string | undefined, [number, number, number]][] = [
  ['hips', undefined, [0, 1, 0]], ['spine', 'hips', [0, 0.1, 0]], ['head', 'spine', [0, 0.5, 0]],
  ['leftUpperArm', 'spine', [0.15, 0.4, 0]], ['leftLowerArm', 'leftUpperArm', [0.3, 0, 0]], ['leftHand', 'leftLowerArm', [0.25, 0, 0]],
  ['rightUpperArm', 'spine', [-0.15, 0.4, 0]], ['rightLowerArm', 'rightUpperArm', [-0.3, 0, 0]], ['rightHand', 'rightLowerArm', [-0.25, 0, 0]],
  ['leftUpperLeg', 'hips', [0.1, 0, 0]], ['leftLowerLeg', 'leftUpperLeg', [0, -0.45, 0]], ['leftFoot', 'leftLowerLeg', [0, -0.45, 0]],
  ['rightUpperLeg', 'hips', [-0.1, 0, 0]], ['rightLowerLeg', 'rightUpperLeg', [0, -0.45, 0]], ['rightFoot', 'rightLowerLeg', [0, -0.45, 0]],
];

interface Rig { root: Object3D; joints: Map<string, Object3D>; world: Map<string, Quaternion> }

/** A T-posed body whose joints have any orientation at rest, as exporters make them. */
function rig(random: () => number, scale: number, axes: Quaternion): Rig {
  const joints = new Map<string, Object3D>();
  const world = new Map<string, Quaternion>();
  const root = new Bone();
  root.quaternion.copy(axes);
  for (const [bone, parent, offset] of kBody) {
    const joint = new Bone();
    joint.name = bone;
    const own = new Quaternion().setFromEuler(new Euler(random() * 6, random() * 6, random() * 6));
    const above = parent === undefined ? new Quaternion() : world.get(parent)!;
    joint.quaternion.copy(above).invert().multiply(own);
    joint.position.set(...offset).multiplyScalar(scale).applyQuaternion(above.clone().invert());
    world.set(bone, own);
    joints.set(bone, joint);
    (parent === undefined ? root : joints.get(parent)!).add(joint);
  }
  return { root, joints, world };
}

/** Turns joints so that the body, seen in its own axes, does `turns` against the T-pose. */
function act(made: Rig, turns: ReadonlyMap<string, Quaternion>): void {
  const posed = new Map<string, Quaternion>();
  for (const [bone, parent] of kBody) {
    const above = parent === undefined ? new Quaternion() : posed.get(parent)!;
    const above_world = parent === undefined ? new Quaternion() : above.clone().multiply(made.world.get(parent)!);
    posed.set(bone, above.clone().multiply(turns.get(bone) ?? new Quaternion()));
    made.joints.get(bone)!.quaternion.copy(above_world.invert()).multiply(posed.get(bone)!).multiply(made.world.get(bone)!);
  }
}

function source_of(made: Rig, turns: ReadonlyMap<string, Quaternion>): Source {
  return { joints: made.joints, root: made.root, seconds: 1, pose: () => act(made, turns) };
}

function turn_of(recording: Recording, bone: string, frame: number): Quaternion {
  const track = recording.rotations.find((t) => t.bone === bone);
  return track ? new Quaternion().fromArray(track.quats, frame * 4) : new Quaternion();
}

const kAxes: [string, Quaternion][] = [
  ['+Z ahead', new Quaternion()],
  ['-Z ahead, as VRM 0.x', new Quaternion().setFromAxisAngle(new Vector3(0, 1, 0), Math.PI)],
  ['Z up', new Quaternion().setFromAxisAngle(new Vector3(1, 0, 0), Math.PI / 2)],
  ['+X ahead', new Quaternion().setFromAxisAngle(new Vector3(0, 1, 0), Math.PI / 2)],
];

describe('any rig', () => {
  it.each(kAxes)('%s: gives back the turns that were put in', (_, axes) => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const random = chance(seed);
      const made = rig(random, 0.5 + random() * 100, axes);
      const turns = new Map(kBody.map(([bone]) => [bone, new Quaternion().setFromEuler(new Euler(random() - 0.5, random() - 0.5, random() - 0.5))]));
      made.root.updateMatrixWorld(true);
      const recording = record('r', source_of(made, turns), facing_of(made.joints));
      for (const [bone] of kBody) expect(turn_of(recording, bone, 3).angleTo(turns.get(bone)!), `${bone}, seed ${seed}`).toBeLessThan(2e-3);
      expect(recording.hips?.places[1]).toBeCloseTo(1, 1);
    }
  });

  it('the old and the new way round give equal poses', () => {
    const turns = new Map([['leftUpperArm', new Quaternion().setFromEuler(new Euler(0.2, 0.4, -1))], ['hips', new Quaternion().setFromEuler(new Euler(0, 0.7, 0.1))]]);
    const [one, old] = [kAxes[0]![1], kAxes[1]![1]].map((axes) => {
      const made = rig(chance(7), 1, axes);
      made.root.updateMatrixWorld(true);
      return record('r', source_of(made, turns), facing_of(made.joints));
    });
    for (const [bone] of kBody) expect(turn_of(one!, bone, 5).angleTo(turn_of(old!, bone, 5))).toBeLessThan(1e-3);
    one!.hips!.places.forEach((v, i) => expect(v).toBeCloseTo(old!.hips!.places[i]!, 4));
  });

  it('a T-pose stays unturned', () => {
    const made = rig(chance(3), 1, new Quaternion());
    made.root.updateMatrixWorld(true);
    const recording = record('r', source_of(made, new Map()), facing_of(made.joints));
    expect(recording.rotations.map((t) => t.bone)).toEqual(['hips']);
  });
});

const bytes_of = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer as ArrayBuffer;
const bvh_bytes = (): ArrayBuffer => bytes_of(splayed_bvh([0, 0, 60]));

describe('files', () => {
  it('a BVH with a splayed rest: legs hang straight in its T-pose frame', async () => {
    const recording = await read_motion('walk.bvh', 'walk', bvh_bytes());
    for (const leg of ['leftUpperLeg', 'rightUpperLeg']) expect(turn_of(recording, leg, 0).angleTo(new Quaternion()), leg).toBeLessThan(0.02);
    const arm = turn_of(recording, 'leftUpperArm', 2).angleTo(new Quaternion());
    expect(arm).toBeCloseTo(Math.PI / 3, 1);
  });

  it('a Mixamo FBX in centimetres: its arm goes up, its hips keep their height', async () => {
    const recording = await read_motion('Raise.fbx', 'Raise', bytes_of(mixamo_fbx(70)));
    const last = recording.rotations[0]!.times.length - 1;
    expect(recording.seconds).toBeCloseTo(1, 1);
    const up = new Vector3(-1, 0, 0).applyQuaternion(turn_of(recording, 'rightUpperArm', last));
    expect(up.y).toBeCloseTo(Math.sin((70 * Math.PI) / 180), 1);
    expect(recording.hips?.places[last * 3 + 1]).toBeCloseTo(1, 2);
  });

  it('as VRMA and back it is the same movement', async () => {
    const made = rig(chance(11), 1.3, new Quaternion());
    made.root.updateMatrixWorld(true);
    const turns = new Map([['leftUpperArm', new Quaternion().setFromEuler(new Euler(0, 0, 0.9))], ['head', new Quaternion().setFromEuler(new Euler(0.3, 0.2, 0))]]);
    const recording = record('r', source_of(made, turns), facing_of(made.joints));
    const again = await read_motion('r.vrma', 'r', write_vrma(recording));
    expect(again.seconds).toBeCloseTo(1, 3);
    for (const bone of ['hips', 'leftUpperArm', 'head']) expect(turn_of(again, bone, 9).angleTo(turn_of(recording, bone, 9)), bone).toBeLessThan(1e-3);
    again.hips!.places.forEach((v, i) => expect(v).toBeCloseTo(recording.hips!.places[i]!, 4));
  });

  it.each([['dance.mp4', /no movement that this page knows/], ['x.bvh', /BVH file/], ['x.fbx', /FBX file/], ['x.vrma', /VRMA file/]])('%s with nonsense in it is explained', async (file, words) => {
    await expect(read_motion(file, 'x', new TextEncoder().encode('nonsense').buffer as ArrayBuffer)).rejects.toThrow(words);
  });

  it('a clip for the body says how long it is and what it moves', async () => {
    const recording = await read_motion('walk.bvh', 'walk', bvh_bytes());
    const bytes = write_clip(recording, { loop: comes_round(recording), upper_body: false });
    const view = new DataView(bytes.buffer);
    expect(new TextDecoder().decode(bytes.subarray(0, 4))).toBe('LBC1');
    expect(new TextDecoder().decode(bytes.subarray(5, 9))).toBe('walk');
    expect(view.getFloat32(9, true)).toBeCloseTo(recording.seconds, 4);
    expect(view.getUint16(16, true)).toBe(recording.rotations.length + 1);
  });
});

describe('names of joints', () => {
  it.each([
    ['mixamorig:Hips', 'hips'], ['mixamorigLeftForeArm', 'leftLowerArm'], ['mixamorig1RightHandIndex2', 'rightIndexIntermediate'], ['mixamorigLeftUpLeg', 'leftUpperLeg'],
    ['mixamorigSpine2', 'upperChest'], ['LowerBack', 'spine'], ['LThumb', undefined], ['Bip01_L_UpperArm', 'leftUpperArm'], ['Bip01 R Calf', 'rightLowerLeg'],
    ['J_Bip_L_LowerLeg', 'leftLowerLeg'], ['J_Bip_C_Head', 'head'], ['upper_arm.L', 'leftUpperArm'], ['Camera', undefined], ['LeftToeBase', 'leftToes'], ['mixamorigRightHandThumb1', 'rightThumbMetacarpal'],
  ])('%s is %s', (joint, bone) => expect(bone_named(joint)).toBe(bone));

  it('a rig of joints instead of bones: its shoulder is the upper arm', () => {
    const map = bones_of(['Hips', 'LeftShoulder', 'LeftElbow', 'LeftWrist', 'LeftHip', 'LeftKnee', 'LeftAnkle'].map((name) => ({ name })));
    expect(map.get('leftUpperArm')?.name).toBe('LeftShoulder');
    expect(map.get('leftLowerLeg')?.name).toBe('LeftKnee');
  });

  it('a name of a file becomes a name of a clip', () => {
    expect(clip_name('Hip Hop\u0007Dancing.fbx')).toBe('Hip Hop Dancing');
    expect(new TextEncoder().encode(clip_name(`${'踊'.repeat(80)}.bvh`)).length).toBeLessThanOrEqual(60);
    expect(clip_name('.bvh')).toBe('movement');
  });
});
