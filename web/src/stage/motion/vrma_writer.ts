// A recording as a VRM animation (VRMC_vrm_animation 1.0): a binary glTF without meshes, whose humanoid
// stands in an unturned T-pose with its hips one metre high.

import { kParents, parent_of, type Recording } from './recording';

interface Accessor { bufferView: number; componentType: 5126; count: number; type: 'SCALAR' | 'VEC3' | 'VEC4'; min?: number[]; max?: number[] }

class Buffers {
  readonly views: { buffer: 0; byteOffset: number; byteLength: number }[] = [];
  readonly accessors: Accessor[] = [];
  private readonly parts: Float32Array[] = [];
  size = 0;
  private readonly known = new Map<Float32Array, number>();

  put(data: Float32Array, type: Accessor['type']): number {
    const before = this.known.get(data);
    if (before !== undefined) return before;
    const bounds = type === 'SCALAR' ? { min: [data[0] ?? 0], max: [data.at(-1) ?? 0] } : {};
    this.views.push({ buffer: 0, byteOffset: this.size, byteLength: data.byteLength });
    const count = data.length / { SCALAR: 1, VEC3: 3, VEC4: 4 }[type];
    this.accessors.push({ bufferView: this.views.length - 1, componentType: 5126, count, type, ...bounds });
    this.parts.push(data);
    this.size += data.byteLength;
    this.known.set(data, this.accessors.length - 1);
    return this.accessors.length - 1;
  }
  bytes(): Uint8Array {
    const out = new Uint8Array(this.size);
    let at = 0;
    for (const part of this.parts) {
      out.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
      at += part.byteLength;
    }
    return out;
  }
}

/** Where each bone sits against its parent; only the hips' height means anything. */
function offset(bone: string): [number, number, number] {
  const side = bone.startsWith('left') ? 1 : bone.startsWith('right') ? -1 : 0;
  if (bone === 'hips') return [0, 1, 0];
  if (/UpperLeg$/.test(bone)) return [side * 0.1, -0.05, 0];
  if (/LowerLeg$|Foot$/.test(bone)) return [0, -0.43, 0];
  if (/Toes$/.test(bone)) return [0, -0.06, 0.14];
  return side === 0 ? [0, 0.14, 0] : [side * (/Arm$|Hand$/.test(bone) ? 0.26 : 0.05), 0, 0];
}

export function write_vrma(recording: Recording): ArrayBuffer {
  // Bones are nodes only once, parents before children.
  const order = ['hips', ...Object.keys(kParents)].filter((b) => b === 'hips' || recording.rotations.some((t) => t.bone === b));
  const buffers = new Buffers();
  const nodes: { name: string; translation: [number, number, number]; children?: number[] }[] = order.map((bone) => ({ name: bone, translation: offset(bone) }));
  order.forEach((bone, i) => {
    const parent = parent_of(bone, (b) => order.includes(b));
    if (parent !== undefined) (nodes[order.indexOf(parent)]!.children ??= []).push(i);
  });
  const samplers: object[] = [];
  const channels: object[] = [];
  const add = (node: number, path: string, input: number, output: number): void => {
    samplers.push({ input, output, interpolation: 'LINEAR' });
    channels.push({ sampler: samplers.length - 1, target: { node, path } });
  };
  for (const track of recording.rotations) {
    const node = order.indexOf(track.bone);
    if (node >= 0) add(node, 'rotation', buffers.put(track.times, 'SCALAR'), buffers.put(track.quats, 'VEC4'));
  }
  if (recording.hips) add(0, 'translation', buffers.put(recording.hips.times, 'SCALAR'), buffers.put(recording.hips.places, 'VEC3'));
  const json = {
    asset: { version: '2.0', generator: 'Loci' },
    extensionsUsed: ['VRMC_vrm_animation'],
    extensions: { VRMC_vrm_animation: { specVersion: '1.0', humanoid: { humanBones: Object.fromEntries(order.map((bone, node) => [bone, { node }])) } } },
    scene: 0, scenes: [{ nodes: [0] }], nodes,
    animations: [{ name: recording.name, samplers, channels }],
    accessors: buffers.accessors, bufferViews: buffers.views, buffers: [{ byteLength: buffers.size }],
  };
  return glb(new TextEncoder().encode(JSON.stringify(json)), buffers.bytes());
}

function glb(json: Uint8Array, binary: Uint8Array): ArrayBuffer {
  const padded = (n: number): number => (n + 3) & ~3;
  const total = 12 + 8 + padded(json.length) + 8 + padded(binary.length);
  const out = new Uint8Array(total).fill(0x20, 20, 20 + padded(json.length));
  const view = new DataView(out.buffer);
  view.setUint32(0, 0x46546c67, true);
  view.setUint32(4, 2, true);
  view.setUint32(8, total, true);
  view.setUint32(12, padded(json.length), true);
  view.setUint32(16, 0x4e4f534a, true);
  out.set(json, 20);
  const at = 20 + padded(json.length);
  view.setUint32(at, padded(binary.length), true);
  view.setUint32(at + 4, 0x004e4942, true);
  out.set(binary, at + 8);
  return out.buffer;
}
