// What a VRM file says about itself, read before anything is drawn: a report of what is in it, or
// words about what is wrong with it. Files come from anywhere; nothing in them is trusted.

export class FileTrouble extends Error {}

export interface ModelReport {
  name: string;
  /** which VRM it is written in */
  version: '0.x' | '1.0';
  authors: string;
  licence: string;
  /** what the licence lets people do, in words */
  terms: string[];
  bones: string[];
  missing_bones: string[];
  expressions: string[];
  missing_expressions: string[];
  triangles: number;
  materials: number;
  textures: number;
  texture_bytes: number;
  springs: number;
  bytes: number;
}

export const kRequiredBones = [
  'hips', 'spine', 'head', 'leftUpperArm', 'leftLowerArm', 'leftHand', 'rightUpperArm', 'rightLowerArm', 'rightHand',
  'leftUpperLeg', 'leftLowerLeg', 'leftFoot', 'rightUpperLeg', 'rightLowerLeg', 'rightFoot',
] as const;
export const kPresets = [
  'happy', 'angry', 'sad', 'relaxed', 'surprised', 'aa', 'ih', 'ou', 'ee', 'oh', 'blink', 'blinkLeft', 'blinkRight',
  'lookUp', 'lookDown', 'lookLeft', 'lookRight', 'neutral',
] as const;

const kOldNames: Record<string, string> = {
  joy: 'happy', angry: 'angry', sorrow: 'sad', fun: 'relaxed', a: 'aa', i: 'ih', u: 'ou', e: 'ee', o: 'oh', blink: 'blink',
  blink_l: 'blinkLeft', blink_r: 'blinkRight', lookup: 'lookUp', lookdown: 'lookDown', lookleft: 'lookLeft',
  lookright: 'lookRight', neutral: 'neutral',
};

type Json = Record<string, unknown>;
const is_object = (v: unknown): v is Json => typeof v === 'object' && v !== null && !Array.isArray(v);
const object = (v: unknown): Json => (is_object(v) ? v : {});
const list = (v: unknown): Json[] => (Array.isArray(v) ? v.filter(is_object) : []);
const text = (v: unknown): string => (typeof v === 'string' ? v.slice(0, 300) : '');
const count = (v: unknown): number => (typeof v === 'number' && Number.isFinite(v) && v > 0 ? v : 0);

const kMegabyte = 1024 * 1024;
const kLargest = 200 * kMegabyte;
const kGltf = 0x46546c67;
const kJson = 0x4e4f534a;

/** The JSON part of a binary glTF. */
export function glb_json(bytes: ArrayBuffer): Json {
  if (bytes.byteLength < 20) throw new FileTrouble('The file is empty or only a few bytes long.');
  if (bytes.byteLength > kLargest) throw new FileTrouble('The file is larger than 200 MB; that is more than a browser can hold well.');
  const view = new DataView(bytes);
  if (view.getUint32(0, true) !== kGltf) {
    throw new FileTrouble('This is not a VRM file: it does not begin as a binary glTF does. Was it renamed, or is it inside an archive?');
  }
  if (view.getUint32(4, true) !== 2) throw new FileTrouble(`The file is glTF version ${view.getUint32(4, true)}; VRM needs version 2.`);
  const promised = view.getUint32(8, true);
  if (promised > bytes.byteLength) {
    throw new FileTrouble(`The file ends too early: ${bytes.byteLength.toLocaleString('en')} of ${promised.toLocaleString('en')} bytes are here. Fetch or copy it again.`);
  }
  const length = view.getUint32(12, true);
  if (view.getUint32(16, true) !== kJson || 20 + length > bytes.byteLength) {
    throw new FileTrouble('The first part of the file is not a description of a model: the file is damaged.');
  }
  try {
    return object(JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 20, length))));
  } catch {
    throw new FileTrouble('The description inside the file cannot be read: the file is damaged.');
  }
}

export function read_report(bytes: ArrayBuffer): ModelReport {
  const json = glb_json(bytes);
  const extensions = object(json.extensions);
  const one = is_object(extensions.VRMC_vrm);
  if (!one && !is_object(extensions.VRM)) {
    throw new FileTrouble('This is a glTF model, but not a VRM: nothing in it says which bone is the head and which the hand. Export it as VRM (from VRoid Studio, or Blender with the VRM add-on).');
  }
  if (list(json.meshes).length === 0) throw new FileTrouble('There is no mesh in this file, so there is nothing to show.');
  const vrm = object(one ? extensions.VRMC_vrm : extensions.VRM);
  const bones = one ? Object.keys(object(object(vrm.humanoid).humanBones)) : list(object(vrm.humanoid).humanBones).map((b) => text(b.bone));
  const missing = kRequiredBones.filter((b) => !bones.includes(b));
  if (missing.length > 0) {
    throw new FileTrouble(`Without these bones it cannot be moved: ${missing.join(', ')}. The model is not a complete VRM; export it again with all required bones assigned.`);
  }
  const expressions = expression_names(vrm, one);
  return {
    ...about(object(vrm.meta), one), version: one ? '1.0' : '0.x',
    bones, missing_bones: kOptional.filter((b) => !bones.includes(b)),
    expressions, missing_expressions: kPresets.filter((p) => !p.startsWith('look') && p !== 'neutral' && !expressions.includes(p)),
    ...cost(json), springs: springs(vrm, object(extensions.VRMC_springBone), one), bytes: bytes.byteLength,
  };
}

const kOptional = ['chest', 'neck', 'leftShoulder', 'rightShoulder', 'leftEye', 'rightEye', 'leftToes', 'rightToes'];

function expression_names(vrm: Json, one: boolean): string[] {
  if (one) {
    const { preset, custom } = object(vrm.expressions);
    return [...Object.keys(object(preset)), ...Object.keys(object(custom))].slice(0, 200);
  }
  return list(object(vrm.blendShapeMaster).blendShapeGroups)
    .map((g) => kOldNames[text(g.presetName).toLowerCase()] ?? text(g.name)).filter(Boolean).slice(0, 200);
}

function about(meta: Json, one: boolean): Pick<ModelReport, 'name' | 'authors' | 'licence' | 'terms'> {
  if (one) {
    const authors = Array.isArray(meta.authors) ? meta.authors.map(text).filter(Boolean).join(', ') : '';
    const who = { everyone: 'everyone may use it', onlySeparatelyLicensedPerson: 'only people with a licence of their own may use it', onlyAuthor: 'only its author may use it' }[text(meta.avatarPermission)] ?? 'only its author may use it';
    const trade = { corporation: 'companies may use it', personalProfit: 'persons may earn money with it', personalNonProfit: 'not for profit' }[text(meta.commercialUsage)] ?? 'not for profit';
    const change = { allowModificationRedistribution: 'changed versions may be passed on', allowModification: 'it may be changed', prohibited: 'it may not be changed' }[text(meta.modification)] ?? 'it may not be changed';
    return {
      name: text(meta.name), authors, licence: text(meta.otherLicenseUrl) || text(meta.licenseUrl),
      terms: [who, trade, change, meta.creditNotation === 'unnecessary' ? 'no credit needed' : 'its author must be named'],
    };
  }
  const who = { Everyone: 'everyone may use it', ExplicitlyLicensedPerson: 'only people with a licence of their own may use it' }[text(meta.allowedUserName)] ?? 'only its author may use it';
  return {
    name: text(meta.title), authors: text(meta.author),
    licence: text(meta.otherLicenseUrl) || text(meta.licenseName).replaceAll('_', ' '),
    terms: [who, text(meta.commercialUssageName) === 'Allow' ? 'money may be earned with it' : 'not for profit'],
  };
}

function cost(json: Json): Pick<ModelReport, 'triangles' | 'materials' | 'textures' | 'texture_bytes'> {
  const accessors = list(json.accessors);
  const views = list(json.bufferViews);
  let corners = 0;
  for (const mesh of list(json.meshes)) {
    for (const part of list(mesh.primitives)) {
      const from = typeof part.indices === 'number' ? part.indices : object(part.attributes).POSITION;
      corners += typeof from === 'number' ? count(accessors[from]?.count) : 0;
    }
  }
  const images = list(json.images);
  const bytes = images.map((i) => (typeof i.bufferView === 'number' ? count(views[i.bufferView]?.byteLength) : 0));
  return {
    triangles: Math.round(corners / 3), materials: list(json.materials).length,
    textures: images.length, texture_bytes: bytes.reduce((a, b) => a + b, 0),
  };
}

function springs(vrm: Json, extension: Json, one: boolean): number {
  if (one) return list(extension.springs).reduce((sum, s) => sum + list(s.joints).length, 0);
  return list(object(vrm.secondaryAnimation).boneGroups).reduce((sum, g) => sum + (Array.isArray(g.bones) ? g.bones.length : 0), 0);
}
