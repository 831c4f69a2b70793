// VRM 0.x from the same description, for programs that know no other: it faces -Z, knows no
// constraints (half joints share their weight between the bones they stand between) and has its
// materials in the terms of Unity.
import { addMaterials, addMeshes, addSkeleton, jsonExtension, newDocument, writeGlb } from './document.mjs';
import { PRESETS } from './expressions.mjs';
import { MATERIALS, MOOD_TINTS } from './materials.mjs';
import { linear, paler } from './palette.mjs';
import { COLLIDERS, SPRINGS } from './springs.mjs';

const Vrm = jsonExtension('VRM');
const turned = ([x, y, z]) => [-x, y, -z];
const gamma = (rgb) => [...rgb.map((x) => Math.round(x ** (1 / 2.2) * 1e4) / 1e4), 1];
const xyz = ([x, y, z]) => ({ x, y, z });

/** Without half joints: each gives its weight to the bone it follows and to its parent. */
function shared(skeleton, joints, weights) {
  const sums = new Map();
  joints.forEach((index, k) => {
    const joint = skeleton.joints[index];
    const parts = joint.follows ? [[skeleton.index(joint.follows[0]), joint.follows[1]], [joint.parentIndex, 1 - joint.follows[1]]]
      : [[index, 1]];
    for (const [to, part] of parts) sums.set(to, (sums.get(to) ?? 0) + weights[k] * part);
  });
  const rows = [...sums].filter(([, w]) => w > 0).sort((a, b) => b[1] - a[1]).slice(0, 4);
  const total = rows.reduce((sum, [, w]) => sum + w, 0);
  while (rows.length < 4) rows.push([0, 0]);
  return { joints: rows.map(([i]) => i), weights: rows.map(([, w]) => w / total) };
}

function turnFigure({ skeleton, primitives }) {
  const joints = skeleton.joints.map((joint) => ({ ...joint, rest: turned(joint.rest) }));
  return {
    skeleton: { ...skeleton, joints },
    primitives: primitives.map((p) => {
      const rows = p.joints.map((own, i) => shared(skeleton, own, p.weights[i]));
      return { ...p, positions: p.positions.map(turned), normals: p.normals.map(turned),
        joints: rows.map((row) => row.joints), weights: rows.map((row) => row.weights),
        morphs: Object.fromEntries(Object.entries(p.morphs).map(([name, deltas]) => [name, deltas.map(turned)])) };
    }),
  };
}

const META = {
  title: 'Nook', version: '1.0', author: 'The Loci authors', contactInformation: '', reference: '',
  allowedUserName: 'Everyone', violentUssageName: 'Allow', sexualUssageName: 'Allow', commercialUssageName: 'Allow',
  otherPermissionUrl: '', licenseName: 'CC0', otherLicenseUrl: 'https://creativecommons.org/publicdomain/zero/1.0/',
};

/** The thumb's joints are named one further out. */
const boneName = (bone) => bone.replace('ThumbProximal', 'ThumbIntermediate').replace('ThumbMetacarpal', 'ThumbProximal');
const PRESET_NAMES = { happy: 'joy', angry: 'angry', sad: 'sorrow', relaxed: 'fun', surprised: 'unknown', aa: 'a', ih: 'i', ou: 'u',
  ee: 'e', oh: 'o', blink: 'blink', blinkLeft: 'blink_l', blinkRight: 'blink_r', lookUp: 'lookup', lookDown: 'lookdown',
  lookLeft: 'lookleft', lookRight: 'lookright', neutral: 'neutral' };
const PROPERTY = { color: '_Color', emissionColor: '_EmissionColor' };

function blendShapes(faceMesh, shapeNames) {
  return Object.entries(PRESETS).map(([name, preset]) => ({
    name: name[0].toUpperCase() + name.slice(1), presetName: PRESET_NAMES[name], isBinary: false,
    binds: preset.shapes.map((shape) => ({ mesh: faceMesh, index: shapeNames.indexOf(shape), weight: 100 })),
    materialValues: preset.light ? MOOD_TINTS.map(({ material, type, strength, white = 0 }) => ({ materialName: material,
      propertyName: PROPERTY[type], targetValue: gamma(linear(paler(preset.light, white), strength)) })) : [],
  }));
}

/** Shift and softness of the shade in the older terms. */
function shade({ toony, shift }) {
  const shift0 = -shift - (1 - toony);
  const k = 0.5 + 0.5 * shift0;
  return { _ShadeShift: shift0, _ShadeToony: (toony - k) / (1 - k) };
}

function unityMaterial(name, m, textureIndex) {
  return {
    name, shader: 'VRM/MToon', renderQueue: m.blend ? 3000 : 2000,
    keywordMap: m.blend ? { _ALPHABLEND_ON: true } : {},
    tagMap: { RenderType: m.blend ? 'Transparent' : 'Opaque' },
    floatProperties: { ...shade(m), _BlendMode: m.blend ? 2 : 0, _CullMode: 2, _ZWrite: m.blend ? 0 : 1,
      _SrcBlend: m.blend ? 5 : 1, _DstBlend: m.blend ? 10 : 0, _IndirectLightIntensity: 0.1,
      _RimLightingMix: m.rimMix ?? 0.6, _RimFresnelPower: m.rimPower ?? 4, _RimLift: 0,
      _OutlineWidthMode: m.outline ? 1 : 0, _OutlineWidth: (m.outline ?? 0) * 100, _OutlineColorMode: 1, _OutlineLightingMix: 0.35 },
    vectorProperties: { _Color: gamma((m.base ?? [1, 1, 1]).slice(0, 3)), _ShadeColor: gamma(linear(m.shade)),
      _EmissionColor: gamma(m.emission ?? [0, 0, 0]), _RimColor: gamma(m.rim ? linear(m.rim) : [0, 0, 0]),
      _OutlineColor: gamma(m.outlineColor ? linear(m.outlineColor) : [0, 0, 0]) },
    textureProperties: { _MainTex: textureIndex(m.texture), _ShadeTexture: textureIndex(m.texture),
      ...(m.light ? { _EmissionMap: textureIndex(m.light) } : {}),
      ...(m.matcap ? { _SphereAdd: textureIndex(m.matcap) } : {}),
      ...(m.outlineMask ? { _OutlineWidthTexture: textureIndex(m.outlineMask) } : {}) },
  };
}

function secondary(node) {
  return {
    boneGroups: SPRINGS.map(({ name, joints, stiffness, gravity, drag }) => ({ comment: name, stiffiness: stiffness,
      gravityPower: gravity, gravityDir: { x: 0, y: -1, z: 0 }, dragForce: drag, center: -1, hitRadius: 0.02,
      bones: [node(joints[0])], colliderGroups: COLLIDERS.map((_, i) => i) })),
    // Offsets are in Unity's space, whose z runs the other way.
    colliderGroups: COLLIDERS.map(({ joint, offset, radius }) => ({ node: node(joint),
      colliders: [{ offset: xyz([-offset[0], offset[1], offset[2]]), radius }] })),
  };
}

const curve = (xRange) => ({ curve: [0, 0, 0, 1, 1, 1, 1, 0], xRange, yRange: 1 });

function vrmJson({ skeleton, node, meshIndex, shapeNames, materials }) {
  return {
    exporterVersion: 'characters/nook/generator', specVersion: '0.0', meta: META,
    humanoid: { humanBones: skeleton.joints.filter(({ bone }) => bone).map(({ bone, name }) => (
      { bone: boneName(bone), node: node(name), useDefaultValues: true })),
    armStretch: 0.05, legStretch: 0.05, upperArmTwist: 0.5, lowerArmTwist: 0.5, upperLegTwist: 0.5, lowerLegTwist: 0.5,
    feetSpacing: 0, hasTranslationDoF: false },
    firstPerson: { firstPersonBone: node('Head'), firstPersonBoneOffset: xyz([0, 0.15, 0.12]),
      meshAnnotations: [['Body', 'Auto'], ['Face', 'ThirdPersonOnly'], ['Aura', 'ThirdPersonOnly']].map(([name, flag]) => (
        { mesh: meshIndex(name), firstPersonFlag: flag })),
      lookAtTypeName: 'BlendShape', lookAtHorizontalInner: curve(45), lookAtHorizontalOuter: curve(45),
      lookAtVerticalDown: curve(35), lookAtVerticalUp: curve(35) },
    blendShapeMaster: { blendShapeGroups: blendShapes(meshIndex('Face'), shapeNames) },
    secondaryAnimation: secondary(node),
    materialProperties: materials,
  };
}

export async function writeVrm0(figure, images) {
  const { skeleton, primitives } = turnFigure(figure);
  const target = newDocument();
  const { document } = target;
  const rig = addSkeleton(target, skeleton);
  const { materials, texture } = addMaterials(target, MATERIALS, images);
  const meshes = addMeshes(target, primitives, rig, materials);
  const shapeNames = Object.keys(primitives.find((p) => p.mesh === 'Face').morphs);
  document.createExtension(Vrm).compose = (context) => {
    const { json } = context.jsonDoc;
    const textureIndex = (name) => context.createTextureInfoDef(texture(name), materials.get('cloth').getBaseColorTextureInfo()).index;
    const byIndex = [...materials].sort(([, a], [, b]) => context.materialIndexMap.get(a) - context.materialIndexMap.get(b));
    (json.extensions ??= {}).VRM = vrmJson({ skeleton, shapeNames,
      node: (name) => context.nodeIndexMap.get(rig.nodes[skeleton.index(name)]),
      meshIndex: (name) => context.meshIndexMap.get(meshes.get(name).mesh),
      materials: byIndex.map(([name]) => unityMaterial(name, MATERIALS[name], textureIndex)) });
  };
  return writeGlb(document, [Vrm]);
}
