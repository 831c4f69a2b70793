// Between the body, which decides, and the stage, which draws: turns the screen's clock into ticks of
// the body, and hands out its pose for any moment between two of them.

import type { Pose } from './figure';
import { PoseBlend, type TickPose } from './motion_blend';
import type { Driver } from './stage';

/** What the puppet needs of a body (web/src/body). */
export interface Moved {
  step(tick: number): TickPose;
}

/** The bones and expressions of a figure, in the order of the pose. */
export interface Shape { bones: readonly string[]; expressions: readonly string[] }

/** ticks in a millisecond */
const kRate = 60 / 1000;
/** After a longer sleep the body goes on from where it was, instead of living through all of it. */
const kLongestSleep = 600 * 60;

export class Puppet implements Driver {
  private readonly body: Moved;
  private readonly on_tick: (tick: number) => void;
  private blend: PoseBlend | undefined;
  private pose: Pose | undefined;
  private origin: number | undefined;
  private tick = 0;

  constructor(body: Moved, on_tick: (tick: number) => void) {
    this.body = body;
    this.on_tick = on_tick;
  }

  /** Another figure: the clock goes on. */
  dress(shape: Shape): void {
    const blend = new PoseBlend(shape.bones.length, shape.expressions.length);
    this.blend = blend;
    this.pose = {
      bones: shape.bones, names: shape.expressions, rotations: blend.rotations, hips: blend.hips, weights: blend.expressions, look: blend.look,
    };
    // Both ends of the first stretch, or the figure would come flying from nowhere.
    blend.push(this.body.step(this.tick));
    blend.push(this.body.step(this.tick));
  }

  /** The tick that a moment of the screen's clock falls into; parts of a tick count. */
  tick_at(now: number): number {
    return (now - (this.origin ?? now)) * kRate;
  }

  pose_at(now: number): Pose | undefined {
    this.advance(now);
    this.blend?.at(this.tick_at(now) - (this.tick - 1));
    return this.pose;
  }

  /** The body lives up to this moment, drawn or not: what it was told takes effect, and is answered, without waiting for a
   * picture. */
  advance(now: number): void {
    const { blend } = this;
    if (!blend) return;
    this.origin ??= now;
    let wanted = Math.ceil(this.tick_at(now));
    if (wanted - this.tick > kLongestSleep) {
      this.origin = now - this.tick / kRate;
      wanted = this.tick + 1;
    }
    if (wanted > this.tick + 1) blend.push(this.body.step(wanted - 1));
    if (wanted > this.tick) {
      blend.push(this.body.step(wanted));
      this.tick = wanted;
      this.on_tick(wanted);
    }
  }
}
