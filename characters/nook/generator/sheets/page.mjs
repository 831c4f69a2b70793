// Runs in the browser: loads a figure, poses it, draws it onto sheets. The lights are plain, since
// halo and shadow are part of the figure.
import * as THREE from 'three';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';
import { VRMLoaderPlugin } from '@pixiv/three-vrm';
import { VRMAnimationLoaderPlugin, createVRMAnimationClip } from '@pixiv/three-vrm-animation';
import { POSES } from './poses.mjs';

const renderer = new THREE.WebGLRenderer({ antialias: true, alpha: true, preserveDrawingBuffer: true });
renderer.setPixelRatio(1);
const scene = new THREE.Scene();
const key = new THREE.DirectionalLight(0xfff4e6, Math.PI);
const ambient = new THREE.AmbientLight(0xffeee4, 0.55);
const lamp = new THREE.PointLight(0x7fffe0, 0, 1.2, 1.2);
scene.add(key, ambient, lamp);
const loader = new GLTFLoader();
loader.register((parser) => new VRMLoaderPlugin(parser));
loader.register((parser) => new VRMAnimationLoaderPlugin(parser));
let vrm;
let mixer;

async function load(url) {
  if (vrm) scene.remove(vrm.scene);
  vrm = (await loader.loadAsync(url)).userData.vrm;
  vrm.scene.traverse((o) => { o.frustumCulled = false; });
  scene.add(vrm.scene);
  mixer = new THREE.AnimationMixer(vrm.scene);
  return { version: vrm.meta.metaVersion, expressions: vrm.expressionManager.expressions.length,
    springs: vrm.springBoneManager?.joints.size ?? 0 };
}

function setPose(pose) {
  const { humanoid } = vrm;
  humanoid.resetNormalizedPose();
  for (const [bone, turn] of Object.entries(POSES[pose] ?? pose ?? {})) {
    const node = humanoid.getNormalizedBoneNode(bone);
    if (bone === 'lift') humanoid.getNormalizedBoneNode('hips').position.y += turn;
    else node?.rotation.set(...turn.map(THREE.MathUtils.degToRad));
  }
}

const clips = new Map();
async function setClip(name, time) {
  if (!clips.has(name)) {
    const gltf = await loader.loadAsync(`/clips/${name}.vrma`);
    clips.set(name, createVRMAnimationClip(gltf.userData.vrmAnimations[0], vrm));
  }
  mixer.stopAllAction();
  vrm.humanoid.resetNormalizedPose();
  mixer.clipAction(clips.get(name)).reset().play();
  mixer.setTime(Math.min(time, clips.get(name).duration - 1e-3));
}

function setFace(weights, look) {
  const faces = vrm.expressionManager;
  for (const [name, weight] of Object.entries(weights)) faces.setValue(name, weight);
  vrm.lookAt.autoUpdate = false;
  vrm.lookAt.yaw = look[0];
  vrm.lookAt.pitch = look[1];
}

function background(inner, outer, w, h) {
  const canvas = new OffscreenCanvas(w, h);
  const draw = canvas.getContext('2d');
  const fill = draw.createRadialGradient(w / 2, h * 0.45, 0, w / 2, h / 2, Math.max(w, h) * 0.75);
  fill.addColorStop(0, inner);
  fill.addColorStop(1, outer);
  draw.fillStyle = fill;
  draw.fillRect(0, 0, w, h);
  return canvas;
}

const DAY = ['#FBF1E4', '#E7CDBB'];
const NIGHT = ['#4A3358', '#191226'];

async function shot({ w, h, over = 1, yaw = 0, pitch = 4, distance = 2.75, fov = 24, target = [0.02, 0.56, 0],
  pose = 'rest', clip, time = 0, face = {}, look = [0, 0], night = false }) {
  renderer.setSize(w * over, h * over, false);
  const camera = new THREE.PerspectiveCamera(fov, w / h, 0.05, 20);
  const [a, p] = [yaw, pitch].map(THREE.MathUtils.degToRad);
  camera.position.set(Math.sin(a) * Math.cos(p), Math.sin(p), Math.cos(a) * Math.cos(p)).multiplyScalar(distance)
    .add(new THREE.Vector3(...target));
  camera.lookAt(...target);
  key.position.set(1.15, 1.3, 1.2).applyAxisAngle(new THREE.Vector3(0, 1, 0), a * 0.75);
  key.intensity = Math.PI * (night ? 0.42 : 0.92);
  ambient.intensity = night ? 0.4 : 0.55;
  ambient.color.set(night ? 0xb8a8ff : 0xffeee4);
  lamp.intensity = night ? 0.16 : 0;
  for (const expression of vrm.expressionManager.expressions) expression.weight = 0;
  if (clip) await setClip(clip, time);
  else setPose(pose);
  setFace(face, look);
  vrm.springBoneManager?.reset();
  vrm.update(0);
  for (let i = 0; i < 16; i++) vrm.springBoneManager?.update(1 / 30);
  vrm.scene.getObjectByName('HoodTip4')?.getWorldPosition(lamp.position);
  renderer.setClearColor(0, 0);
  renderer.render(scene, camera);
}

async function sheet(width, height, items, type) {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width, height];
  const draw = canvas.getContext('2d');
  draw.imageSmoothingQuality = 'high';
  draw.drawImage(background(...DAY, width, height), 0, 0);
  for (const item of items) {
    if (item.night || item.ground) draw.drawImage(background(...(item.ground ?? NIGHT), item.w, item.h), item.x, item.y);
    await shot(item);
    draw.drawImage(renderer.domElement, item.x, item.y, item.w, item.h);
    if (!item.label) continue;
    draw.font = '600 13px sans-serif';
    draw.fillStyle = item.night ? '#CDB8DA' : '#8A5A4A';
    draw.textAlign = 'center';
    draw.fillText(item.label, item.x + item.w / 2, item.y + item.h - 6);
  }
  return canvas.toDataURL(type, 0.88);
}

Object.assign(window, { load, sheet, info: () => renderer.info.render, ready: true });
