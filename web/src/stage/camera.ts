// Where the picture is taken from: three framings that fit any figure, and a gentle orbit around them.

import { MathUtils, PerspectiveCamera, Vector3 } from 'three';

/** auto: the whole figure, or its upper half where the picture is wider than high */
export type View = 'auto' | 'head' | 'upper' | 'full';

/** Measures of a figure at rest, in metres. */
export interface Extent { height: number; width: number; head: number; hips: number }

interface Frame { low: number; high: number; above: number; below: number; width: number }

const kFov = 22;
const kPitch = 5;
/** seconds in which two thirds of a movement of the camera are done */
const kSettle = 0.16;

function frame_of(view: View, extent: Extent, aspect: number): Frame {
  const { height, head, hips, width } = extent;
  if (view === 'full' || (view === 'auto' && aspect <= 1.1)) return { low: 0, high: height, above: 0.1, below: 0.075, width };
  if (view !== 'head') return { low: hips * 0.9, high: height, above: 0.09, below: 0, width: width * 0.9 };
  return { low: head - (height - head) * 0.12, high: height, above: 0.07, below: 0, width: (height - head) * 0.8 };
}

/** Height of what is visible, and the height of its middle, so that the frame fits a window of that shape. */
export function fit(view: View, extent: Extent, aspect: number): { span: number; middle: number } {
  const frame = frame_of(view, extent, aspect);
  const tall = (frame.high - frame.low) / (1 - frame.above - frame.below);
  const span = Math.max(tall, frame.width / Math.max(aspect, 0.05));
  return { span, middle: frame.low - frame.below * span + span / 2 };
}

export class CameraRig {
  readonly camera = new PerspectiveCamera(kFov, 1, 0.05, 80);
  private extent: Extent = { height: 1.6, width: 1, head: 1.4, hips: 0.9 };
  private chosen: View = 'auto';
  private aspect = 1;
  private readonly want = { yaw: 0, pitch: kPitch, zoom: 1, rise: 0 };
  private readonly now = { yaw: 0, pitch: kPitch, zoom: 1, rise: 0, span: 2, middle: 1 };
  private readonly target = new Vector3();
  private settled = false;

  get view(): View {
    return this.chosen;
  }
  set view(view: View) {
    this.chosen = view;
    this.reset();
  }

  frame(extent: Extent): void {
    this.extent = extent;
    this.settled = false;
  }

  shape(width: number, height: number): void {
    this.aspect = width / Math.max(height, 1);
    this.camera.aspect = this.aspect;
    this.camera.updateProjectionMatrix();
    this.settled = false;
  }

  reset(): void {
    Object.assign(this.want, { yaw: 0, pitch: kPitch, zoom: 1 });
  }

  orbit(yaw: number, pitch: number): void {
    this.want.yaw = MathUtils.euclideanModulo(this.want.yaw + yaw + 180, 360) - 180;
    // The short way round: the figure never spins back through a whole turn.
    if (this.want.yaw - this.now.yaw > 180) this.now.yaw += 360;
    if (this.want.yaw - this.now.yaw < -180) this.now.yaw -= 360;
    this.want.pitch = MathUtils.clamp(this.want.pitch + pitch, -12, 55);
  }

  zoom(factor: number): void {
    this.want.zoom = MathUtils.clamp(this.want.zoom * factor, 0.45, 2.6);
  }

  /** How far the head has left its height at rest: close framings go with it when the figure sits down. */
  follow(rise: number): void {
    this.want.rise = this.chosen === 'full' || (this.chosen === 'auto' && this.aspect <= 1.1) ? 0 : rise;
  }

  update(seconds: number, at_once: boolean): void {
    const goal = fit(this.chosen, this.extent, this.aspect);
    const part = at_once || !this.settled ? 1 : 1 - Math.exp(-seconds / kSettle);
    this.settled = true;
    const { now, want } = this;
    now.yaw += (want.yaw - now.yaw) * part;
    now.pitch += (want.pitch - now.pitch) * part;
    now.zoom += (want.zoom - now.zoom) * part;
    now.rise += (want.rise - now.rise) * (at_once ? 1 : Math.min(part, 0.12));
    now.span += (goal.span - now.span) * part;
    now.middle += (goal.middle - now.middle) * part;
    this.place();
  }

  private place(): void {
    const { now, camera } = this;
    const distance = (now.span / 2 / Math.tan(MathUtils.degToRad(kFov / 2))) / now.zoom;
    const yaw = MathUtils.degToRad(now.yaw);
    const pitch = MathUtils.degToRad(now.pitch);
    // Zooming in goes to the face, not to the belt.
    const face = Math.max(this.extent.head, now.middle);
    const middle = now.middle + (face - now.middle) * MathUtils.clamp((now.zoom - 1) / 1.2, 0, 1) + now.rise;
    this.target.set(0, middle, 0);
    camera.position.set(
      Math.sin(yaw) * Math.cos(pitch) * distance,
      middle + Math.sin(pitch) * distance,
      Math.cos(yaw) * Math.cos(pitch) * distance);
    camera.lookAt(this.target);
    camera.updateMatrixWorld();
  }
}
