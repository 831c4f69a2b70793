// Everything that sounds: feeds the responses to the loudspeaker, obeys pause, resume and cancel, and
// keeps the account of what was heard, which it tells the server.

import type { VoiceEvent } from '../protocol/voice_types';
import type { VoiceAudio } from './audio';
import { Feed } from './feed';
import type { AudioPiece } from './frames';
import type { LaneNews } from './lanes';
import { PlayedAccount } from './played';
import type { SpeechEvents } from './speech_events';
import { Timeline } from './timeline';

const kTellEvery = 100;
/** What the resampler holds back until the end; nobody hears it missing, but the account is exact. */
const kHeldBack_ms = 2;

interface Sounding {
  feed: Feed;
  account: PlayedAccount;
  over: boolean;
  told: number;
}

export interface SpeakerOptions {
  audio: VoiceAudio;
  events: SpeechEvents;
  on_played: (response: number, played_ms: number) => void;
  /** which response sounds now; undefined: none */
  on_sounding: (response: number | undefined) => void;
}

export class Speaker {
  private readonly responses = new Map<number, Sounding>();
  private readonly silenced = new Set<number>();
  private readonly timeline: Timeline;
  private readonly options: SpeakerOptions;
  private beat: ReturnType<typeof setInterval> | undefined;
  private source_rate = 24_000;
  /** late pieces since the page was opened */
  holes = 0;

  constructor(options: SpeakerOptions) {
    this.options = options;
    this.timeline = new Timeline(options.events, () => options.audio.latency());
  }

  /** A new connection counts its responses anew. */
  begin(): void {
    this.clear();
    this.silenced.clear();
  }

  /** Samples a second of what the server sends. */
  expect(source_rate: number): void {
    this.source_rate = source_rate;
  }

  play(piece: AudioPiece): void {
    if (this.silenced.has(piece.response)) return;
    const samples = this.sounding(piece.response).feed.push(piece);
    if (samples) this.options.audio.order({ type: 'audio', response: piece.response, samples });
  }

  obey(event: VoiceEvent): void {
    switch (event.type) {
      case 'voice.segment':
        if (!this.silenced.has(event.response)) this.timeline.add(event);
        return;
      case 'voice.pause':
        return this.options.audio.order({ type: 'pause', response: event.response });
      case 'voice.resume':
        return this.options.audio.order({ type: 'resume', response: event.response });
      case 'voice.cancel':
        return this.cancel(event.response);
      case 'voice.response_started': {
        const { response, turn_id } = event;
        return this.options.events.tell({ type: 'started', response, ...(turn_id ? { turn_id } : {}) });
      }
      case 'voice.response_done':
        this.options.events.tell({ type: 'over', response: event.response, status: event.status });
        return event.status === 'completed' ? this.end(event.response) : this.cancel(event.response);
      default: // nothing that sounds
    }
  }

  /** Nothing of it follows; what is there is played. */
  private end(response: number): void {
    const sounding = this.responses.get(response);
    if (!sounding || sounding.over) return;
    const rest = sounding.feed.end();
    if (rest.length > 0) this.options.audio.order({ type: 'audio', response, samples: rest });
    this.options.audio.order({ type: 'end', response });
  }

  /** Silent within 20 ms, and whatever still comes of it is dropped. */
  cancel(response: number): void {
    this.silenced.add(response);
    this.options.audio.order({ type: 'cancel', response });
    const sounding = this.responses.get(response);
    const heard = sounding ? this.counted_ms(sounding) : 0;
    this.timeline.end(response, 'cancel', heard);
    if (!sounding) return;
    this.options.on_played(response, heard);
    sounding.told = heard;
  }

  cancel_all(): void {
    for (const response of this.responses.keys()) this.cancel(response);
  }

  clear(): void {
    this.cancel_all();
    this.options.events.tell({ type: 'lost' });
    this.options.audio.order({ type: 'clear' });
    this.responses.clear();
    clearInterval(this.beat);
    this.beat = undefined;
    this.options.on_sounding(undefined);
  }

  get sounds(): boolean {
    return this.responses.size > 0;
  }

  heard_ms(response: number): number {
    const { audio } = this.options;
    return this.responses.get(response)?.account.heard_ms(audio.now(), audio.latency()) ?? 0;
  }

  news(news: LaneNews): void {
    const { audio } = this.options;
    const sounding = this.responses.get(news.response);
    if (!sounding) return;
    const rate = audio.rate();
    const running = news.type === 'run' || (news.type === 'report' && news.running);
    sounding.account.report((news.played * 1000) / rate, news.frame / rate, running);
    if (news.type === 'report') this.holes = Math.max(this.holes, news.holes);
    if (news.type === 'over') sounding.over = true;
    this.timeline.news(news, rate);
    if (news.type === 'run') this.options.on_sounding(news.response);
  }

  private sounding(response: number): Sounding {
    const known = this.responses.get(response);
    if (known) return known;
    const feed = new Feed(this.source_rate, this.options.audio.rate());
    const made: Sounding = { feed, account: new PlayedAccount(), over: false, told: -1 };
    this.responses.set(response, made);
    this.beat ??= setInterval(() => this.tell(), kTellEvery);
    return made;
  }

  private tell(): void {
    const { audio } = this.options;
    for (const [response, sounding] of this.responses) {
      const heard = this.counted_ms(sounding);
      if (heard !== sounding.told) this.options.on_played(response, heard);
      sounding.told = heard;
      if (sounding.over && sounding.account.settled(audio.now(), audio.latency())) this.finish(response, heard);
    }
    if (this.responses.size > 0) return;
    clearInterval(this.beat);
    this.beat = undefined;
  }

  /** What the server is told: whole milliseconds that never go back. */
  private counted_ms({ account, feed, told }: Sounding): number {
    const { audio } = this.options;
    const heard = account.heard_ms(audio.now(), audio.latency());
    const missing = feed.received_ms - heard;
    const all = missing < kHeldBack_ms && account.settled(audio.now(), audio.latency());
    return Math.max(told, Math.round(all ? feed.received_ms : heard));
  }

  private finish(response: number, heard: number): void {
    this.responses.delete(response);
    this.timeline.end(response, 'done', heard);
    if (this.responses.size === 0) this.options.on_sounding(undefined);
  }
}
