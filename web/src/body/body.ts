import type { Activity, BodyEvent, Character, Directive, ExpressionOverrides, Gaze, Pose, SpeechTimeline, Stance } from './types';
import { BodyMemory } from './wasm';

const stances: readonly Stance[] = ['standing', 'sitting', 'kneeling', 'lying'];
const activities: readonly Activity[] = ['idle', 'attentive', 'listening', 'thinking', 'speaking'];
const gazeKinds = { none: 0, camera: 1, point: 2 } as const;
const overrideKinds = { none: 0, block: 1, blend: 2 } as const;
const eventKinds = ['ack', 'refused', 'finished', 'state', 'dialogue', 'camera', 'background'] as const;
const texts = ['dialogue', 'camera', 'background'] as const;

/** The body of one figure: tell it what happens, step it to a tick, draw the pose it gives. Everything that decides how
 * the character looks happens in the compiled room `body`; nothing of it is decided here. */
export class Body {
  readonly #wasm: BodyMemory;
  #bones = 0;
  #expressions = 0;

  private constructor(wasm: BodyMemory) {
    this.#wasm = wasm;
  }

  /** One body with a memory of its own, from an address or from the bytes of body.wasm. */
  static async load(source: string | URL | BufferSource): Promise<Body> {
    return new Body(await BodyMemory.load(source));
  }

  setCharacter(character: Character): void {
    const { call } = this.#wasm;
    const { bones, expressions, rest, overrides } = character;
    if (rest && rest.length !== bones.length * 3) throw new Error('character: `rest` needs x, y and z of each bone');
    call.character_begin(character.hipsHeight, Math.trunc(Math.abs(character.seed)));
    bones.forEach((bone, i) => {
      call.character_bone(this.#wasm.text(bone));
      if (rest) call.character_rest(rest[i * 3] ?? NaN, rest[i * 3 + 1] ?? NaN, rest[i * 3 + 2] ?? NaN);
    });
    for (const name of expressions) {
      call.character_expression(this.#wasm.text(name));
      if (overrides?.[name]) this.#overrides(overrides[name]);
    }
    call.character_identity(this.#wasm.text(character.identity ?? ''));
    if (!call.character_end()) throw new Error(this.#wasm.answer());
    this.#bones = bones.length;
    this.#expressions = expressions.length;
  }

  #overrides(rules: ExpressionOverrides): void {
    const code = (rule: keyof ExpressionOverrides) => overrideKinds[rules[rule] ?? 'none'];
    this.#wasm.call.character_overrides(code('blink'), code('lookAt'), code('mouth'));
  }

  /** A clip in the LBC1 form; its name. Throws with the reason when the bytes are no such clip. */
  addClip(bytes: Uint8Array): string {
    if (!this.#wasm.call.add_clip(this.#wasm.bytes(bytes))) throw new Error(this.#wasm.answer());
    return this.#wasm.answer();
  }

  /** All clips of a pack (clips.bin); their names. */
  addClips(pack: Uint8Array): string[] {
    const view = new DataView(pack.buffer, pack.byteOffset, pack.byteLength);
    const names: string[] = [];
    let at = 4;
    for (let left = view.getUint32(0, true); left > 0; left--) {
      const size = view.getUint32(at, true);
      names.push(this.addClip(pack.subarray(at + 4, at + 4 + size)));
      at += 4 + size;
    }
    return names;
  }

  removeClip(name: string): boolean {
    return this.#wasm.call.remove_clip(this.#wasm.text(name)) !== 0;
  }

  clipNames(): string[] {
    this.#wasm.call.clip_names();
    return this.#wasm.answer().split('\n').filter(Boolean);
  }

  /** The id; an event says at which tick it took effect, or why it was refused. */
  direct(directive: Directive): number {
    const { call } = this.#wasm;
    call.directive_begin(directive.id ?? 0, directive.at ?? NaN);
    if (directive.action) {
      call.directive_action(this.#wasm.text(directive.action.name), directive.action.loop ? 1 : 0);
      for (const [name, value] of Object.entries(directive.action.params ?? {})) this.#param(name, value);
    }
    if (directive.expression) {
      const { name, intensity, ms } = directive.expression;
      call.directive_expression(this.#wasm.text(name), intensity, ms);
    }
    if (directive.gaze) call.directive_gaze(...this.#gaze(directive.gaze));
    texts.forEach((which, i) => {
      const text = directive[which];
      if (text) call.directive_text(i, this.#wasm.text(text));
    });
    return call.directive_end();
  }

  #param(name: string, value: number | string): void {
    const text = typeof value === 'string' ? value : '';
    const all = this.#wasm.text(name + text);
    const nameSize = new TextEncoder().encode(name).length;
    this.#wasm.call.directive_param(nameSize, all - nameSize, typeof value === 'number' ? value : 0);
  }

  #gaze(gaze: Gaze): [number, number, number, number] {
    return [gazeKinds[gaze.kind], gaze.x ?? NaN, gaze.y ?? NaN, gaze.z ?? NaN];
  }

  say(timeline: SpeechTimeline): void {
    const { call } = this.#wasm;
    call.say_begin(timeline.segment, timeline.at);
    for (const sound of timeline.phonemes) call.say_sound(this.#wasm.text(sound.ipa), sound.t_ms, sound.dur_ms);
    call.say_end();
  }

  /** Cuts what is being said. */
  hush(): void {
    this.#wasm.call.hush();
  }

  /** A mouth without phonemes: loudness 0 … 1, and magnitudes (not decibels) of equally wide bands up to `topHz`. */
  audioLevel(level: number, spectrum?: ArrayLike<number>, topHz = 8000): void {
    this.#wasm.call.audio_level(level, spectrum ? this.#wasm.numbers(spectrum) : 0, topHz);
  }

  /** The same from the sound itself, mono, ±1. */
  hear(samples: Float32Array, rateHz: number): void {
    this.#wasm.call.hear(this.#wasm.numbers(samples), rateHz);
  }

  mood(mood: { valence: number; arousal: number }): void {
    this.#wasm.call.set_mood(mood.valence, mood.arousal);
  }

  /** False: the character has no such expression. 0 ms: until the next one. */
  emotion(name: string, intensity: number, ms: number): boolean {
    return this.#wasm.call.set_emotion(this.#wasm.text(name), intensity, ms) !== 0;
  }

  activity(activity: Activity): void {
    this.#wasm.call.set_activity(this.#wasm.text(activity));
  }

  gaze(gaze: Gaze): void {
    this.#wasm.call.set_gaze(...this.#gaze(gaze));
  }

  reducedMotion(on: boolean): void {
    this.#wasm.call.set_reduced_motion(on ? 1 : 0);
  }

  step(tick: number): Pose {
    this.#wasm.call.step_to(tick);
    const { call } = this.#wasm;
    const moment = this.#wasm.floats(call.moment(), 10);
    return {
      tick,
      rotations: this.#wasm.floats(call.rotations(), this.#bones * 4),
      hips: moment.subarray(0, 3),
      expressions: this.#wasm.floats(call.weights(), this.#expressions),
      look: moment.subarray(3, 5),
      pose: stances[moment[5] ?? 0] ?? 'standing',
      activity: activities[moment[6] ?? 0] ?? 'idle',
      turned: moment[7] === 1,
      planted: { left: moment[8] === 1, right: moment[9] === 1 },
    };
  }

  /** What has happened since the last call. */
  events(): BodyEvent[] {
    const { call } = this.#wasm;
    const events: BodyEvent[] = [];
    for (let i = 0; i < call.event_count(); i++) {
      const kind = eventKinds[call.event_kind(i)];
      const id = call.event_id(i);
      const tick = call.event_tick(i);
      call.event_text(i);
      const text = this.#wasm.answer();
      if (kind === 'ack' || kind === 'finished') events.push({ kind, id, tick });
      else if (kind === 'refused') events.push({ kind, id, tick, reason: text });
      else if (kind === 'state') events.push({ kind, tick, stance: text as Stance });
      else if (kind) events.push({ kind, id, tick, text });
    }
    call.clear_events();
    return events;
  }

  /** One line that outlives the page: pose, heading, mood, what is held. */
  state(): string {
    this.#wasm.call.state();
    return this.#wasm.answer();
  }

  /** Takes a stored state at once; throws with the reason when it is none. */
  restore(state: string): void {
    if (!this.#wasm.call.restore(this.#wasm.text(state))) throw new Error(this.#wasm.answer());
  }

  /** Equal for equal poses, in the page and in the server. */
  poseHash(): string {
    return hex(this.#wasm.call.pose_hash_high(), this.#wasm.call.pose_hash_low());
  }

  /** Of model, bones and expressions: no directive changes it. */
  identityHash(): string {
    return hex(this.#wasm.call.identity_high(), this.#wasm.call.identity_low());
  }
}

function hex(high: number, low: number): string {
  return [high, low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}
