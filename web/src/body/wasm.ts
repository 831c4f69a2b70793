/** The compiled room `body` (src/body/wasm/exports.cpp): its functions, and text and arrays into and out of its memory. */

interface Exports {
  memory: WebAssembly.Memory;
  _initialize?: () => void;
  scratch(size: number): number;
  text_data(): number;
  text_size(): number;
  character_begin(hipsHeight: number, seed: number): void;
  character_bone(size: number): void;
  character_rest(x: number, y: number, z: number): void;
  character_expression(size: number): void;
  character_overrides(blink: number, lookAt: number, mouth: number): void;
  character_identity(size: number): void;
  character_end(): number;
  add_clip(size: number): number;
  remove_clip(size: number): number;
  directive_begin(id: number, at: number): void;
  directive_action(size: number, loop: number): void;
  directive_param(nameSize: number, textSize: number, value: number): void;
  directive_expression(size: number, intensity: number, ms: number): void;
  directive_gaze(kind: number, x: number, y: number, z: number): void;
  directive_text(which: number, size: number): void;
  directive_end(): number;
  say_begin(segment: number, at: number): void;
  say_sound(size: number, tMs: number, durMs: number): void;
  say_end(): void;
  hush(): void;
  audio_level(level: number, bands: number, topHz: number): void;
  hear(samples: number, rateHz: number): void;
  set_mood(valence: number, arousal: number): void;
  set_emotion(size: number, intensity: number, ms: number): number;
  set_activity(size: number): number;
  set_gaze(kind: number, x: number, y: number, z: number): void;
  set_reduced_motion(on: number): void;
  step_to(tick: number): void;
  rotations(): number;
  weights(): number;
  moment(): number;
  event_count(): number;
  event_kind(index: number): number;
  event_id(index: number): number;
  event_tick(index: number): number;
  event_text(index: number): void;
  clear_events(): void;
  state(): void;
  restore(size: number): number;
  clip_names(): void;
  pose_hash_low(): number;
  pose_hash_high(): number;
  identity_low(): number;
  identity_high(): number;
}

/** The room does no input and output; what its library would ask of a system is answered with "no". */
function noSystem(module: WebAssembly.Module): WebAssembly.Imports {
  const imports: Record<string, Record<string, () => number>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    (imports[from] ??= {})[name] = () => {
      if (name === 'proc_exit') throw new Error('the body stopped');
      return 8; // "bad file descriptor"
    };
  }
  return imports;
}

async function compiled(source: string | URL | BufferSource): Promise<WebAssembly.Module> {
  if (typeof source !== 'string' && !(source instanceof URL)) return WebAssembly.compile(source);
  const answer = await fetch(source);
  if (!answer.ok) throw new Error(`the body could not be fetched (status ${answer.status})`);
  return WebAssembly.compile(await answer.arrayBuffer());
}

export class BodyMemory {
  readonly call: Exports;
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();

  private constructor(instance: WebAssembly.Instance) {
    this.call = instance.exports as unknown as Exports;
    this.call._initialize?.();
  }

  static async load(source: string | URL | BufferSource): Promise<BodyMemory> {
    const module = await compiled(source);
    return new BodyMemory(await WebAssembly.instantiate(module, noSystem(module)));
  }

  /** Writes to the scratch memory; the number of bytes. */
  bytes(data: Uint8Array): number {
    const at = this.call.scratch(data.byteLength);
    new Uint8Array(this.call.memory.buffer, at, data.byteLength).set(data);
    return data.byteLength;
  }

  text(text: string): number {
    return this.bytes(this.#encoder.encode(text));
  }

  /** The number of floats. */
  numbers(values: ArrayLike<number>): number {
    const at = this.call.scratch(values.length * 4);
    new Float32Array(this.call.memory.buffer, at, values.length).set(values);
    return values.length;
  }

  floats(at: number, count: number): Float32Array {
    return new Float32Array(this.call.memory.buffer, at, count);
  }

  /** The last answer in words. */
  answer(): string {
    return this.#decoder.decode(new Uint8Array(this.call.memory.buffer, this.call.text_data(), this.call.text_size()));
  }
}
