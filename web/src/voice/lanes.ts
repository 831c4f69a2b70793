// The work of the playback worklet: one lane for every response, played one after the other. Says
// when the sound of a response begins to run, rests, or is over, in frames of the audio clock.

import { JitterBuffer } from './jitter_buffer';

export type LaneOrder =
  | { type: 'audio'; response: number; samples: Float32Array }
  | { type: 'end'; response: number }
  | { type: 'pause'; response: number }
  | { type: 'resume'; response: number }
  | { type: 'cancel'; response: number }
  | { type: 'clear' };

/**
 * run: sample 0 of the response belongs to frame `anchor` (it shifts with every rest).
 * rest: nothing more goes out after `played` samples, for now. over: it is played to its end.
 */
export type LaneNews =
  | { type: 'run'; response: number; anchor: number; played: number; frame: number }
  | { type: 'rest'; response: number; played: number; frame: number }
  | { type: 'over'; response: number; played: number; frame: number }
  | { type: 'report'; response: number; played: number; frame: number; waiting: number; holes: number; running: boolean };

interface Lane {
  response: number;
  buffer: JitterBuffer;
  anchor?: number;
  running: boolean;
}

/** Reports at least this often, in calls of `read`. */
const kReportEvery = 8;

export class Lanes {
  private readonly lanes: Lane[] = [];
  private dying: JitterBuffer[] = [];
  private readonly rate: number;
  private readonly tell: (news: LaneNews) => void;
  private calls = 0;
  private scratch = new Float32Array(128);

  constructor(rate: number, tell: (news: LaneNews) => void) {
    this.rate = rate;
    this.tell = tell;
  }

  order(order: LaneOrder, frame: number): void {
    if (order.type === 'clear') {
      for (const lane of [...this.lanes]) this.cancel(lane, frame);
      return;
    }
    const lane = this.lanes.find((l) => l.response === order.response);
    switch (order.type) {
      case 'audio':
        return this.add(order.response, lane, order.samples);
      case 'end':
        return lane?.buffer.end();
      case 'pause':
        return this.pause(lane ?? this.open(order.response), frame);
      case 'resume':
        return lane?.buffer.resume();
      case 'cancel':
        if (lane) this.cancel(lane, frame);
        else this.tell({ type: 'over', response: order.response, played: 0, frame });
    }
  }

  /** Fills `out`, whose first sample is frame number `frame`. */
  read(out: Float32Array, frame: number): void {
    out.fill(0);
    const lane = this.lanes[0];
    if (lane) this.play(lane, out, frame);
    if (this.dying.length > 0) this.fade(out);
  }

  private add(response: number, lane: Lane | undefined, samples: Float32Array): void {
    // What is spoken next means that what came before is complete.
    for (const earlier of this.lanes) if (earlier.response < response) earlier.buffer.end();
    (lane ?? this.open(response)).buffer.push(samples);
  }

  private open(response: number): Lane {
    const lane: Lane = { response, buffer: new JitterBuffer({ rate: this.rate }), running: false };
    this.lanes.push(lane);
    return lane;
  }

  private pause(lane: Lane, frame: number): void {
    lane.buffer.pause();
    this.rest(lane, frame);
  }

  private cancel(lane: Lane, frame: number): void {
    const { played } = lane.buffer;
    lane.buffer.cancel();
    if (lane.buffer.fading) this.dying.push(lane.buffer);
    this.lanes.splice(this.lanes.indexOf(lane), 1);
    this.tell({ type: 'over', response: lane.response, played, frame });
  }

  private play(lane: Lane, out: Float32Array, frame: number): void {
    const { buffer } = lane;
    const before = buffer.played;
    const given = buffer.read(out);
    const after = frame + given;
    if (given > 0 && lane.anchor !== frame - before) {
      lane.anchor = frame - before;
      lane.running = true;
      this.tell({ type: 'run', response: lane.response, anchor: lane.anchor, played: before, frame });
    }
    if (buffer.drained) {
      this.lanes.shift();
      this.tell({ type: 'over', response: lane.response, played: buffer.played, frame: after });
      return;
    }
    if (lane.running && buffer.state !== 'playing') this.rest(lane, after);
    this.calls += 1;
    if (this.calls % kReportEvery !== 0) return;
    this.tell({
      type: 'report', response: lane.response, played: buffer.played, frame: after, waiting: buffer.waiting,
      holes: buffer.holes, running: lane.running,
    });
  }

  private rest(lane: Lane, frame: number): void {
    if (!lane.running) return;
    lane.running = false;
    delete lane.anchor;
    this.tell({ type: 'rest', response: lane.response, played: lane.buffer.played, frame });
  }

  private fade(out: Float32Array): void {
    if (this.scratch.length !== out.length) this.scratch = new Float32Array(out.length);
    for (const buffer of this.dying) {
      buffer.read(this.scratch);
      for (let i = 0; i < out.length; i += 1) out[i]! += this.scratch[i]!;
    }
    this.dying = this.dying.filter((buffer) => buffer.fading);
  }
}
