// What the companion's mouth, hands and captions hang on: every spoken segment with its place on the
// audio clock, and each time that clock stops, goes on or is cut off.

import type { VoiceMark, VoicePhoneme, VoiceResponseStatus, VoiceWord } from '../protocol/voice_types';

export interface SpokenSegment {
  response: number;
  segment: number;
  text: string;
  /** AudioContext time (seconds) at which its first sample leaves the loudspeaker */
  at: number;
  /** from the first sample of the response */
  t_ms: number;
  dur_ms: number;
  /** times from the first sample of the segment */
  words: readonly VoiceWord[];
  phonemes: readonly VoicePhoneme[];
  /** where in the shown reply its words stand, and when they begin */
  marks: readonly VoiceMark[];
  /** the times come from the voice itself, not from an estimate */
  exact: boolean;
}

/**
 * `t_ms` is the place in the response, `at` the AudioContext time at which it is heard. After a
 * pause everything that is still to come moves: sample 0 of the response then belongs to
 * `at - t_ms / 1000` of the `resume`. Segments that were told before are not told again.
 */
export type SpeechEvent =
  | { type: 'segment'; segment: SpokenSegment }
  | { type: 'pause' | 'resume' | 'cancel' | 'done'; response: number; at: number; t_ms: number };

/** Of a reply as a whole, whether it ever sounds or not. lost: none of those under way goes on. */
export type ReplyNews =
  | { type: 'started'; response: number; turn_id?: string }
  | { type: 'over'; response: number; status: VoiceResponseStatus }
  | { type: 'lost' };

export type SpeechListener = (event: SpeechEvent) => void;

export class SpeechEvents {
  private readonly listeners = new Set<SpeechListener>();
  private readonly followers = new Set<(news: ReplyNews) => void>();
  /** The clock that `at` is told in, in seconds. */
  readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  subscribe(listener: SpeechListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  follow(follower: (news: ReplyNews) => void): () => void {
    this.followers.add(follower);
    return () => this.followers.delete(follower);
  }

  tell(news: ReplyNews): void {
    for (const follower of this.followers) follower(news);
  }

  emit(event: SpeechEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}
