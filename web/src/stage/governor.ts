// How often a frame is drawn, and how fine. Knows no clock: times come in as milliseconds.

/** calm: it breathes; moving: it does something, or the camera does; lively: it speaks */
export type Pace = 'paused' | 'calm' | 'moving' | 'lively';

export interface Quality {
  /** most pixels of the canvas per pixel of the page */
  ratio: number;
  outlines: boolean;
}

const kLevels: readonly Quality[] = [
  { ratio: 2, outlines: true },
  { ratio: 1.5, outlines: true },
  { ratio: 1, outlines: false },
  { ratio: 0.8, outlines: false },
  { ratio: 0.6, outlines: false },
];
type Intervals = Record<Exclude<Pace, 'paused'>, number>;
const kInterval: Intervals = { calm: 1000 / 30, moving: 1000 / 30, lively: 1000 / 60 };
/** Where the processor draws, it also hears and speaks: a figure that only breathes takes less of it (decision 14). */
const kWeakInterval: Intervals = { calm: 1000 / 12, moving: 1000 / 30, lively: 1000 / 24 };
/** frames that are judged together */
const kWindow = 40;
/** milliseconds that they may take each: 26 pictures a second are enough for calm and talk alike */
const kSlow = 1000 / 26;
/** … and where fewer are wanted, this much of their interval */
const kSlack = 1.15;
/** a single frame counts for no more: something else was going on */
const kHiccup = 100;

export class Governor {
  private readonly interval: Intervals;
  private pace: Pace = 'calm';
  private level: number;
  private due = 0;
  private last = 0;
  private taken = 0;
  private seen = 0;

  constructor(weak: boolean) {
    this.level = weak ? 2 : 0;
    this.interval = weak ? kWeakInterval : kInterval;
  }

  get quality(): Quality {
    return kLevels[this.level] ?? kLevels[0]!;
  }

  set_pace(pace: Pace): void {
    if (pace === this.pace) return;
    this.pace = pace;
    this.due = 0;
    this.last = 0;
    this.seen = this.taken = 0;
  }

  /** Is it time to draw? Called with every frame of the screen. */
  wants(now: number): boolean {
    if (this.pace === 'paused') return false;
    if (now + 2 < this.due) return false;
    const every = this.interval[this.pace];
    // A late frame does not make the next one come early.
    this.due = Math.max(this.due + every, now + every / 2);
    return true;
  }

  /** A frame was drawn. True: the quality has been lowered. */
  drew(now: number): boolean {
    if (this.pace === 'paused') return false;
    const gap = now - this.last;
    this.last = now;
    // The first frame, or the page slept: nothing to learn from.
    if (gap > 1000) return false;
    this.seen += 1;
    this.taken += Math.min(gap, kHiccup);
    if (this.seen < kWindow) return false;
    const slow = this.taken > kWindow * Math.max(kSlow, this.interval[this.pace] * kSlack);
    this.seen = this.taken = 0;
    if (!slow || this.level + 1 >= kLevels.length) return false;
    this.level += 1;
    return true;
  }
}
