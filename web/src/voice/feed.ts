// The samples of a response on their way to the loudspeaker: in order, without gaps or doubles, at
// the rate of the audio clock.

import type { AudioPiece } from './frames';
import { Resampler } from './resample';

/** More than this is no gap but a mistake. */
const kLongestGap_s = 10;

export class Feed {
  private next = 0;
  private readonly resampler: Resampler;
  private readonly rate: number;

  constructor(from: number, to: number) {
    this.rate = from;
    this.resampler = new Resampler(from, to);
  }

  /** How much of the response has come, heard or not. */
  get received_ms(): number {
    return (this.next * 1000) / this.rate;
  }

  /** The samples to play now; undefined when the piece is nonsense or known. */
  push(piece: AudioPiece): Float32Array | undefined {
    const gap = piece.offset - this.next;
    if (gap > this.rate * kLongestGap_s) return undefined;
    if (gap < 0) {
      if (-gap >= piece.samples.length) return undefined;
      this.next += piece.samples.length + gap;
      return this.resampler.push(piece.samples.subarray(-gap));
    }
    this.next = piece.offset + piece.samples.length;
    if (gap === 0) return this.resampler.push(piece.samples);
    const filled = new Float32Array(gap + piece.samples.length);
    filled.set(piece.samples, gap);
    return this.resampler.push(filled);
  }

  end(): Float32Array {
    return this.resampler.flush();
  }
}
