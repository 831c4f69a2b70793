// The stage draws a figure; what the figure does is decided elsewhere (a Driver gives the pose).
// Imperative, and nothing here knows the page: text-only pages never fetch it.

import { Plane, Raycaster, Scene, SRGBColorSpace, Vector2, Vector3, WebGLRenderer } from 'three';
import { CameraRig, type View } from './camera';
import { type Figure, load_figure, type Pose } from './figure';
import { Governor, type Pace } from './governor';
import { type Daylight, type Glow, Lights } from './light';
import { OrbitInput } from './orbit_input';

/** Gives the pose for a moment of the screen's clock, in milliseconds; undefined: as at rest. */
export interface Driver { pose_at(now: number): Pose | undefined }

export interface StageStats {
  frames: number;
  ratio: number;
  weak: boolean;
  triangles: number;
  geometries: number;
  textures: number;
}

/** milliseconds that a change of view is drawn as movement */
const kStirs = 1500;

/** auto: a machine that draws in software gets less */
export type Detail = 'auto' | 'full' | 'light';

export interface StageEvents {
  /** where the ground meets the wall, as part of the height of the picture from its top */
  on_floor?: (part: number) => void;
}

/** Is this a machine that draws without a GPU? Such a one gets the light figure. */
export function draws_in_software(): boolean {
  const gl = document.createElement('canvas').getContext('webgl2');
  if (!gl) return true;
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const name = info ? String(gl.getParameter(info.UNMASKED_RENDERER_WEBGL)) : '';
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(name);
}

export class Stage {
  private readonly canvas: HTMLCanvasElement;
  private readonly renderer: WebGLRenderer;
  private readonly scene = new Scene();
  private readonly rig = new CameraRig();
  private readonly lights = new Lights();
  private readonly governor: Governor;
  private readonly input: OrbitInput;
  private readonly observer: ResizeObserver;
  private readonly events: StageEvents;
  private readonly weak: boolean;
  private figure: Figure | undefined;
  private driver: Driver | undefined;
  private pose: Pose | undefined;
  private moving = false;
  private stirred_until = 0;
  private still = false;
  private busy = 0;
  private frame = 0;
  private frames = 0;
  private last = 0;
  private floor = -1;
  private readonly when_drawn: (() => void)[] = [];
  private readonly at = new Vector3();

  constructor(canvas: HTMLCanvasElement, detail: Detail, events: StageEvents = {}) {
    this.canvas = canvas;
    this.events = events;
    this.weak = detail === 'light' || (detail === 'auto' && draws_in_software());
    this.renderer = new WebGLRenderer({ canvas, alpha: true, antialias: !this.weak, powerPreference: 'low-power' });
    this.renderer.outputColorSpace = SRGBColorSpace;
    this.renderer.setClearColor(0, 0);
    this.governor = new Governor(this.weak);
    this.scene.add(this.lights.group);
    this.input = new OrbitInput(canvas, this.rig, () => this.stir());
    this.observer = new ResizeObserver(() => this.shape());
    this.observer.observe(canvas);
    document.addEventListener('visibilitychange', this.seen);
    this.shape();
    this.soon();
  }

  /** It draws with little: the light figure suits it. */
  get modest(): boolean {
    return this.weak;
  }

  /** The new figure takes the stage when it is complete; when it cannot be read the old one stays. */
  async load(bytes: ArrayBuffer): Promise<Figure> {
    const figure = await load_figure(bytes);
    this.figure?.dispose();
    this.figure = figure;
    figure.outlines(this.governor.quality.outlines);
    if (this.weak) figure.read_textures_simply();
    this.scene.add(figure.root);
    this.lights.carry(figure.lanterns);
    this.rig.frame(figure.extent);
    this.soon();
    return figure;
  }

  drive(driver: Driver | undefined): void {
    this.driver = driver;
  }

  view(view: View): void {
    this.rig.view = view;
    this.stir();
  }

  light(daylight: Daylight, glow: Glow): void {
    this.lights.set(daylight);
    this.lights.mood(glow);
  }

  /** Resolves when the figure has been drawn: the first picture takes its time. */
  drawn(): Promise<void> {
    return new Promise((resolve) => this.when_drawn.push(resolve));
  }

  /** `busy` is how much goes on, 0 to 1: above a half every frame of the screen is drawn. */
  activity(busy: number): void {
    this.busy = busy;
    this.seen();
  }

  /** The figure does something that somebody asked for; until then it only breathes. */
  moves(on: boolean): void {
    this.moving = on;
    // What was asked for just ended: it still comes to rest.
    if (!on) this.stir();
    this.seen();
  }

  reduced_motion(on: boolean): void {
    this.still = on;
  }

  /** The place in the figure's space that a point of the page lies at, a little before its face. */
  point_at(x: number, y: number): { x: number; y: number; z: number } | undefined {
    const box = this.canvas.getBoundingClientRect();
    if (box.width === 0 || !this.figure) return undefined;
    const spot = new Vector2(((x - box.left) / box.width) * 2 - 1, 1 - ((y - box.top) / box.height) * 2);
    const ray = new Raycaster();
    ray.setFromCamera(spot, this.rig.camera);
    const reach = this.figure.extent.height * 0.7;
    const hit = ray.ray.intersectPlane(new Plane(new Vector3(0, 0, 1), -reach), new Vector3());
    return hit && hit.length() < 40 ? { x: hit.x, y: hit.y, z: hit.z } : undefined;
  }

  /** Where a bone is in the picture, in parts of its width and height, for those who look at the stage from outside. */
  place_of(bone: string): { x: number; y: number } | undefined {
    const node = this.figure?.node(bone);
    if (!node) return undefined;
    return this.in_picture(node.getWorldPosition(this.at));
  }

  /** The same for a point in the figure's space, in metres. */
  place_in(x: number, y: number, z: number): { x: number; y: number } {
    return this.in_picture(this.at.set(x, y, z));
  }

  private in_picture(point: Vector3): { x: number; y: number } {
    const p = point.project(this.rig.camera);
    return { x: (p.x + 1) / 2, y: (1 - p.y) / 2 };
  }

  /** Which way the figure looks, in degrees to its left and down: the turn of the head and that of the eyes. */
  looking(): { yaw: number; pitch: number } {
    const ahead = this.figure?.node('head')?.getWorldDirection(new Vector3()) ?? new Vector3(0, 0, 1);
    const turned = this.figure?.report.version === '0.x' ? -1 : 1;
    const yaw = (Math.atan2(ahead.x * turned, ahead.z * turned) * 180) / Math.PI;
    return { yaw: yaw + (this.pose?.look[0] ?? 0), pitch: (-Math.asin(ahead.y) * 180) / Math.PI + (this.pose?.look[1] ?? 0) };
  }

  /** The picture as it is now, in pixels. */
  picture(): ImageData {
    this.draw(performance.now());
    const { width, height } = this.canvas;
    const paper = new OffscreenCanvas(width, height).getContext('2d');
    if (!paper) throw new Error('This browser gives no canvas to draw on.');
    paper.drawImage(this.canvas, 0, 0);
    return paper.getImageData(0, 0, width, height);
  }

  stats(): StageStats {
    const { memory, render } = this.renderer.info;
    return {
      frames: this.frames, ratio: this.renderer.getPixelRatio(), weak: this.weak, triangles: render.triangles,
      geometries: memory.geometries, textures: memory.textures,
    };
  }

  dispose(): void {
    cancelAnimationFrame(this.frame);
    document.removeEventListener('visibilitychange', this.seen);
    this.observer.disconnect();
    this.input.end();
    this.figure?.dispose();
    this.lights.dispose();
    this.renderer.dispose();
    this.renderer.forceContextLoss();
  }

  private readonly seen = (): void => {
    this.keep_pace(performance.now());
    this.soon();
  };

  private keep_pace(now: number): void {
    const pace: Pace = this.busy > 0.5 ? 'lively' : this.moving || now < this.stirred_until ? 'moving' : 'calm';
    this.governor.set_pace(document.hidden ? 'paused' : pace);
  }

  /** Something changes for a moment: the face, or the camera. */
  stir(): void {
    this.stirred_until = performance.now() + kStirs;
    this.seen();
  }

  private soon(): void {
    if (this.frame === 0 && !document.hidden) this.frame = requestAnimationFrame(this.tick);
  }

  private readonly tick = (now: number): void => {
    this.frame = 0;
    this.soon();
    this.keep_pace(now);
    if (!this.governor.wants(now)) return;
    this.draw(now);
    if (this.governor.drew(now)) {
      this.figure?.outlines(this.governor.quality.outlines);
      this.shape();
    }
  };

  private draw(now: number): void {
    const seconds = Math.min(0.1, Math.max(0, now - this.last) / 1000);
    this.last = now;
    const { figure } = this;
    const pose = this.driver?.pose_at(now);
    this.pose = pose;
    if (figure && pose) figure.wear(pose);
    figure?.settle(this.still ? 0 : seconds);
    if (figure) this.follow(figure);
    this.rig.update(seconds, this.still);
    this.lights.update(seconds, this.still ? 0 : now / 1000, this.busy);
    this.renderer.render(this.scene, this.rig.camera);
    this.frames += 1;
    for (const tell of this.when_drawn.splice(0)) tell();
    this.tell_floor();
  }

  private follow(figure: Figure): void {
    const { extent } = figure;
    const head = figure.node('head');
    this.rig.follow(head ? head.getWorldPosition(this.at).y - extent.head : 0);
    const hips = figure.has_aura ? null : figure.node('hips');
    this.lights.ground(extent.height, hips, [figure.node('leftFoot'), figure.node('rightFoot')]);
  }

  private tell_floor(): void {
    const back = this.at.set(0, 0, -(this.figure?.extent.height ?? 1) * 0.42).project(this.rig.camera);
    const part = Math.min(1.02, Math.max(0, (1 - back.y) / 2));
    if (Math.abs(part - this.floor) < 0.0005) return;
    this.floor = part;
    this.events.on_floor?.(part);
  }

  private shape(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (width === 0 || height === 0) return;
    this.renderer.setPixelRatio(Math.min(this.governor.quality.ratio, devicePixelRatio));
    this.renderer.setSize(width, height, false);
    this.rig.shape(width, height);
    this.soon();
  }
}
