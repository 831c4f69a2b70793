/** What goes into a body and what comes out of it. Terms are VRM 1.0's: +Y up, the character looks along +Z, its left is
 * +X, metres, rotations of the normalised humanoid as x y z w. Time is counted in ticks of 1/60 s. */

export const ticksPerSecond = 60;

export type Override = 'none' | 'block' | 'blend';

export interface ExpressionOverrides {
  blink?: Override;
  lookAt?: Override;
  mouth?: Override;
}

export interface Character {
  /** Height of the hips at rest. */
  hipsHeight: number;
  /** VRM bone names; the order of the rotations in a pose. */
  bones: readonly string[];
  /** Presets and own expressions; the order of the weights in a pose. */
  expressions: readonly string[];
  seed: number;
  /** Names model, outfit and palette; part of the identity hash. */
  identity?: string;
  /** Where each bone is at rest, x y z for each of `bones`. Without it planted feet are not held. */
  rest?: ArrayLike<number>;
  /** VRM's override rules by expression. The body honours them: the stage's own must then be off. */
  overrides?: Readonly<Record<string, ExpressionOverrides>>;
}

export type Stance = 'standing' | 'sitting' | 'kneeling' | 'lying';
export type Activity = 'idle' | 'attentive' | 'listening' | 'thinking' | 'speaking';

export interface Gaze {
  /** `camera`: whoever looks at the screen; with a place when it is known. */
  kind: 'none' | 'camera' | 'point';
  x?: number;
  y?: number;
  z?: number;
}

export interface Directive {
  id?: number;
  /** Tick at which it shall take effect; without: the next one. */
  at?: number;
  action?: { name: string; params?: Readonly<Record<string, number | string>>; loop?: boolean };
  expression?: { name: string; intensity: number; ms: number };
  gaze?: Gaze;
  dialogue?: string;
  camera?: string;
  background?: string;
}

export interface SpeechTimeline {
  segment: number;
  phonemes: readonly { ipa: string; t_ms: number; dur_ms: number }[];
  /** Tick at which the first sample sounds; a part of a tick counts. A segment said again moves. */
  at: number;
}

export type BodyEvent =
  | { kind: 'ack'; id: number; tick: number }
  | { kind: 'refused'; id: number; tick: number; reason: string }
  | { kind: 'finished'; id: number; tick: number }
  | { kind: 'state'; tick: number; stance: Stance }
  | { kind: 'dialogue' | 'camera' | 'background'; id: number; tick: number; text: string };

/** Views into the body's own memory: valid until the next call of the body. */
export interface Pose {
  tick: number;
  rotations: Float32Array;
  hips: Float32Array;
  expressions: Float32Array;
  /** Eyes in the head, degrees: yaw to the character's left, pitch downwards. */
  look: Float32Array;
  pose: Stance;
  activity: Activity;
  /** It shows its back. */
  turned: boolean;
  planted: { left: boolean; right: boolean };
}
