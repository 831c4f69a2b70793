// The stage as the page sees it: fetches what draws and what moves, puts the figure on it, and tells how
// it went. Until then, and on machines that cannot draw, the drawn figure keeps the place.

import type { Directive } from '../../body/types';
import type { View } from '../../stage/camera';
import type { Said } from '../../stage/lips';
import type { Outcome, Performer } from '../../stage/performer';
import type { Stage } from '../../stage/stage';
import type { ModelReport } from '../../stage/vrm_file';
import { mood } from '../../session/view';
import type { Page } from '../page.svelte';
import { backdrop_named, kViews } from './look';

/** What the character brings along; the build puts it beside the page. */
const kFiles = import.meta.glob<string>(['../../../../characters/nook/{nook,nook-light}.vrm', '../../../../characters/nook/clips.bin'], { query: '?url', import: 'default', eager: true });
const file = (name: string): string | undefined => kFiles[`../../../../characters/nook/${name}`];

export type Phase = 'drawn' | 'coming' | 'live';

/** Directives of this page are counted from here; those of the server come from below. */
const kOwnIds = 2 ** 40;

export interface HostEvents {
  /** what became of a directive of the server */
  on_outcome?: (id: number, outcome: Outcome) => void;
  /** a movement that the server asked for is over */
  on_finished?: (id: number) => void;
  /** another figure or other movements: what can be asked for now */
  on_able?: (figure: string, actions: string[], expressions: string[]) => void;
}

export class StageHost {
  phase = $state<Phase>('drawn');
  /** why there is no figure; empty: nothing is wrong */
  trouble = $state('');
  report = $state.raw<ModelReport | undefined>(undefined);
  actions = $state.raw<string[]>([]);
  stance = $state('standing');
  /** the movement that runs; empty: none that anybody asked for */
  doing = $state('');
  /** why the newest wish was refused */
  refused = $state('');
  events: HostEvents = {};
  private readonly page: Page;
  private stage: Stage | undefined;
  private performer: Performer | undefined;
  private next_id = kOwnIds;
  private gone = false;
  private attentive_until = 0;
  private speaking = false;
  private listening = false;
  private readonly still = matchMedia('(prefers-reduced-motion: reduce)');

  constructor(page: Page) {
    this.page = page;
  }

  /** Puts the stage on a canvas; the answer takes it away again. */
  mount(canvas: HTMLCanvasElement, niche: HTMLElement): () => void {
    this.gone = false;
    const stop = new AbortController();
    const { signal } = stop;
    addEventListener('pointermove', (e) => this.performer?.look_at(e.clientX, e.clientY), { signal, passive: true });
    addEventListener('input', (e) => this.noticed(e), { signal });
    this.still.addEventListener('change', () => this.performer?.reduced_motion(this.still.matches), { signal });
    void this.begin(canvas, niche);
    return () => {
      this.gone = true;
      stop.abort();
      this.performer?.end();
      this.stage?.dispose();
      this.performer = undefined;
      this.stage = undefined;
      this.phase = 'drawn';
    };
  }

  view(view: View): void {
    this.stage?.view(view);
    this.page.look = { ...this.page.look, view };
  }

  /** Light, glow and what the body is busy with follow what goes on in the page. */
  follow(dark: boolean): void {
    const now = mood(this.page.state);
    this.stage?.light(dark ? 'night' : 'day', { valence: now === 'troubled' ? -0.5 : now === 'answering' ? 0.25 : 0, arousal: now === 'thinking' ? 0.7 : 0.4 });
    this.occupy();
  }

  private occupy(): void {
    const now = mood(this.page.state);
    const attentive = performance.now() < this.attentive_until;
    this.performer?.activity(this.listening ? 'listening' : now === 'answering' || this.speaking ? 'speaking' : now === 'thinking' ? 'thinking' : attentive ? 'attentive' : 'idle');
  }

  act(name: string): void {
    this.direct({ action: { name } });
  }

  /** Something the body shall do; with an id, it is the server's and is answered. */
  direct(directive: Directive, after?: number): void {
    if (after !== undefined && this.asked.has(after)) {
      this.waiting.push({ after, directive });
      return;
    }
    this.refused = '';
    const id = directive.id ?? (this.next_id += 1);
    if (directive.action) this.asked.set(id, directive.action.name);
    this.performer?.direct({ ...directive, id });
  }

  /** What the face shows at rest; -1 to 1 both. It fades by itself. */
  mood(valence: number, arousal: number): void {
    this.rest_mood = { valence, arousal };
    this.performer?.mood(valence, arousal);
  }

  hear(event: Said, now: number): void {
    this.performer?.hear(event, now);
    this.speaking = event.type === 'segment' || event.type === 'resume';
    this.occupy();
  }

  /** Somebody is speaking to it. */
  listen(on: boolean): void {
    this.listening = on;
    this.occupy();
  }

  /** Another figure. When it cannot be read the old one stays, and the error says why. */
  async wear(bytes: ArrayBuffer, name: string): Promise<ModelReport> {
    if (!this.stage) throw new Error('There is no stage to put it on: this browser cannot draw, or the stage is hidden.');
    const figure = await this.stage.load(bytes);
    this.performer?.dress(figure, name);
    this.report = figure.report;
    this.tell_able(figure.expressions);
    return figure.report;
  }

  /** Nook, in the form that suits this machine. */
  async wear_nook(): Promise<void> {
    const url = (this.stage?.modest ? file('nook-light.vrm') : undefined) ?? file('nook.vrm');
    if (url) await this.wear(await fetched(url, 'The figure'), 'Nook');
  }

  learn(clip: Uint8Array): string {
    const name = this.performer?.learn_one(clip) ?? '';
    this.tell_able();
    return name;
  }
  forget(clip: string): void {
    this.performer?.forget(clip);
    this.tell_able();
  }

  private rest_mood = { valence: 0, arousal: 0 };
  private expressions: readonly string[] = [];
  private tell_able(expressions = this.expressions): void {
    this.expressions = expressions;
    this.actions = this.performer?.actions ?? [];
    this.events.on_able?.(this.report?.name || 'Nook', this.actions, [...expressions]);
  }

  private async begin(canvas: HTMLCanvasElement, niche: HTMLElement): Promise<void> {
    if (!file('nook.vrm')) return;
    this.phase = 'coming';
    try {
      await this.raise(canvas, niche);
      await this.wear_nook();
      await this.stage?.drawn();
      if (this.gone) return;
      this.phase = 'live';
      this.greet();
    } catch (error) {
      if (this.gone) return;
      this.phase = 'drawn';
      const words = error instanceof Error ? error.message : String(error);
      this.trouble = /webgl/i.test(words) ? 'this browser has no WebGL' : words;
    }
  }

  private async raise(canvas: HTMLCanvasElement, niche: HTMLElement): Promise<void> {
    const [{ Stage }, { Performer }] = await Promise.all([import('../../stage/stage'), import('../../stage/performer')]);
    if (this.gone) return;
    const stage = new Stage(canvas, this.page.look.quality, { on_floor: (part) => niche.style.setProperty('--floor', `${part * 100}%`) });
    this.stage = stage;
    stage.view(this.page.look.view);
    this.performer = await Performer.load(stage, {
      on_outcome: (id, outcome) => this.outcome(id, outcome),
      on_passed: (kind, text) => this.passed(kind, text),
      on_finished: (id) => this.finished(id),
      on_stance: (stance) => (this.stance = stance),
    });
    this.performer.reduced_motion(this.still.matches);
    this.performer.mood(this.rest_mood.valence, this.rest_mood.arousal);
    const clips = file('clips.bin');
    if (clips) this.performer.learn(new Uint8Array(await fetched(clips, 'The movements')));
    Object.assign(globalThis, { loci: { stage, host: this } });
  }

  /** The waking moment, and one wave that nobody asked for. */
  private greet(): void {
    if (this.still.matches) return;
    const wave = this.actions.find((a) => a === 'wave');
    if (wave) setTimeout(() => !this.gone && this.direct({ action: { name: wave }, expression: { name: 'happy', intensity: 0.9, ms: 2600 } }), 900);
  }

  /** directives whose movement is not over, with what they asked for */
  private readonly asked = new Map<number, string>();
  private running = 0;

  /** what is to follow when another movement is over */
  private waiting: { after: number; directive: Directive }[] = [];

  private finished(id: number): void {
    this.asked.delete(id);
    if (id === this.running && id < kOwnIds) this.events.on_finished?.(id);
    if (id === this.running) {
      this.doing = '';
      this.stage?.moves(false);
    }
    const due = this.waiting.filter((w) => w.after === id);
    this.waiting = this.waiting.filter((w) => w.after !== id);
    for (const { directive } of due) this.direct(directive);
  }

  private outcome(id: number, outcome: Outcome): void {
    const movement = this.asked.get(id);
    if (movement !== undefined && outcome.kind === 'ack') {
      this.running = id;
      this.doing = movement;
      this.stage?.moves(true);
    }
    if (outcome.kind === 'ack') this.stage?.stir();
    if (outcome.kind === 'refused') this.finished(id);
    if (id < kOwnIds) this.events.on_outcome?.(id, outcome);
    else if (outcome.kind === 'refused') this.refused = outcome.reason;
  }

  private passed(kind: 'camera' | 'background' | 'dialogue', text: string): void {
    const view = kViews.find((v) => v === text);
    if (kind === 'camera' && view) this.view(view);
    if (kind === 'background') this.page.look = { ...this.page.look, ...backdrop_named(text) };
  }

  /** Words are being written to it: it pays attention, and rests a little after the last of them. */
  private noticed(event: Event): void {
    if (!(event.target instanceof HTMLTextAreaElement)) return;
    this.attentive_until = performance.now() + 4000;
    this.occupy();
    setTimeout(() => this.occupy(), 4100);
  }
}

async function fetched(url: string, what: string): Promise<ArrayBuffer> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${what} could not be fetched (${response.status}).`);
  return response.arrayBuffer();
}
