// Movements from files: BVH and FBX (any rig whose joints can be recognised), and VRMA.

import { type AnimationClip, AnimationMixer, type Interpolant, type KeyframeTrack, type Object3D } from 'three';
import { BVHLoader } from 'three/addons/loaders/BVHLoader.js';
import { FBXLoader } from 'three/addons/loaders/FBXLoader.js';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';
import { type VRMAnimation, VRMAnimationLoaderPlugin } from '@pixiv/three-vrm-animation';
import { bones_of } from './joint_names';
import { facing_of, hold_sign, MotionTrouble, record, type Recording, type Source } from './recording';

const kNeeded = ['hips', 'spine', 'leftUpperLeg', 'rightUpperLeg'];

export async function read_motion(file_name: string, name: string, bytes: ArrayBuffer): Promise<Recording> {
  const kind = /\.([^.]+)$/.exec(file_name.toLowerCase())?.[1] ?? '';
  if (kind === 'bvh') return record_source(name, bvh(bytes));
  if (kind === 'fbx') return record_source(name, fbx(bytes));
  if (kind === 'vrma' || kind === 'glb') return vrma(name, bytes);
  throw new MotionTrouble(`A file that ends in .${kind} is no movement that this page knows. It reads VRMA, Mixamo FBX and BVH.`);
}

function record_source(name: string, source: Source): Recording {
  const missing = kNeeded.filter((bone) => !source.joints.has(bone));
  if (missing.length > 0) {
    throw new MotionTrouble(`Its joints could not be recognised: no ${missing.join(', no ')}. Known are the names of Mixamo, Biped, VRM and motion-capture files.`);
  }
  return record(name, source, facing_of(source.joints));
}

function bvh(bytes: ArrayBuffer): Source {
  let read: ReturnType<BVHLoader['parse']>;
  try {
    read = new BVHLoader().parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new MotionTrouble(`The BVH file cannot be read: ${words(error)}.`);
  }
  const root = read.skeleton.bones[0];
  if (!root || !(read.clip.duration > 0)) throw new MotionTrouble('The BVH file holds no frames.');
  return played(root, read.clip, bones_of(read.skeleton.bones));
}

function fbx(bytes: ArrayBuffer): Source {
  let root: ReturnType<FBXLoader['parse']>;
  try {
    root = new FBXLoader().parse(bytes, '');
  } catch (error) {
    throw new MotionTrouble(`The FBX file cannot be read: ${words(error)}. Export it from Mixamo as FBX Binary, “without skin” is enough.`);
  }
  // A file from Mixamo may hold several takes; the longest is the dance.
  const clip = [...root.animations].sort((a, b) => b.duration - a.duration)[0];
  if (!clip || !(clip.duration > 0)) throw new MotionTrouble('There is no movement in this FBX file, only a figure. Choose an animation before you download it.');
  const joints: Object3D[] = [];
  root.traverse((o) => joints.push(o));
  return played(root, clip, bones_of(joints));
}

function played(root: Object3D, clip: AnimationClip, joints: Map<string, Object3D>): Source {
  const mixer = new AnimationMixer(root);
  const action = mixer.clipAction(clip);
  let playing = false;
  return {
    joints, root, seconds: clip.duration,
    pose(seconds) {
      // Only now: until the first frame the joints are at rest.
      if (!playing) action.play();
      playing = true;
      mixer.setTime(Math.min(seconds, clip.duration - 1e-4));
    },
  };
}

async function vrma(name: string, bytes: ArrayBuffer): Promise<Recording> {
  const loader = new GLTFLoader();
  loader.register((parser) => new VRMAnimationLoaderPlugin(parser));
  let found: VRMAnimation | undefined;
  try {
    found = ((await loader.parseAsync(bytes, '')).userData.vrmAnimations as VRMAnimation[] | undefined)?.[0];
  } catch (error) {
    throw new MotionTrouble(`The VRMA file cannot be read: ${words(error)}.`);
  }
  if (!found) throw new MotionTrouble('There is no VRM animation in this file.');
  return from_vrma(name, found);
}

const kRate = 30;

/** A VRM animation is in the terms of a humanoid already; it is only brought to 30 keys a second. */
function from_vrma(name: string, animation: VRMAnimation): Recording {
  const seconds = animation.duration;
  if (!(seconds > 0)) throw new MotionTrouble('It has no length: there is nothing to play.');
  if (seconds > 600) throw new MotionTrouble('It is longer than ten minutes.');
  const frames = Math.max(2, Math.round(seconds * kRate) + 1);
  const times = Float32Array.from({ length: frames }, (_, i) => Math.min(i / kRate, seconds));
  const sampled = (track: KeyframeTrack, width: number): Float32Array => {
    const out = new Float32Array(frames * width);
    const at = (track as unknown as { createInterpolant(): Interpolant }).createInterpolant();
    times.forEach((t, i) => out.set(Array.from(at.evaluate(t) as ArrayLike<number>).slice(0, width), i * width));
    return out;
  };
  const rotations = [...animation.humanoidTracks.rotation].map(([bone, track]) => {
    const quats = sampled(track, 4);
    hold_sign(quats);
    return { bone: bone as string, times, quats };
  });
  const hips = animation.humanoidTracks.translation.get('hips');
  const height = animation.restHipsPosition.y;
  const places = hips && height > 1e-6 ? sampled(hips, 3).map((v) => v / height) : undefined;
  const weights = [...animation.expressionTracks.preset, ...animation.expressionTracks.custom].map(([expression, track]) => ({
    expression: expression as string, times, weights: sampled(track, 1),
  }));
  if (rotations.length === 0) throw new MotionTrouble('Nothing of a body moves in this file.');
  return { name, seconds, rotations, hips: places ? { times, places } : undefined, weights };
}

function words(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 160).replace(/\.$/, '');
}

