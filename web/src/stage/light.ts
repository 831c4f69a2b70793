// Light, the shadow under the figure and the glow of its lantern.

import {
  AdditiveBlending, Color, DataTexture, DirectionalLight, Group, HemisphereLight, LinearFilter, Mesh,
  MeshBasicMaterial, type Object3D, PlaneGeometry, PointLight, Sprite, SpriteMaterial, SRGBColorSpace, Vector3,
} from 'three';

export type Daylight = 'day' | 'night';
/** valence and arousal, each from -1 to 1 and 0 to 1 */
export interface Glow { valence: number; arousal: number }

/** `lit`: it shines by itself, and only throws its light. */
export interface Lantern { node: Object3D; size: number; lit: boolean }

const kTeal = new Color('#7dffdf');
const kGlad = new Color('#ffe08a');
const kSad = new Color('#7fb4ff');
const kCross = new Color('#ff9a7a');

/** A round spot that fades outwards, as an image. */
function spot(power: number): DataTexture {
  const size = 64;
  const data = new Uint8Array(size * size * 4);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const far = Math.hypot(x - size / 2 + 0.5, y - size / 2 + 0.5) / (size / 2);
      data.set([255, 255, 255, Math.round(255 * Math.max(0, 1 - far) ** power)], (y * size + x) * 4);
    }
  }
  const texture = new DataTexture(data, size, size);
  texture.colorSpace = SRGBColorSpace;
  texture.magFilter = texture.minFilter = LinearFilter;
  texture.needsUpdate = true;
  return texture;
}

export class Lights {
  readonly group = new Group();
  private readonly key = new DirectionalLight('#fff4e6', 2.7);
  private readonly sky = new HemisphereLight('#fff1e2', '#e8b48e', 0.75);
  private readonly lamp = new PointLight('#7fffe0', 0, 1.6, 1.2);
  private readonly texture = spot(2.4);
  private readonly soft = spot(1.7);
  private readonly shades: Mesh<PlaneGeometry, MeshBasicMaterial>[] = [];
  private lanterns: { sprite: Sprite; size: number; lit: boolean }[] = [];
  private daylight: Daylight = 'day';
  private readonly tint = kTeal.clone();
  private readonly goal = kTeal.clone();
  private energy = 0.5;
  private readonly at = new Vector3();

  constructor() {
    this.key.position.set(1.15, 1.9, 1.6);
    this.group.add(this.key, this.sky, this.lamp);
    for (let i = 0; i < 3; i += 1) {
      const shade = new Mesh(new PlaneGeometry(1, 1), new MeshBasicMaterial({
        map: this.soft, color: '#3a160a', transparent: true, depthWrite: false, opacity: 0.3, toneMapped: false }));
      shade.rotation.x = -Math.PI / 2;
      shade.position.y = 0.001 + i * 0.0005;
      this.shades.push(shade);
      this.group.add(shade);
    }
  }

  set(daylight: Daylight): void {
    this.daylight = daylight;
    const night = daylight === 'night';
    this.lamp.visible = night; // by day it would only cost
    this.key.intensity = night ? 2.25 : 2.75;
    this.key.color.set(night ? '#ffe9dc' : '#fff4e6');
    this.sky.color.set(night ? '#cdb6e6' : '#fff1e2');
    this.sky.groundColor.set(night ? '#5b3d6a' : '#eebd97');
    this.sky.intensity = night ? 0.55 : 0.75;
    for (const shade of this.shades) shade.material.color.set(night ? '#0a0410' : '#3a160a');
  }

  /** What glows on the new figure; the old one takes its own away with it. */
  carry(lanterns: readonly Lantern[]): void {
    for (const { sprite } of this.lanterns) sprite.removeFromParent();
    this.lanterns = lanterns.map(({ node, size, lit }) => {
      const sprite = new Sprite(new SpriteMaterial({ map: this.texture, color: this.tint, transparent: true, depthWrite: false, blending: AdditiveBlending }));
      sprite.visible = !lit;
      node.add(sprite);
      return { sprite, size, lit };
    });
  }

  mood({ valence, arousal }: Glow): void {
    const up = Math.max(0, valence);
    const down = Math.max(0, -valence);
    this.goal.copy(kTeal).lerp(kGlad, up * 0.75).lerp(arousal > 0.55 ? kCross : kSad, down * 0.85);
    this.energy = 0.35 + 0.65 * Math.min(1, Math.max(0, arousal));
  }

  /** `busy`: how much goes on, 0 to 1; the lantern breathes with it. */
  update(seconds: number, time: number, busy: number): void {
    this.tint.lerp(this.goal, 1 - Math.exp(-seconds / 0.6));
    const night = this.daylight === 'night';
    const breath = 1 + (0.05 + 0.1 * busy) * Math.sin(time * (1.3 + 3.2 * busy));
    for (const { sprite, size } of this.lanterns) {
      sprite.scale.setScalar(size * (night ? 1.75 : 1) * breath * (0.85 + 0.3 * this.energy));
      sprite.material.color.copy(this.tint);
      sprite.material.opacity = (night ? 0.95 : 0.7) * (0.75 + 0.25 * busy);
    }
    const first = this.lanterns[0];
    this.lamp.intensity = first && night ? 0.16 * breath : 0;
    if (first) this.lamp.position.copy(first.sprite.getWorldPosition(this.at));
    this.lamp.color.copy(this.tint);
  }

  /** The shadow lies below the hips and below each foot, and pales where a foot is lifted. */
  ground(scale: number, hips: Object3D | null, feet: readonly (Object3D | null)[]): void {
    [hips, ...feet].forEach((node, i) => {
      const shade = this.shades[i];
      if (!shade) return;
      shade.visible = node !== null;
      if (!node) return;
      node.getWorldPosition(this.at);
      const lifted = i === 0 ? 0 : Math.max(0, this.at.y - scale * 0.06) / (scale * 0.12);
      shade.position.x = this.at.x;
      shade.position.z = this.at.z + (i === 0 ? 0 : scale * 0.03);
      const size = scale * (i === 0 ? 0.72 : 0.24);
      shade.scale.set(size, size * (i === 0 ? 0.6 : 0.95), 1);
      shade.material.opacity = (i === 0 ? 0.3 : 0.5) * Math.max(0, 1 - lifted);
    });
  }

  dispose(): void {
    for (const { sprite } of this.lanterns) { sprite.removeFromParent(); sprite.material.dispose(); }
    for (const shade of this.shades) { shade.geometry.dispose(); shade.material.dispose(); }
    this.texture.dispose();
    this.soft.dispose();
  }
}
