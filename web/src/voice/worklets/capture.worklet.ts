// The microphone: band-limited to 16 kHz, in frames of 20 ms with their level.

import { Framer, kInputRate, level_dbfs } from '../frames';
import { Resampler } from '../resample';

class Capture extends AudioWorkletProcessor {
  private readonly resampler = new Resampler(sampleRate, kInputRate);
  private readonly framer = new Framer();

  process(inputs: Float32Array[][]): boolean {
    const channel = inputs[0]?.[0];
    if (!channel) return true;
    this.framer.push(this.resampler.push(channel), (frame) => {
      this.port.postMessage({ frame, level: level_dbfs(frame) }, [frame.buffer]);
    });
    return true;
  }
}

registerProcessor('loci-capture', Capture);
