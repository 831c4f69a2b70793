// Cues: what a reply does, held until the words it stands beside are heard. A directive comes with its
// text, long before the voice gets there; here it waits for its word on the clock of the sound, moves
// with every pause, and is dropped with what a cancelled reply never said. Where nothing sounds after
// all it is done at once.

import type { BodyDirective } from '../../protocol/types';
import type { SpeechEvent, ReplyNews } from '../../voice/speech_events';

/** Replies whose end is remembered, for directives that come late. */
const kEnded = 8;

interface Reply {
  response?: number;
  held: BodyDirective[];
  /** offset in the reply → ms from the first sample of the response; rising */
  marks: { offset: number; t_ms: number }[];
  /** time of the sound's clock at sample 0; absent: it does not run */
  begin?: number;
}

export interface CuesOptions {
  act: (directive: BodyDirective) => void;
  /** this page says the replies aloud */
  says: () => boolean;
  /** the clock that sounds are told on, in seconds */
  now: () => number;
}

export class Cues {
  private readonly options: CuesOptions;
  private readonly replies = new Map<string, Reply>();
  private readonly ended = new Map<string, 'heard' | 'dropped'>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: CuesOptions) {
    this.options = options;
  }

  /** Does it now, or when its word is heard. */
  take(directive: BodyDirective): void {
    const { turn_id, offset } = directive;
    if (!directive.spoken || turn_id === undefined || offset === undefined || !this.options.says()) {
      this.options.act(directive);
      return;
    }
    const end = this.ended.get(turn_id);
    if (end === 'dropped') return;
    if (end === 'heard') return this.options.act(directive);
    this.reply(turn_id).held.push(directive);
    this.run();
  }

  news(news: ReplyNews): void {
    if (news.type === 'started') {
      if (news.turn_id) this.reply(news.turn_id).response = news.response;
      return;
    }
    if (news.type === 'lost') {
      for (const turn of [...this.replies.keys()]) this.end(turn, 'heard');
      return;
    }
    const turn = this.turn_of(news.response);
    if (turn === undefined) return;
    const sounds = this.replies.get(turn)?.begin !== undefined;
    if (news.status === 'interrupted') this.end(turn, 'dropped');
    // What sounds tells its own end.
    else if (news.status === 'failed' || !sounds) this.end(turn, 'heard');
  }

  hear(event: SpeechEvent): void {
    const response = event.type === 'segment' ? event.segment.response : event.response;
    const turn = this.turn_of(response);
    const reply = turn === undefined ? undefined : this.replies.get(turn);
    if (turn === undefined || !reply) return;
    switch (event.type) {
      case 'segment': {
        const { at, t_ms, marks } = event.segment;
        reply.begin = at - t_ms / 1000;
        reply.marks.push(...marks.map((m) => ({ offset: m.offset, t_ms: t_ms + m.t_ms })));
        break;
      }
      case 'resume': reply.begin = event.at - event.t_ms / 1000; break;
      case 'pause': delete reply.begin; break;
      case 'cancel': return this.end(turn, 'dropped');
      case 'done': return this.end(turn, 'heard');
    }
    this.run();
  }

  close(): void {
    clearTimeout(this.timer);
    this.replies.clear();
  }

  /** Does what is due, and sets the clock for the next. */
  private run(): void {
    clearTimeout(this.timer);
    const now = this.options.now();
    let next = Infinity;
    for (const reply of this.replies.values()) {
      const { held } = reply;
      reply.held = [];
      for (const directive of held) {
        const due = this.due(reply, directive.offset ?? 0);
        if (due <= now) this.options.act(directive);
        else {
          reply.held.push(directive);
          next = Math.min(next, due);
        }
      }
    }
    if (next < Infinity) this.timer = setTimeout(() => this.run(), Math.max(1, (next - now) * 1000));
  }

  /** When the first word at or behind the offset is heard; never, while nobody knows. */
  private due({ marks, begin }: Reply, offset: number): number {
    const mark = marks.find((m) => m.offset >= offset);
    return mark && begin !== undefined ? begin + mark.t_ms / 1000 : Infinity;
  }

  private end(turn: string, how: 'heard' | 'dropped'): void {
    const held = this.replies.get(turn)?.held ?? [];
    this.replies.delete(turn);
    this.ended.set(turn, how);
    for (const old of this.ended.keys()) {
      if (this.ended.size <= kEnded) break;
      this.ended.delete(old);
    }
    if (how === 'heard') for (const directive of held) this.options.act(directive);
  }

  private turn_of(response: number): string | undefined {
    for (const [turn, reply] of this.replies) if (reply.response === response) return turn;
    return undefined;
  }

  private reply(turn: string): Reply {
    const known = this.replies.get(turn);
    if (known) return known;
    const made: Reply = { held: [], marks: [] };
    this.replies.set(turn, made);
    return made;
  }
}
