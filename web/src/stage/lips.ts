// What is heard and what the mouth does: spoken segments, told on the clock of the sound, become
// timelines of the body, and move with every pause.

export interface Sound { ipa: string; t_ms: number; dur_ms: number }
export interface Heard { response: number; segment: number; at: number; t_ms: number; dur_ms: number; phonemes: readonly Sound[] }
export type Said =
  | { type: 'segment'; segment: Heard }
  | { type: 'pause' | 'resume' | 'cancel' | 'done'; response: number; at: number; t_ms: number };

export interface Mouth {
  say(timeline: { segment: number; phonemes: readonly Sound[]; at: number }): void;
  hush(): void;
}

export class Lips {
  private readonly mouth: Mouth;
  /** the tick at which something is heard that lies so many seconds ahead */
  private readonly tick_in: (seconds: number) => number;
  private kept: Heard[] = [];

  constructor(mouth: Mouth, tick_in: (seconds: number) => number) {
    this.mouth = mouth;
    this.tick_in = tick_in;
  }

  /** `now` is read from the clock that the event is told in. */
  hear(event: Said, now: number): void {
    if (event.type === 'segment') {
      this.kept = this.kept.filter((s) => s.response === event.segment.response);
      this.kept.push(event.segment);
      this.say(event.segment, event.segment.at - now);
    } else if (event.type === 'resume') {
      const begin = event.at - event.t_ms / 1000;
      for (const segment of this.kept) {
        if (segment.t_ms + segment.dur_ms > event.t_ms) this.say(segment, begin + segment.t_ms / 1000 - now);
      }
    } else if (event.type === 'done') {
      this.kept = [];
    } else {
      this.mouth.hush();
      if (event.type === 'cancel') this.kept = [];
    }
  }

  private say(segment: Heard, ahead: number): void {
    this.mouth.say({ segment: segment.response * 4096 + segment.segment, phonemes: segment.phonemes, at: this.tick_in(ahead) });
  }
}
