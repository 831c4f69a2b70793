// The cost of a tick of body.wasm in microseconds, the same minute as in body_bench.cpp:
//   node bench/body_wasm.mjs web/src/body/body.wasm
import { readFileSync } from 'node:fs';

const module = new WebAssembly.Module(readFileSync(process.argv[2]));
const imports = {};
for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = () => 8;
const body = new WebAssembly.Instance(module, imports).exports;
body._initialize?.();

function written(bytes) {
  const at = body.scratch(bytes.length); // may grow the memory, so before its buffer is taken
  new Uint8Array(body.memory.buffer, at, bytes.length).set(bytes);
  return bytes.length;
}

const text = (value) => written(new TextEncoder().encode(value));

// A loop that turns twenty bones, baked at 30 Hz for two seconds: what an authored clip weighs.
function clip(name, bones, angle) {
  const out = [];
  const whole = (value, size) => {
    for (let i = 0; i < size; i++) out.push((value >>> (8 * i)) & 255);
  };
  const real = (value) => out.push(...new Uint8Array(Float32Array.of(value).buffer));
  const named = (value) => {
    whole(value.length, 1);
    out.push(...new TextEncoder().encode(value));
  };
  out.push(...new TextEncoder().encode('LBC1'));
  named(name);
  real(2);
  whole(1, 1);
  whole(0, 2);
  whole(bones.length, 2);
  for (const bone of bones) {
    whole(0, 1);
    named(bone);
    whole(61, 4);
    for (let i = 0; i <= 60; i++) real(i / 30);
    for (let i = 0; i <= 60; i++) {
      const half = (angle * Math.sin((i / 60) * 2 * Math.PI)) / 2;
      [Math.sin(half), 0, 0, Math.cos(half)].forEach(real);
    }
  }
  return Uint8Array.from(out);
}

const spine = { hips: [0, 0.9, 0], spine: [0, 1, 0], chest: [0, 1.15, 0], upperChest: [0, 1.25, 0], neck: [0, 1.4, 0], head: [0, 1.5, 0.01] };
const side = {
  UpperLeg: [0.09, 0.86, 0], LowerLeg: [0.09, 0.47, 0.01], Foot: [0.09, 0.08, -0.01],
  Shoulder: [0.04, 1.36, 0], UpperArm: [0.16, 1.36, 0], LowerArm: [0.42, 1.36, 0], Hand: [0.66, 1.36, 0],
};
const bones = { ...spine };
for (const [name, [x, y, z]] of Object.entries(side)) {
  bones[`left${name}`] = [x, y, z];
  bones[`right${name}`] = [-x, y, z];
}
const presets = 'happy angry sad relaxed surprised aa ih ou ee oh blink blinkLeft blinkRight lookUp lookDown lookLeft lookRight neutral';

body.character_begin(0.9, 42);
for (const [name, place] of Object.entries(bones)) {
  body.character_bone(text(name));
  body.character_rest(...place);
}
for (const name of presets.split(' ')) body.character_expression(text(name));
if (!body.character_end()) throw new Error('the character was refused');
const clips = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `dance_${letter}`);
clips.forEach((name, i) => {
  const bytes = clip(name, Object.keys(bones), 0.1 + 0.05 * i);
  if (!body.add_clip(written(bytes))) throw new Error('the clip was refused');
});
body.set_gaze(2, 0.5, 1.4, 2);

function talk(segment, at) {
  body.say_begin(segment, at);
  const sounds = ['h', 'ə', 'l', 'ˈoʊ', 'm', 'aɪ', 'f', 'ɹ', 'ɛ', 'n', 'd', 'iː', 'ʃ', 'uː'];
  for (let i = 0; i < 140; i++) body.say_sound(text(sounds[i % sounds.length]), i * 85, 85);
  body.say_end();
}

let spent = 0;
body.step_to(0);
for (let tick = 1; tick <= 7200; tick++) {
  if (tick === 3601) spent = 0; // the first minute warms the compiler
  if (tick % 4 === 0) {
    body.directive_begin(0, NaN);
    body.directive_action(text(clips[(tick / 4) % clips.length]), 1);
    body.directive_expression(text('joy'), 0.7, 500);
    body.directive_end();
  }
  if (tick % 700 === 1) talk(tick, tick);
  const began = process.hrtime.bigint();
  body.step_to(tick);
  body.rotations();
  body.weights();
  body.moment();
  spent += Number(process.hrtime.bigint() - began);
  body.clear_events();
}
console.log((spent / 3600 / 1000).toFixed(2));
