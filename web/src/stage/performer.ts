// The body of the figure on the stage: its clips, what it is told to do, and what became of that.

import { Body } from '../body/body';
import type { Activity, BodyEvent, Directive } from '../body/types';
import { bodyWasmUrl } from '../body/url';
import type { Figure } from './figure';
import { Lips, type Said } from './lips';
import { Puppet } from './puppet';
import type { Stage } from './stage';

export type Outcome =
  | { kind: 'ack'; tick: number }
  | { kind: 'refused'; tick: number; reason: string };

export interface PerformerEvents {
  /** the answer to a directive that came with an id of its own */
  on_outcome: (id: number, outcome: Outcome) => void;
  on_passed: (kind: 'camera' | 'background' | 'dialogue', text: string) => void;
  /** the movement of a directive is over, or another one took its place */
  on_finished: (id: number) => void;
  on_stance: (stance: string) => void;
}

/** after so long without the pointer the eyes go back to whoever sits before the screen */
const kPointerRests = 4000;

export class Performer {
  private readonly stage: Stage;
  private readonly body: Body;
  private readonly puppet: Puppet;
  private readonly lips: Lips;
  private readonly events: PerformerEvents;
  private resting: ReturnType<typeof setTimeout> | undefined;
  private pointed: { x: number; y: number } | undefined;
  private doing: Activity = 'idle';

  private constructor(stage: Stage, body: Body, events: PerformerEvents) {
    this.stage = stage;
    this.body = body;
    this.events = events;
    this.puppet = new Puppet(body, () => this.after_tick());
    this.lips = new Lips(body, (seconds) => this.puppet.tick_at(performance.now() + seconds * 1000));
  }

  static async load(stage: Stage, events: PerformerEvents): Promise<Performer> {
    return new Performer(stage, await Body.load(bodyWasmUrl), events);
  }

  dress(figure: Figure, identity: string): void {
    this.body.setCharacter({
      hipsHeight: figure.hips, bones: figure.bones, expressions: figure.expressions, rest: figure.rest,
      overrides: figure.overrides, identity, seed: 1,
    });
    this.puppet.dress(figure);
    this.body.gaze({ kind: 'camera' });
    this.stage.drive(this.puppet);
  }

  /** Clips of a pack. One that the body does not take is left out; the others come. */
  learn(pack: Uint8Array): void {
    this.body.addClips(pack);
  }
  learn_one(clip: Uint8Array): string {
    return this.body.addClip(clip);
  }
  forget(clip: string): void {
    this.body.removeClip(clip);
  }
  get actions(): string[] {
    return this.body.clipNames();
  }

  direct(directive: Directive): void {
    this.body.direct(directive);
    this.puppet.advance(performance.now());
  }
  hear(event: Said, now: number): void {
    this.lips.hear(event, now);
  }
  reduced_motion(on: boolean): void {
    this.body.reducedMotion(on);
    this.stage.reduced_motion(on);
  }
  mood(valence: number, arousal: number): void {
    this.body.mood({ valence, arousal });
  }

  activity(activity: Activity): void {
    if (activity === this.doing) return;
    this.doing = activity;
    this.body.activity(activity);
    const busy: Record<Activity, number> = { idle: 0.1, attentive: 0.3, listening: 0.4, thinking: 0.45, speaking: 1 };
    this.stage.activity(busy[activity]);
  }

  /** The pointer is at this point of the page; the figure looks there for a while. */
  look_at(x: number, y: number): void {
    this.pointed = { x, y };
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.body.gaze({ kind: 'camera' }), kPointerRests);
  }

  end(): void {
    clearTimeout(this.resting);
    this.stage.drive(undefined);
  }

  private after_tick(): void {
    if (this.pointed) {
      const place = this.stage.point_at(this.pointed.x, this.pointed.y);
      this.pointed = undefined;
      if (place) this.body.gaze({ kind: 'point', ...place });
    }
    for (const event of this.body.events()) this.tell(event);
  }

  private tell(event: BodyEvent): void {
    switch (event.kind) {
      case 'ack': return this.events.on_outcome(event.id, { kind: 'ack', tick: event.tick });
      case 'refused': return this.events.on_outcome(event.id, { kind: 'refused', tick: event.tick, reason: event.reason });
      case 'state': return this.events.on_stance(event.stance);
      case 'finished': return this.events.on_finished(event.id);
      default: return this.events.on_passed(event.kind, event.text);
    }
  }
}
