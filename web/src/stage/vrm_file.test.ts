import { describe, expect, it } from 'vitest';
import { kRequiredBones, read_report } from './vrm_file';

function glb(json: unknown, promised?: number): ArrayBuffer {
  const text = new TextEncoder().encode(typeof json === 'string' ? json : JSON.stringify(json));
  const out = new Uint8Array(20 + text.length);
  const view = new DataView(out.buffer);
  [0x46546c67, 2, promised ?? out.length, text.length, 0x4e4f534a].forEach((n, i) => view.setUint32(4 * i, n, true));
  out.set(text, 20);
  return out.buffer;
}
const bones = Object.fromEntries(kRequiredBones.map((b, i) => [b, { node: i }]));
const base = {
  meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1 }, { attributes: { POSITION: 0 } }] }],
  accessors: [{ count: 30 }, { count: 60 }], images: [{ bufferView: 0 }], bufferViews: [{ byteLength: 1234 }], materials: [{}, {}],
};
const one = { ...base, extensions: { VRMC_vrm: { humanoid: { humanBones: bones }, meta: { name: 'Fox', authors: ['Ada'], licenseUrl: 'https://vrm.dev/licenses/1.0/', avatarPermission: 'everyone' }, expressions: { preset: { happy: {}, blink: {} }, custom: { grin: {} } } } } };
const old = { ...base, extensions: { VRM: { humanoid: { humanBones: kRequiredBones.map((bone, node) => ({ bone, node })) }, meta: { title: 'Old fox', author: 'Ada', licenseName: 'CC_BY' }, blendShapeMaster: { blendShapeGroups: [{ presetName: 'joy' }, { presetName: 'unknown', name: 'Grin' }] } } } };

describe('a report of a model', () => {
  it('VRM 1.0', () => {
    expect(read_report(glb(one))).toMatchObject({ name: 'Fox', version: '1.0', authors: 'Ada', triangles: 30, materials: 2, textures: 1, texture_bytes: 1234, expressions: ['happy', 'blink', 'grin'] });
    expect(read_report(glb(one)).terms).toContain('everyone may use it');
    expect(read_report(glb(one)).missing_expressions).toContain('aa');
  });
  it('VRM 0.x, in the words of 1.0', () => {
    expect(read_report(glb(old))).toMatchObject({ name: 'Old fox', version: '0.x', licence: 'CC BY', expressions: ['happy', 'Grin'] });
  });
  it.each([
    ['an empty file', new ArrayBuffer(3), /empty/], ['a picture', new Uint8Array(64).fill(137).buffer, /not a VRM file/], ['half a file', glb(one, 999_999), /ends too early/],
    ['no JSON', glb('{"a":'), /damaged/], ['a chair', glb(base), /not a VRM/], ['no mesh', glb({ ...one, meshes: [] }), /no mesh/],
    ['no left hand', glb({ ...one, extensions: { VRMC_vrm: { humanoid: { humanBones: { ...bones, leftHand: undefined } } } } }), /leftHand/],
    ['an array for everything', glb({ extensions: { VRMC_vrm: [] }, meshes: [[]] }), /not a VRM/],
  ])('%s is explained in words', (_, bytes, words) => expect(() => read_report(bytes)).toThrow(words));
});
