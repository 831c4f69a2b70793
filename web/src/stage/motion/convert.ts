// The way in for movements: a file, once, becomes a VRMA to keep and a clip for the body.

import { clip_name, comes_round, write_clip } from './clip_writer';
import { read_motion } from './sources';
import { write_vrma } from './vrma_writer';

export interface Converted {
  name: string;
  seconds: number;
  /** bones that move */
  bones: number;
  vrma: ArrayBuffer;
  clip: Uint8Array;
}

export async function convert(file_name: string, bytes: ArrayBuffer): Promise<Converted> {
  const name = clip_name(file_name);
  const recording = await read_motion(file_name, name, bytes);
  const loop = comes_round(recording);
  return {
    name, seconds: recording.seconds, bones: recording.rotations.length,
    // A VRMA is kept as it came: it may hold more than the body plays.
    vrma: /\.vrma$/i.test(file_name) ? bytes : write_vrma(recording),
    clip: write_clip(recording, { loop, upper_body: false }),
  };
}
