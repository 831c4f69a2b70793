// The loudspeaker: plays the lanes and tells what went out.

import { Lanes, type LaneOrder } from '../lanes';

class Playback extends AudioWorkletProcessor {
  private readonly lanes = new Lanes(sampleRate, (news) => this.port.postMessage(news));

  constructor() {
    super();
    this.port.onmessage = (e: MessageEvent<LaneOrder>) => this.lanes.order(e.data, currentFrame);
  }

  process(_: Float32Array[][], outputs: Float32Array[][]): boolean {
    const [first, ...others] = outputs[0] ?? [];
    if (!first) return true;
    this.lanes.read(first, currentFrame);
    for (const other of others) other.set(first);
    return true;
  }
}

registerProcessor('loci-playback', Playback);
