// Joins what the server says about a segment with what the worklet says about its sound.

import type { VoiceSegment } from '../protocol/voice_types';
import type { LaneNews } from './lanes';
import type { SpeechEvents } from './speech_events';

interface Track {
  segments: VoiceSegment[];
  told: Set<number>;
  /** audio time of sample 0, while it runs */
  anchor_s?: number;
  begun: boolean;
}

/** Older responses are of no use to anybody. */
const kKept = 8;

export class Timeline {
  private readonly tracks = new Map<number, Track>();
  private readonly events: SpeechEvents;
  private readonly latency: () => number;

  constructor(events: SpeechEvents, latency: () => number) {
    this.events = events;
    this.latency = latency;
  }

  add(segment: VoiceSegment): void {
    const track = this.track(segment.response);
    track.segments = [...track.segments.filter((s) => s.segment !== segment.segment), segment]
      .sort((a, b) => a.t_ms - b.t_ms);
    this.tell_segments(track);
  }

  /** `rate`: frames a second of the audio clock. */
  news(news: LaneNews, rate: number): void {
    if (news.type === 'report') return;
    const track = this.track(news.response);
    const at = news.frame / rate + this.latency();
    const t_ms = (news.played * 1000) / rate;
    if (news.type === 'run') {
      track.anchor_s = news.anchor / rate + this.latency();
      if (track.begun) this.events.emit({ type: 'resume', response: news.response, at, t_ms });
      track.begun = true;
      this.tell_segments(track);
      return;
    }
    delete track.anchor_s;
    if (news.type === 'rest') this.events.emit({ type: 'pause', response: news.response, at, t_ms });
  }

  /** It will not sound again. */
  end(response: number, how: 'cancel' | 'done', t_ms: number): void {
    const track = this.tracks.get(response);
    if (!track) return;
    this.tracks.delete(response);
    if (track.begun) this.events.emit({ type: how, response, at: this.events.now() + this.latency(), t_ms });
  }

  private tell_segments(track: Track): void {
    if (track.anchor_s === undefined) return;
    for (const s of track.segments) {
      if (track.told.has(s.segment)) continue;
      track.told.add(s.segment);
      const { response, segment, text, t_ms, dur_ms, words, phonemes, exact, marks = [] } = s;
      const at = track.anchor_s + t_ms / 1000;
      this.events.emit({ type: 'segment', segment: { response, segment, text, at, t_ms, dur_ms, words, phonemes, exact, marks } });
    }
  }

  private track(response: number): Track {
    const known = this.tracks.get(response);
    if (known) return known;
    const made: Track = { segments: [], told: new Set(), begun: false };
    this.tracks.set(response, made);
    for (const old of this.tracks.keys()) {
      if (this.tracks.size <= kKept) break;
      this.tracks.delete(old);
    }
    return made;
  }
}
