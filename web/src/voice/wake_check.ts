// The short exchange after waking: is the microphone loud enough, was something understood, and does
// the companion hear itself? Fed with what happens anyway; asks nothing.

export type LevelFinding = 'waiting' | 'good' | 'quiet' | 'clipped';
export type EchoFinding = 'waiting' | 'clear' | 'heard';

export interface WakeFindings {
  level: LevelFinding;
  /** what was understood; empty: nothing yet */
  words: string;
  echo: EchoFinding;
}

export const kNoFindings: WakeFindings = { level: 'waiting', words: '', echo: 'waiting' };

const kSpeech = 0.6;
const kQuiet_dbfs = -48;
const kClipped_dbfs = -4;
/** probabilities of speech before a level is a finding */
const kEnough = 4;
/** frames of 20 ms: the server's word for speech comes after the speech itself */
const kRemembered = 75;
/** probabilities of the server while the companion speaks before the echo is a finding */
const kHeardLong = 12;

export class WakeCheck {
  private speech = 0;
  private loudest = -100;
  private lately: number[] = [];
  private while_speaking = 0;
  private own_voice = 0;
  private words = '';

  frame(level_dbfs: number, sounding: boolean): void {
    // Its own voice in the microphone says nothing about the person's.
    this.lately = sounding ? [] : [...this.lately.slice(1 - kRemembered), level_dbfs];
  }

  probability(p: number, sounding: boolean): void {
    if (sounding) {
      this.while_speaking += 1;
      if (p >= kSpeech) this.own_voice += 1;
    } else if (p >= kSpeech) {
      this.speech += 1;
      this.loudest = Math.max(this.loudest, ...this.lately);
    }
  }

  understood(text: string): void {
    if (text.trim()) this.words = text.trim();
  }

  get findings(): WakeFindings {
    return { level: this.level(), words: this.words, echo: this.echo() };
  }

  private level(): LevelFinding {
    if (this.speech < kEnough) return 'waiting';
    if (this.loudest > kClipped_dbfs) return 'clipped';
    return this.loudest < kQuiet_dbfs ? 'quiet' : 'good';
  }

  private echo(): EchoFinding {
    if (this.while_speaking < kHeardLong) return 'waiting';
    return this.own_voice > this.while_speaking * 0.3 ? 'heard' : 'clear';
  }
}

export function all_good(findings: WakeFindings | undefined): boolean {
  return findings?.level === 'good' && findings.words !== '' && findings.echo === 'clear';
}
