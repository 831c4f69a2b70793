// The committed files are what the generator makes, valid, and within what the page can afford.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import validator from 'gltf-validator';
import { CLIPS } from '../clips/index.mjs';
import { PRESETS, SHAPES } from '../src/expressions.mjs';
import { detailOf } from '../src/figure.mjs';
import { legMesh } from '../src/limbs.mjs';
import { LIGHT, outputs, WHOLE } from '../src/outputs.mjs';

const made = new Map(await outputs());
const committed = (name) => readFileSync(new URL(`../../${name}`, import.meta.url));
const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');

function readGlb(bytes) {
  const length = bytes.readUInt32LE(12);
  return JSON.parse(bytes.toString('utf8', 20, 20 + length));
}

for (const name of made.keys()) {
  test(`${name} is what the generator makes`, () => {
    assert.equal(hash(committed(name)), hash(made.get(name)), 'run `npm run build` in characters/nook/generator');
  });
}

const glbs = [...made.keys()].filter((name) => /\.vrma?$/.test(name));
for (const name of glbs) {
  test(`${name} has no errors or warnings`, async () => {
    const report = await validator.validateBytes(new Uint8Array(made.get(name)), { maxIssues: 50 });
    // The name of the extension of VRM 0.x, `VRM`, is older than the rule for such names.
    const wrong = report.issues.messages.filter(({ severity, code }) => severity < 2 &&
      !(name === 'nook-vrm0.vrm' && code === 'INVALID_EXTENSION_NAME_FORMAT'));
    assert.deepEqual(wrong, []);
  });
}

for (const [name, triangles, bytes] of [['nook.vrm', 24_000, 4_000_000], ['nook-vrm0.vrm', 24_000, 4_000_000], ['nook-light.vrm', 8_000, 1_000_000]]) {
  test(`${name} keeps its budget`, async () => {
    const { info } = await validator.validateBytes(new Uint8Array(made.get(name)));
    assert.ok(info.totalTriangleCount <= triangles, `${info.totalTriangleCount} triangles`);
    assert.ok(info.drawCallCount <= 9, `${info.drawCallCount} draw calls`);
    assert.ok(made.get(name).length <= bytes, `${made.get(name).length} bytes`);
  });
}

const REQUIRED = ['hips', 'spine', 'head', ...['left', 'right'].flatMap((side) =>
  ['UpperArm', 'LowerArm', 'Hand', 'UpperLeg', 'LowerLeg', 'Foot'].map((bone) => side + bone))];

for (const name of ['nook.vrm', 'nook-light.vrm']) {
  const json = readGlb(made.get(name));
  const vrm = json.extensions.VRMC_vrm;

  test(`${name} has every bone that VRM 1.0 requires`, () => {
    for (const bone of REQUIRED) assert.ok(vrm.humanoid.humanBones[bone], bone);
  });

  test(`${name} has all 18 presets, and real shapes where the face changes`, () => {
    assert.equal(Object.keys(vrm.expressions.preset).length, 18);
    const face = json.meshes.find((mesh) => mesh.name === 'Face');
    const { targets } = face.primitives[0];
    const extent = (target) => {
      const { min, max } = json.accessors[target.POSITION];
      return Math.max(...min.map((low, d) => Math.max(Math.abs(low), Math.abs(max[d]))));
    };
    for (const preset of ['happy', 'angry', 'sad', 'relaxed', 'surprised', 'aa', 'ih', 'ou', 'ee', 'oh',
      'blink', 'blinkLeft', 'blinkRight', 'lookUp', 'lookDown', 'lookLeft', 'lookRight']) {
      const binds = vrm.expressions.preset[preset].morphTargetBinds;
      assert.ok(binds?.length, preset);
      for (const { index } of binds) assert.ok(extent(targets[index]) > 0.003, `${preset} moves nothing`);
    }
    assert.equal(face.extras.targetNames.length, Object.keys(SHAPES).length);
  });

  test(`${name} says who may use it, how it looks about, and what hangs loose`, () => {
    assert.equal(vrm.meta.otherLicenseUrl, 'https://creativecommons.org/publicdomain/zero/1.0/');
    assert.equal(vrm.meta.licenseUrl, 'https://vrm.dev/licenses/1.0/');
    assert.equal(vrm.lookAt.type, 'expression');
    assert.equal(vrm.firstPerson.meshAnnotations.length, 3);
    assert.equal(json.extensions.VRMC_springBone.springs.length, 2);
  });
}

test('nook-vrm0.vrm says the same in the older terms', () => {
  const json = readGlb(made.get('nook-vrm0.vrm'));
  const { humanoid, blendShapeMaster, materialProperties, meta, secondaryAnimation } = json.extensions.VRM;
  const bones = humanoid.humanBones.map(({ bone }) => bone);
  for (const bone of [...REQUIRED, 'neck', 'chest']) assert.ok(bones.includes(bone), bone);
  assert.equal(bones.length, Object.keys(readGlb(made.get('nook.vrm')).extensions.VRMC_vrm.humanoid.humanBones).length);
  assert.equal(blendShapeMaster.blendShapeGroups.length, 18);
  assert.deepEqual(materialProperties.map(({ name }) => name), json.materials.map(({ name }) => name));
  assert.equal(meta.licenseName, 'CC0');
  assert.equal(secondaryAnimation.boneGroups.length, 2);
});

test('moods colour the light', () => {
  for (const mood of ['happy', 'angry', 'sad', 'relaxed', 'surprised']) assert.ok(PRESETS[mood].light, mood);
});

test('every clip has a name of its own and is in the card', () => {
  const card = JSON.parse(made.get('character.json'));
  const names = CLIPS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  assert.deepEqual(card.actions.map(({ name }) => name), names);
});

for (const { detail } of [WHOLE, LIGHT]) {
  test(`legs have soles, made with a fineness of ${detail}`, () => {
    const { positions, indices } = legMesh(detailOf(detail));
    assert.ok(positions.flat().every(Number.isFinite), 'a point that belongs to no face has no place');
    const sides = new Map();
    for (let t = 0; t < indices.length; t += 3) {
      for (const [a, b] of [[0, 1], [1, 2], [2, 0]]) {
        const side = [indices[t + a], indices[t + b]].sort((x, y) => x - y).join();
        sides.set(side, (sides.get(side) ?? 0) + 1);
      }
    }
    assert.deepEqual([...new Set(sides.values())], [2], 'every side has a face on either hand');
  });
}
