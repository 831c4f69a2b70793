// A clip as VRMA: a glTF animation on a skeleton of its own, which any VRM viewer can retarget.
import { jsonExtension, newDocument, writeGlb } from './document.mjs';
import { thinned } from './lbc.mjs';
import { HIPS_HEIGHT } from './pose.mjs';

const Animation = jsonExtension('VRMC_vrm_animation');

function addBones({ document }, skeleton) {
  const scene = document.createScene('clip');
  const nodes = new Map();
  for (const joint of skeleton.joints.filter(({ bone }) => bone)) {
    let up = skeleton.joints[joint.parentIndex];
    while (up && !up.bone) up = skeleton.joints[up.parentIndex];
    const from = up?.rest ?? [0, 0, 0];
    const node = document.createNode(joint.bone).setTranslation(joint.rest.map((x, d) => Math.fround(x - from[d])));
    nodes.set(joint.bone, node);
    if (up) nodes.get(up.bone).addChild(node);
    else scene.addChild(node);
  }
  return { scene, nodes };
}

export async function writeVrma(clip, skeleton) {
  const target = newDocument();
  const { document, accessor } = target;
  const { scene, nodes } = addBones(target, skeleton);
  const animation = document.createAnimation(clip.name);
  const track = (node, path, times, rows) => {
    const sampler = document.createAnimationSampler().setInterpolation('LINEAR')
      .setInput(accessor('SCALAR', new Float32Array(times)))
      .setOutput(accessor(path === 'rotation' ? 'VEC4' : 'VEC3', new Float32Array(rows.flat())));
    animation.addSampler(sampler).addChannel(document.createAnimationChannel()
      .setTargetNode(node).setTargetPath(path).setSampler(sampler));
  };
  // Both ends are always there: the length of the clip is that of its longest track.
  const whole = ({ times, rows }) => (times.length > 1 ? { times, rows }
    : { times: [0, clip.duration], rows: [rows[0], rows[0]] });
  for (const [bone, quats] of Object.entries(clip.rotations)) {
    const { times, rows } = whole(thinned(clip.times, quats, 6e-4));
    track(nodes.get(bone), 'rotation', times, rows);
  }
  if (clip.hips) {
    const { times, rows } = whole(thinned(clip.times, clip.hips, 4e-4));
    track(nodes.get('hips'), 'translation', times, rows.map((p) => p.map((x) => x * HIPS_HEIGHT)));
  }
  const faces = clip.weights.map(({ expression, values }) => {
    const node = document.createNode(expression);
    scene.addChild(node);
    const { times, rows } = whole(thinned(clip.times, values.map((v) => [v, 0, 0]), 2e-3));
    track(node, 'translation', times, rows);
    return [expression, node];
  });
  document.createExtension(Animation).compose = (context) => {
    const index = (node) => ({ node: context.nodeIndexMap.get(node) });
    (context.jsonDoc.json.extensions ??= {}).VRMC_vrm_animation = {
      specVersion: '1.0',
      humanoid: { humanBones: Object.fromEntries([...nodes].map(([bone, node]) => [bone, index(node)])) },
      ...(faces.length ? { expressions: { preset: Object.fromEntries(faces.map(([name, node]) => [name, index(node)])) } } : {}),
    };
  };
  return writeGlb(document, [Animation]);
}
