// One button, three habits: a click, a hold, and the same with the space bar. In push mode it opens
// the microphone; otherwise the microphone is open, and the button closes it.

import type { Talk } from './state';

export type MicChange = 'talk' | 'end_talk' | 'mute' | 'unmute' | 'none';

/** Shorter is a click: what it opened stays open until the next one. */
const kClick_ms = 350;

export class MicButton {
  private down_at: number | undefined;
  /** the press itself has ended something: letting go does nothing more */
  private spent = false;

  down(talk: Talk, now_ms: number): MicChange {
    if (this.down_at !== undefined) return 'none';
    this.down_at = now_ms;
    this.spent = false;
    if (talk.preferences.mode === 'push') {
      this.spent = talk.talking;
      return talk.talking ? 'end_talk' : 'talk';
    }
    this.spent = talk.muted;
    return talk.muted ? 'unmute' : 'none';
  }

  up(talk: Talk, now_ms: number): MicChange {
    if (this.down_at === undefined) return 'none';
    const held = now_ms - this.down_at >= kClick_ms;
    this.down_at = undefined;
    if (talk.preferences.mode === 'push') return held && !this.spent && talk.talking ? 'end_talk' : 'none';
    // Muted and held: it listens as long as it is held, as people know it from radios.
    if (this.spent) return held ? 'mute' : 'none';
    return held ? 'none' : 'mute';
  }
}
