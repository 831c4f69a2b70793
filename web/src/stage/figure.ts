// A figure from the bytes of a VRM, ready to be drawn. VRM 0.x and 1.0 come out alike: poses are given
// in the terms of VRM 1.0, and what an old figure has turned round is turned here.

import { Box3, LinearMipmapLinearFilter, LinearMipmapNearestFilter, type Material, Mesh, type Object3D, ShaderMaterial, Texture, Vector3 } from 'three';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';
import { MToonMaterial, type VRM, type VRMHumanBoneName, VRMLoaderPlugin, VRMUtils } from '@pixiv/three-vrm';
import type { Extent } from './camera';
import type { Lantern } from './light';
import { FileTrouble, type ModelReport, read_report } from './vrm_file';

/** One frame of a body: what is drawn, in VRM 1.0 terms. */
export interface Pose {
  bones: readonly string[];
  /** x y z w for each bone */
  rotations: ArrayLike<number>;
  /** metres, in the space of the figure */
  hips: ArrayLike<number>;
  names: readonly string[];
  weights: ArrayLike<number>;
  /** degrees: to the figure's left, and down */
  look: ArrayLike<number>;
}

type Rule = 'none' | 'block' | 'blend';
export interface Overrides { blink: Rule; lookAt: Rule; mouth: Rule }

export interface Figure {
  readonly report: ModelReport;
  readonly extent: Extent;
  /** height of the hips of the normalised humanoid, at rest */
  readonly hips: number;
  readonly root: Object3D;
  readonly lanterns: readonly Lantern[];
  /** it brings a shadow and a halo of its own */
  readonly has_aura: boolean;
  readonly bones: readonly string[];
  readonly expressions: readonly string[];
  /** x y z of each bone at rest, in the space of the figure */
  readonly rest: Float32Array;
  /** what each expression does to blinking, looking and the mouth; the body sees to it */
  readonly overrides: Readonly<Record<string, Overrides>>;
  node(bone: string): Object3D | null;
  wear(pose: Pose): void;
  settle(seconds: number): void;
  outlines(on: boolean): void;
  /** Before the first picture: textures are read from one size instead of two. Drawn in software, that is a quarter of the time
   * of each picture; only from close by it can be seen. */
  read_textures_simply(): void;
  dispose(): void;
}

export async function load_figure(bytes: ArrayBuffer): Promise<Figure> {
  const report = read_report(bytes);
  const loader = new GLTFLoader();
  loader.register((parser) => new VRMLoaderPlugin(parser, { autoUpdateHumanBones: true }));
  let vrm: VRM | undefined;
  try {
    const gltf = await loader.parseAsync(bytes, '');
    vrm = gltf.userData.vrm as VRM | undefined;
  } catch (error) {
    throw new FileTrouble(`The model could not be read (${error instanceof Error ? error.message : String(error)}). It may be damaged, or use an extension that this page does not know.`);
  }
  if (!vrm) throw new FileTrouble('The file calls itself a VRM, but its humanoid could not be read.');
  VRMUtils.removeUnnecessaryVertices(vrm.scene);
  VRMUtils.combineSkeletons(vrm.scene);
  VRMUtils.rotateVRM0(vrm);
  return new VrmFigure(vrm, report);
}

class VrmFigure implements Figure {
  readonly report: ModelReport;
  readonly extent: Extent;
  readonly hips: number;
  readonly lanterns: Lantern[] = [];
  readonly has_aura: boolean;
  readonly bones: readonly string[];
  readonly expressions: readonly string[];
  readonly rest: Float32Array;
  readonly overrides: Record<string, Overrides> = {};
  private readonly vrm: VRM;
  /** VRM 0.x looks the other way: half a turn about Y negates x and z */
  private readonly side: 1 | -1;
  private readonly outlined: Material[] = [];

  constructor(vrm: VRM, report: ModelReport) {
    this.vrm = vrm;
    this.report = report;
    this.side = vrm.meta.metaVersion === '0' ? -1 : 1;
    this.bones = Object.keys(vrm.humanoid.normalizedHumanBones);
    this.expressions = vrm.expressionManager?.expressions.map((e) => e.expressionName) ?? [];
    this.hips = vrm.humanoid.normalizedRestPose.hips?.position?.[1] ?? 1;
    this.rest = rest_places(vrm, this.bones, this.side);
    for (const e of vrm.expressionManager?.expressions ?? []) {
      this.overrides[e.expressionName] = { blink: e.overrideBlink, lookAt: e.overrideLookAt, mouth: e.overrideMouth };
      e.overrideBlink = e.overrideLookAt = e.overrideMouth = 'none';
    }
    if (vrm.lookAt) {
      vrm.lookAt.autoUpdate = false;
      vrm.lookAt.target = null;
    }
    let aura = false;
    vrm.scene.traverse((o) => {
      // The box of a skinned mesh is that of its rest: an arm that is raised would be cut off.
      o.frustumCulled = false;
      if (o.name.startsWith('Aura')) aura = true;
      if (!(o instanceof Mesh)) return;
      for (const material of [o.material].flat() as Material[]) {
        if (material instanceof MToonMaterial && material.isOutline) this.outlined.push(material);
      }
    });
    this.has_aura = aura;
    this.extent = measure(vrm);
    const tip = vrm.scene.getObjectByName('HoodTip4');
    if (tip) this.lanterns.push({ node: tip, size: this.extent.height * 0.24, lit: aura });
  }

  get root(): Object3D {
    return this.vrm.scene;
  }

  node(bone: string): Object3D | null {
    return this.vrm.humanoid.getRawBoneNode(bone as VRMHumanBoneName);
  }

  wear(pose: Pose): void {
    const { humanoid, expressionManager, lookAt } = this.vrm;
    const { rotations: r, side } = { rotations: pose.rotations, side: this.side };
    pose.bones.forEach((bone, i) => {
      const node = humanoid.getNormalizedBoneNode(bone as VRMHumanBoneName);
      node?.quaternion.set(side * (r[4 * i] ?? 0), r[4 * i + 1] ?? 0, side * (r[4 * i + 2] ?? 0), r[4 * i + 3] ?? 1);
    });
    const hips = pose.bones.length > 0 ? humanoid.getNormalizedBoneNode('hips') : null;
    hips?.position.set(side * (pose.hips[0] ?? 0), pose.hips[1] ?? 0, side * (pose.hips[2] ?? 0));
    pose.names.forEach((name, i) => expressionManager?.setValue(name, pose.weights[i] ?? 0));
    if (lookAt) {
      lookAt.yaw = pose.look[0] ?? 0;
      lookAt.pitch = pose.look[1] ?? 0;
    }
  }

  settle(seconds: number): void {
    this.vrm.update(Math.min(seconds, 0.05));
  }

  outlines(on: boolean): void {
    for (const material of this.outlined) material.visible = on;
  }

  read_textures_simply(): void {
    this.vrm.scene.traverse((o) => {
      if (!(o instanceof Mesh)) return;
      for (const material of [o.material].flat() as Material[]) for (const texture of textures_of(material)) {
        if (texture.minFilter === LinearMipmapLinearFilter) texture.minFilter = LinearMipmapNearestFilter;
      }
    });
  }

  dispose(): void {
    this.vrm.scene.removeFromParent();
    VRMUtils.deepDispose(this.vrm.scene);
    this.vrm.scene.traverse((o) => {
      if ('skeleton' in o) (o.skeleton as { dispose(): void }).dispose();
    });
  }
}

function textures_of(material: Material): Texture[] {
  const uniforms = material instanceof ShaderMaterial ? Object.values(material.uniforms).map((u) => u.value as unknown) : [];
  return [...Object.values(material), ...uniforms].filter((value): value is Texture => value instanceof Texture);
}

function rest_places(vrm: VRM, bones: readonly string[], side: 1 | -1): Float32Array {
  const out = new Float32Array(bones.length * 3);
  const at = new Vector3();
  vrm.humanoid.resetNormalizedPose();
  vrm.scene.updateMatrixWorld(true);
  bones.forEach((bone, i) => {
    const node = vrm.humanoid.getNormalizedBoneNode(bone as VRMHumanBoneName);
    if (!node) return;
    vrm.scene.worldToLocal(node.getWorldPosition(at));
    out.set([side * at.x, at.y, side * at.z], i * 3);
  });
  return out;
}

/** Heights of a figure in its rest pose. */
function measure(vrm: VRM): Extent {
  vrm.scene.updateMatrixWorld(true);
  const box = new Box3();
  const part = new Box3();
  vrm.scene.traverse((o) => {
    if (o instanceof Mesh && !o.name.startsWith('Aura')) box.union(part.setFromObject(o));
  });
  const at = new Vector3();
  const level = (bone: VRMHumanBoneName, otherwise: number): number => {
    const node = vrm.humanoid.getRawBoneNode(bone);
    return node ? node.getWorldPosition(at).y : otherwise;
  };
  const height = Math.min(Math.max(box.max.y, 0.05), 50);
  return { height, width: Math.min(box.max.x - box.min.x, height * 0.64), head: level('head', height * 0.8), hips: level('hips', height * 0.5) };
}

