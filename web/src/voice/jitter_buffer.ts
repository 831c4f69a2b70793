// What is to be played, at the rate of the loudspeaker: waits a little before it begins so that a
// late piece leaves no hole, fades 20 ms at every edge, and counts exactly which samples went out.
// Runs in the audio thread: nothing here allocates while it reads.

export interface JitterOptions {
  rate: number;
  /** how much must lie ready before a response begins, at first */
  start_ms?: number;
  most_ms?: number;
  fade_ms?: number;
}

/** playing: samples go out. waiting: for the first, or for late ones. held: paused by the server. */
export type JitterState = 'empty' | 'waiting' | 'playing' | 'held';

export class JitterBuffer {
  private readonly pieces: Float32Array[] = [];
  private inside = 0;
  private queued = 0;
  private read_at = 0;
  private now: JitterState = 'empty';
  private waited = 0;
  private ended = false;
  private target: number;
  private readonly most: number;
  private readonly fade: number;
  private readonly tail: Float32Array;
  private tail_at: number;
  private rise: number;
  private dry = false;
  /** late pieces left a hole this often */
  holes = 0;

  constructor(options: JitterOptions) {
    const samples = (ms: number) => Math.round((options.rate * ms) / 1000);
    this.target = samples(options.start_ms ?? 60);
    this.most = samples(options.most_ms ?? 240);
    this.fade = Math.max(1, samples(options.fade_ms ?? 20));
    this.tail = new Float32Array(this.fade);
    this.tail_at = this.fade;
    this.rise = this.fade;
  }

  get state(): JitterState {
    return this.now;
  }

  /** Samples of the response that went out; a pause holds exactly there. */
  get played(): number {
    return this.read_at;
  }

  /** The end of a fade is still to be read. */
  get fading(): boolean {
    return this.tail_at < this.fade;
  }

  get waiting(): number {
    return this.queued;
  }

  /** Nothing is left of it, neither to play nor to come. */
  get drained(): boolean {
    return this.ended && this.queued === 0 && this.now !== 'held';
  }

  push(piece: Float32Array): void {
    if (piece.length === 0) return;
    if (this.dry) this.came_late();
    this.pieces.push(piece);
    this.queued += piece.length;
    if (this.now === 'empty') this.now = 'waiting';
  }

  /** Nothing follows: the rest is played without waiting for more. */
  end(): void {
    this.ended = true;
  }

  pause(): void {
    if (this.now === 'playing') this.fade_out();
    this.now = 'held';
  }

  /** Goes on from the held sample, rising over 20 ms. */
  resume(): void {
    if (this.now !== 'held') return;
    this.now = this.queued > 0 ? 'waiting' : 'empty';
    this.waited = this.target;
  }

  /** Fades what sounds and forgets the rest; the next response counts from 0. */
  cancel(): void {
    if (this.now === 'playing') this.fade_out();
    this.reset();
  }

  /** Fills `out`; returns how many samples of the response it holds (they are at its end). */
  read(out: Float32Array): number {
    out.fill(0);
    let given = 0;
    if (this.now === 'waiting') this.maybe_begin(out.length);
    if (this.now === 'playing') given = this.copy(out);
    this.add_tail(out);
    return given;
  }

  reset(): void {
    this.pieces.length = 0;
    this.inside = this.queued = this.read_at = this.waited = 0;
    this.ended = this.dry = false;
    this.now = 'empty';
  }

  private maybe_begin(samples: number): void {
    this.waited += samples;
    if (this.queued < this.target && this.waited <= this.target && !this.ended) return;
    this.now = 'playing';
    // The very beginning of a word is not softened; what was cut before is.
    this.rise = this.read_at === 0 ? this.fade : 0;
  }

  private copy(out: Float32Array): number {
    const count = Math.min(out.length, this.queued);
    const short = count < out.length && !this.ended;
    for (let i = 0; i < count; i += 1) {
      const sample = this.next();
      out[i] = this.rise < this.fade ? sample * (this.rise / this.fade) : sample;
      if (this.rise < this.fade) this.rise += 1;
    }
    this.read_at += count;
    if (short) this.run_dry();
    else if (this.queued === 0 && this.ended) this.now = 'empty';
    return count;
  }

  /** The end of the response, or a late piece: only what comes next can tell. */
  private run_dry(): void {
    this.dry = true;
    this.now = 'empty';
    this.waited = 0;
  }

  private came_late(): void {
    this.dry = false;
    this.holes += 1;
    this.target = Math.min(this.most, Math.round(this.target * 1.5));
  }

  private next(): number {
    const piece = this.pieces[0]!;
    const sample = piece[this.inside]!;
    this.inside += 1;
    this.queued -= 1;
    if (this.inside === piece.length) {
      this.pieces.shift();
      this.inside = 0;
    }
    return sample;
  }

  /** The samples that would have come now, going down to nothing; the place itself does not move. */
  private fade_out(): void {
    let piece = 0;
    let at = this.inside;
    for (let i = 0; i < this.fade; i += 1) {
      while (piece < this.pieces.length && at >= this.pieces[piece]!.length) {
        piece += 1;
        at = 0;
      }
      const sample = this.pieces[piece]?.[at] ?? 0;
      at += 1;
      this.tail[i] = sample * (1 - (i + 1) / this.fade);
    }
    this.tail_at = 0;
  }

  private add_tail(out: Float32Array): void {
    for (let i = 0; i < out.length && this.tail_at < this.fade; i += 1) {
      out[i]! += this.tail[this.tail_at]!;
      this.tail_at += 1;
    }
  }
}
