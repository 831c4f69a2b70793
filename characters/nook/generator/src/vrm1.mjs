// VRM 1.0: what a viewer must know beyond the meshes.
import { PRESETS } from './expressions.mjs';
import { MATERIALS, MOOD_TINTS, mtoon } from './materials.mjs';
import { addMaterials, addMeshes, addSkeleton, jsonExtension, newDocument, writeGlb } from './document.mjs';
import { linear, paler } from './palette.mjs';
import { COLLIDERS, SPRINGS } from './springs.mjs';

const Vrm = jsonExtension('VRMC_vrm');
const Spring = jsonExtension('VRMC_springBone');
const Toon = jsonExtension('VRMC_materials_mtoon');
const Constraint = jsonExtension('VRMC_node_constraint');

export const META = {
  name: 'Nook',
  version: '1.0',
  authors: ['The Loci authors'],
  copyrightInformation: 'Dedicated to the public domain (CC0 1.0)',
  contactInformation: '',
  references: [],
  thirdPartyLicenses: 'None: every shape, texture and motion is made by characters/nook/generator',
  licenseUrl: 'https://vrm.dev/licenses/1.0/',
  avatarPermission: 'everyone',
  allowExcessivelyViolentUsage: true,
  allowExcessivelySexualUsage: true,
  commercialUsage: 'corporation',
  allowPoliticalOrReligiousUsage: true,
  allowAntisocialOrHateUsage: true,
  creditNotation: 'unnecessary',
  allowRedistribution: true,
  modification: 'allowModificationRedistribution',
  otherLicenseUrl: 'https://creativecommons.org/publicdomain/zero/1.0/',
};

function expressionJson(preset, { faceNode, shapeNames, materialIndex }) {
  const json = { isBinary: false, overrideBlink: preset.blink ?? 'none', overrideLookAt: preset.lookAt ?? 'none',
    overrideMouth: preset.mouth ?? 'none' };
  if (preset.shapes.length) {
    json.morphTargetBinds = preset.shapes.map((name) => ({ node: faceNode, index: shapeNames.indexOf(name), weight: 1 }));
  }
  if (preset.light) {
    json.materialColorBinds = MOOD_TINTS.map(({ material, type, strength, white = 0 }) => ({
      material: materialIndex(material), type, targetValue: [...linear(paler(preset.light, white), strength), 1] }));
  }
  return json;
}

function springJson(node) {
  return {
    specVersion: '1.0',
    colliders: COLLIDERS.map(({ joint, offset, radius }) => ({ node: node(joint), shape: { sphere: { offset, radius } } })),
    colliderGroups: [{ name: 'body', colliders: COLLIDERS.map((_, i) => i) }],
    springs: SPRINGS.map(({ name, joints, stiffness, gravity, drag }) => ({ name, colliderGroups: [0],
      joints: joints.map((joint) => ({ node: node(joint), hitRadius: 0.02, stiffness, gravityPower: gravity,
        gravityDir: [0, -1, 0], dragForce: drag })) })),
  };
}

const range = (inputMaxValue) => ({ inputMaxValue, outputScale: 1 });

function vrmJson(skeleton, node, meshNode, shapeNames, materialIndex) {
  const bones = skeleton.joints.filter(({ bone }) => bone);
  const context = { faceNode: meshNode('Face'), shapeNames, materialIndex };
  return {
    specVersion: '1.0',
    meta: META,
    humanoid: { humanBones: Object.fromEntries(bones.map(({ bone, name }) => [bone, { node: node(name) }])) },
    firstPerson: { meshAnnotations: [
      { node: meshNode('Body'), type: 'auto' },
      { node: meshNode('Face'), type: 'thirdPersonOnly' },
      { node: meshNode('Aura'), type: 'thirdPersonOnly' },
    ] },
    lookAt: { offsetFromHeadBone: [0, 0.15, 0.12], type: 'expression', rangeMapHorizontalInner: range(45),
      rangeMapHorizontalOuter: range(45), rangeMapVerticalDown: range(35), rangeMapVerticalUp: range(35) },
    expressions: { preset: Object.fromEntries(Object.entries(PRESETS).map(([name, preset]) =>
      [name, expressionJson(preset, context)])) },
  };
}

export async function writeVrm1({ skeleton, primitives }, images) {
  const target = newDocument();
  const { document } = target;
  const rig = addSkeleton(target, skeleton);
  const { materials, texture } = addMaterials(target, MATERIALS, images);
  const meshes = addMeshes(target, primitives, rig, materials);
  const shapeNames = Object.keys(primitives.find((p) => p.mesh === 'Face').morphs);

  document.createExtension(Toon).compose = (context) => {
    for (const [name, material] of materials) {
      const info = (textureName) => context.createTextureInfoDef(texture(textureName), material.getBaseColorTextureInfo());
      const json = context.jsonDoc.json.materials[context.materialIndexMap.get(material)];
      (json.extensions ??= {}).VRMC_materials_mtoon = mtoon(MATERIALS[name], info);
    }
  };
  document.createExtension(Constraint).compose = (context) => {
    for (const joint of skeleton.joints.filter(({ follows }) => follows)) {
      const [source, weight] = joint.follows;
      const json = context.jsonDoc.json.nodes[context.nodeIndexMap.get(rig.nodes[joint.index])];
      (json.extensions ??= {}).VRMC_node_constraint = { specVersion: '1.0',
        constraint: { rotation: { source: context.nodeIndexMap.get(rig.nodes[skeleton.index(source)]), weight } } };
    }
  };
  const nodeOf = (context) => (name) => context.nodeIndexMap.get(rig.nodes[skeleton.index(name)]);
  document.createExtension(Spring).compose = (context) => {
    (context.jsonDoc.json.extensions ??= {}).VRMC_springBone = springJson(nodeOf(context));
  };
  document.createExtension(Vrm).compose = (context) => {
    const meshNode = (name) => context.nodeIndexMap.get(meshes.get(name).node);
    const materialIndex = (name) => context.materialIndexMap.get(materials.get(name));
    (context.jsonDoc.json.extensions ??= {}).VRMC_vrm =
      vrmJson(skeleton, nodeOf(context), meshNode, shapeNames, materialIndex);
  };
  return writeGlb(document, [Vrm, Spring, Toon, Constraint]);
}
