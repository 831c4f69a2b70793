// Changes the rate of a stream of samples: a windowed sinc, cut off below half of the lower rate, so
// that nothing folds back. State is kept between calls: pieces of any size give the same samples.

const kZeroCrossings = 16;
const kPhases = 256;
/** Part of the lower half-rate that is passed. */
const kPass = 0.92;

export class Resampler {
  private readonly step: number;
  private readonly half: number;
  private readonly table: Float32Array;
  private readonly taps: number;
  private history: Float32Array;
  /** place of the next sample to make, in samples of `history` */
  private at: number;

  constructor(from: number, to: number) {
    this.step = from / to;
    const cutoff = kPass * Math.min(1, to / from);
    this.half = Math.ceil(kZeroCrossings / cutoff);
    this.taps = this.half * 2;
    this.table = kernel(cutoff, this.half);
    this.history = new Float32Array(this.half);
    this.at = this.half;
  }

  /** The samples that are certain now; the newest `half` of the input wait for what follows them. */
  push(input: Float32Array): Float32Array {
    const all = new Float32Array(this.history.length + input.length);
    all.set(this.history);
    all.set(input, this.history.length);
    const last = all.length - this.half;
    const count = Math.max(0, Math.ceil((last - this.at) / this.step - 1e-6));
    const out = new Float32Array(count);
    for (let i = 0; i < count; i += 1) out[i] = this.sample(all, this.at + i * this.step);
    const next = this.at + count * this.step;
    const keep = Math.max(0, Math.floor(next) - this.half);
    this.history = all.slice(keep);
    this.at = next - keep;
    return out;
  }

  /** The end of the stream: what still waited. Afterwards the resampler is as new. */
  flush(): Float32Array {
    const out = this.push(new Float32Array(this.half));
    this.history = new Float32Array(this.half);
    this.at = this.half;
    return out;
  }

  private sample(all: Float32Array, place: number): number {
    const whole = Math.floor(place);
    const phase = (place - whole) * kPhases;
    const row = Math.floor(phase);
    const mix = phase - row;
    const a = row * this.taps;
    const b = a + this.taps;
    const first = whole - this.half + 1;
    let sum = 0;
    for (let k = 0; k < this.taps; k += 1) {
      const weight = this.table[a + k]! + mix * (this.table[b + k]! - this.table[a + k]!);
      sum += weight * (all[first + k] ?? 0);
    }
    return sum;
  }
}

/** kPhases + 1 rows of weights; each row sums to one, so that silence and loudness stay what they are. */
function kernel(cutoff: number, half: number): Float32Array {
  const taps = half * 2;
  const table = new Float32Array((kPhases + 1) * taps);
  for (let row = 0; row <= kPhases; row += 1) {
    let sum = 0;
    for (let k = 0; k < taps; k += 1) {
      const x = k - half + 1 - row / kPhases;
      const weight = sinc(cutoff * x) * blackman(x / half);
      table[row * taps + k] = weight;
      sum += weight;
    }
    for (let k = 0; k < taps; k += 1) table[row * taps + k]! /= sum;
  }
  return table;
}

function sinc(x: number): number {
  return Math.abs(x) < 1e-9 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function blackman(x: number): number {
  if (Math.abs(x) >= 1) return 0;
  return 0.42 + 0.5 * Math.cos(Math.PI * x) + 0.08 * Math.cos(2 * Math.PI * x);
}
