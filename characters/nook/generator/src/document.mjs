// The glTF document: nodes, skin, meshes and materials. What VRM adds comes from vrm1.mjs.
import { Document, Extension, NodeIO, Primitive, TextureInfo } from '@gltf-transform/core';

/** An extension whose JSON is written by a function when the indices of all parts are known. */
export function jsonExtension(name) {
  return class extends Extension {
    static EXTENSION_NAME = name;
    extensionName = name;
    compose = () => {};
    read() {
      return this;
    }
    write(context) {
      this.compose(context);
      return this;
    }
  };
}

export function newDocument() {
  const document = new Document();
  const buffer = document.createBuffer();
  document.getRoot().getAsset().generator = 'characters/nook/generator';
  const accessor = (type, array) => document.createAccessor().setType(type).setArray(array).setBuffer(buffer);
  return { document, accessor };
}

export function addSkeleton({ document, accessor }, skeleton) {
  const scene = document.createScene('Nook');
  const nodes = skeleton.joints.map(({ name, rest, parentIndex }) => {
    const from = parentIndex < 0 ? [0, 0, 0] : skeleton.joints[parentIndex].rest;
    return document.createNode(name).setTranslation(rest.map((x, d) => Math.fround(x - from[d])));
  });
  const skin = document.createSkin('Nook').setSkeleton(nodes[0]);
  const inverse = new Float32Array(nodes.length * 16);
  skeleton.joints.forEach(({ rest, parentIndex }, i) => {
    if (parentIndex < 0) scene.addChild(nodes[i]);
    else nodes[parentIndex].addChild(nodes[i]);
    skin.addJoint(nodes[i]);
    inverse.set([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, -rest[0], -rest[1], -rest[2], 1], i * 16);
  });
  skin.setInverseBindMatrices(accessor('MAT4', inverse));
  return { scene, nodes, skin };
}

export function addMaterials({ document }, table, images) {
  const textures = new Map();
  const texture = (name) => {
    if (!textures.has(name)) {
      textures.set(name, document.createTexture(name).setImage(new Uint8Array(images[name])).setMimeType('image/png'));
    }
    return textures.get(name);
  };
  const materials = new Map(Object.entries(table).map(([name, m]) => {
    const material = document.createMaterial(name).setMetallicFactor(0).setRoughnessFactor(0.9)
      .setBaseColorFactor(m.base ?? [1, 1, 1, 1]).setBaseColorTexture(texture(m.texture));
    if (m.light) material.setEmissiveTexture(texture(m.light)).setEmissiveFactor(m.emission);
    for (const extra of [m.matcap, m.outlineMask]) if (extra) texture(extra);
    if (m.blend) material.setAlphaMode('BLEND');
    for (const info of [material.getBaseColorTextureInfo(), material.getEmissiveTextureInfo()]) {
      info?.setWrapS(TextureInfo.WrapMode.CLAMP_TO_EDGE).setWrapT(TextureInfo.WrapMode.CLAMP_TO_EDGE)
        .setMagFilter(TextureInfo.MagFilter.LINEAR).setMinFilter(TextureInfo.MinFilter.LINEAR_MIPMAP_LINEAR);
    }
    return [name, material];
  }));
  return { materials, texture };
}

const flat = (rows) => new Float32Array(rows.flat());

/** Weights whose sum is exactly one as floats. */
function weightArray(rows) {
  return new Float32Array(rows.flatMap((row) => {
    const rounded = row.map((w) => Math.round(w * 4096) / 4096);
    rounded[0] += 1 - rounded.reduce((sum, w) => sum + w, 0);
    return rounded;
  }));
}

export function addMeshes(target, primitives, { skin, scene }, materials) {
  const { document, accessor } = target;
  const meshes = new Map();
  for (const p of primitives) {
    if (!meshes.has(p.mesh)) {
      const mesh = document.createMesh(p.mesh);
      const node = document.createNode(p.mesh).setMesh(mesh).setSkin(skin);
      scene.addChild(node);
      meshes.set(p.mesh, { mesh, node });
    }
    const { mesh } = meshes.get(p.mesh);
    const weights = weightArray(p.weights);
    const joints = Uint8Array.from(p.joints.flat(), (j, i) => (weights[i] > 0 ? j : 0));
    const primitive = document.createPrimitive().setMode(Primitive.Mode.TRIANGLES)
      .setMaterial(materials.get(p.material))
      .setIndices(accessor('SCALAR', new Uint16Array(p.indices)))
      .setAttribute('POSITION', accessor('VEC3', flat(p.positions)))
      .setAttribute('NORMAL', accessor('VEC3', flat(p.normals)))
      .setAttribute('TEXCOORD_0', accessor('VEC2', flat(p.uvs)))
      .setAttribute('JOINTS_0', accessor('VEC4', joints))
      .setAttribute('WEIGHTS_0', accessor('VEC4', weights));
    const names = Object.keys(p.morphs);
    for (const name of names) {
      primitive.addTarget(document.createPrimitiveTarget(name)
        .setAttribute('POSITION', accessor('VEC3', flat(p.morphs[name])).setSparse(true)));
    }
    if (names.length) mesh.setWeights(names.map(() => 0)).setExtras({ targetNames: names });
    mesh.addPrimitive(primitive);
  }
  return meshes;
}

export async function writeGlb(document, extensions) {
  const io = new NodeIO().registerExtensions(extensions);
  return Buffer.from(await io.writeBinary(document));
}
