// The body moves in ticks, the screen in frames: between two ticks the pose is blended.

/** Views into the body's memory: gone with the next tick, so they are copied. */
export interface TickPose {
  rotations: ArrayLike<number>;
  hips: ArrayLike<number>;
  expressions: ArrayLike<number>;
  look: ArrayLike<number>;
}

export class PoseBlend {
  readonly rotations: Float32Array;
  readonly hips = new Float32Array(3);
  readonly expressions: Float32Array;
  readonly look = new Float32Array(2);
  private before: Copy;
  private after: Copy;

  constructor(bones: number, expressions: number) {
    this.rotations = new Float32Array(bones * 4);
    this.expressions = new Float32Array(expressions);
    this.before = copy_for(bones, expressions);
    this.after = copy_for(bones, expressions);
  }

  /** The pose of the next tick; what was the newest becomes the one before. */
  push(pose: TickPose): void {
    [this.before, this.after] = [this.after, this.before];
    this.after.rotations.set(pose.rotations);
    this.after.hips.set(pose.hips);
    this.after.expressions.set(pose.expressions);
    this.after.look.set(pose.look);
  }

  /** `part` of the way from the tick before to the newest. */
  at(part: number): void {
    const t = Math.min(1, Math.max(0, part));
    mix(this.hips, this.before.hips, this.after.hips, t);
    mix(this.expressions, this.before.expressions, this.after.expressions, t);
    mix(this.look, this.before.look, this.after.look, t);
    turn(this.rotations, this.before.rotations, this.after.rotations, t);
  }
}

interface Copy { rotations: Float32Array; hips: Float32Array; expressions: Float32Array; look: Float32Array }

function copy_for(bones: number, expressions: number): Copy {
  const rotations = new Float32Array(bones * 4);
  for (let i = 3; i < rotations.length; i += 4) rotations[i] = 1;
  return { rotations, hips: new Float32Array(3), expressions: new Float32Array(expressions), look: new Float32Array(2) };
}

function mix(out: Float32Array, a: Float32Array, b: Float32Array, t: number): void {
  for (let i = 0; i < out.length; i += 1) out[i] = a[i]! + (b[i]! - a[i]!) * t;
}

/** Ticks lie close together: a straight blend, made a unit again, is as good as the arc. */
function turn(out: Float32Array, a: Float32Array, b: Float32Array, t: number): void {
  for (let i = 0; i < out.length; i += 4) {
    const dot = a[i]! * b[i]! + a[i + 1]! * b[i + 1]! + a[i + 2]! * b[i + 2]! + a[i + 3]! * b[i + 3]!;
    const s = dot < 0 ? -1 : 1;
    let length = 0;
    for (let k = i; k < i + 4; k += 1) {
      const v = a[k]! * (1 - t) + s * b[k]! * t;
      out[k] = v;
      length += v * v;
    }
    const scale = length > 1e-12 ? 1 / Math.sqrt(length) : 0;
    for (let k = i; k < i + 4; k += 1) out[k] = scale > 0 ? out[k]! * scale : k === i + 3 ? 1 : 0;
  }
}
