// Audio as it travels: 16-bit little-endian samples, in frames of equal length to the server, behind
// a small header from it.

export const kInputRate = 16_000;
export const kFrameSamples = 320; // 20 ms
const kHeaderBytes = 12;

export interface AudioPiece {
  response: number;
  segment: number;
  /** place of the first sample in the response */
  offset: number;
  samples: Float32Array;
}

/** Cuts a stream of samples into frames of 20 ms. */
export class Framer {
  private frame = new Int16Array(kFrameSamples);
  private filled = 0;

  push(samples: Float32Array, out: (frame: Int16Array<ArrayBuffer>) => void): void {
    for (const sample of samples) {
      this.frame[this.filled] = to_s16(sample);
      this.filled += 1;
      if (this.filled < kFrameSamples) continue;
      const full = this.frame;
      this.frame = new Int16Array(kFrameSamples);
      this.filled = 0;
      out(full);
    }
  }
}

export function to_s16(sample: number): number {
  return Math.max(-32768, Math.min(32767, Math.round(sample * 32767)));
}

/** RMS of a frame in dB below full scale, never under -100. */
export function level_dbfs(frame: Int16Array): number {
  let sum = 0;
  for (const sample of frame) sum += sample * sample;
  const rms = Math.sqrt(sum / Math.max(1, frame.length)) / 32768;
  return Math.max(-100, 20 * Math.log10(Math.max(rms, 1e-5)));
}

/** A binary frame of the server; undefined when it is not one. */
export function decode_audio(data: ArrayBuffer): AudioPiece | undefined {
  const bytes = data.byteLength - kHeaderBytes;
  if (bytes < 0 || bytes % 2 !== 0) return undefined;
  const view = new DataView(data);
  const samples = new Float32Array(bytes / 2);
  for (let i = 0; i < samples.length; i += 1) samples[i] = view.getInt16(kHeaderBytes + i * 2, true) / 32768;
  return { response: view.getUint32(0, true), segment: view.getUint32(4, true), offset: view.getUint32(8, true), samples };
}

/** Where the machine's numbers are the other way round, the samples are turned. */
export function to_wire(frame: Int16Array<ArrayBuffer>): ArrayBuffer {
  if (kLittleEndian) return frame.buffer;
  const view = new DataView(new ArrayBuffer(frame.length * 2));
  frame.forEach((sample, i) => view.setInt16(i * 2, sample, true));
  return view.buffer;
}

const kLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
