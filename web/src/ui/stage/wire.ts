// Between the conversation's socket and the stage: what the server wants of the body, and what came of it.

import type { Directive } from '../../body/types';
import type { BodyDirective } from '../../protocol/types';
import type { Page } from '../page.svelte';
import type { StageHost } from './host.svelte';
import { backdrop_named } from './look';
import type { Wardrobe } from './wardrobe.svelte';

/** Until the answer is called, the stage hears the server and answers it; `take` says when it acts. */
export function connect_body(
  page: Page, host: StageHost, wardrobe: Wardrobe, take = (directive: BodyDirective): void => act_out(page, host, wardrobe, directive),
): () => void {
  host.events = {
    on_outcome: (id, outcome) => page.companion.tell_body({
      type: 'body.ack', id, tick: outcome.tick, ...(outcome.kind === 'refused' ? { reason: outcome.reason } : { pose: host.stance }) }),
    on_finished: (id) => page.companion.tell_body({ type: 'body.ack', id, finished: true }),
    on_able: (character, actions, expressions) => page.companion.tell_body({ type: 'body.stage', character, actions, expressions }),
  };
  const stop = page.companion.follow_body((event) => {
    if (event.type === 'stage.changed') {
      if (host.phase === 'live') void wardrobe.follow();
      return;
    }
    const { session_id } = event;
    if (session_id !== undefined && page.state.open !== undefined && session_id !== page.state.open) return;
    if (event.type === 'body.state') {
      host.mood(event.body.valence, lively_of(event.body.arousal));
      return;
    }
    take(event);
  });
  return () => {
    stop();
    host.events = {};
    page.companion.tell_body({ type: 'body.stage', character: '', actions: [], expressions: [] });
  };
}

/** What the body does without a movement (src/body/conductor.cpp). */
const kNoMovement = new Set(['stop', 'idle', 'hold', 'drop', 'put_down']);

/** Directives that wait for a file of the server, by id: what comes after one of them waits with it. */
const held = new WeakMap<StageHost, Map<number, Promise<void>>>();

/** One directive, now; what it needs of the server's files and is not here yet is fetched first. */
export function act_out(page: Page, host: StageHost, wardrobe: Wardrobe, event: BodyDirective): void {
  // Nothing is a background, too: the standard one.
  if (event.background === '') page.look = { ...page.look, ...backdrop_named('') };
  const movement = event.action?.name;
  const strange = movement !== undefined && host.phase === 'live' && !kNoMovement.has(movement) && !host.actions.includes(movement);
  const unseen = event.background?.startsWith('image:') === true && wardrobe.pictures[event.background.slice(6)] === undefined;
  const act = (): void => host.direct(directive_of(event), event.after);
  const waiting = held.get(host) ?? new Map<number, Promise<void>>();
  const earlier = event.after === undefined ? undefined : waiting.get(event.after);
  if (!strange && !unseen && earlier === undefined) {
    act();
    return;
  }
  held.set(host, waiting);
  const here = strange || unseen ? wardrobe.follow().catch(() => undefined) : undefined;
  waiting.set(event.id, Promise.all([here, earlier]).then(() => {
    waiting.delete(event.id);
    act();
  }));
}

/** The server counts arousal from 0 to 1 and rests at 0.3; the body from -1 to 1 and rests at 0. */
export function lively_of(arousal: number): number {
  const from_rest = arousal - 0.3;
  return from_rest / (from_rest < 0 ? 0.3 : 0.7);
}

/** The server's words in those of the body. */
export function directive_of(event: BodyDirective): Directive {
  const { action, expression, gaze, camera, background, dialogue } = event;
  const params = Object.fromEntries(Object.entries({
    speed: action?.params?.speed, intensity: action?.params?.amount, repeat: action?.params?.times, direction: action?.params?.direction,
  }).filter((entry): entry is [string, number | string] => entry[1] !== undefined));
  return {
    id: event.id,
    ...(action ? { action: { name: action.name, params, ...(action.loop === undefined ? {} : { loop: action.loop }) } } : {}),
    ...(expression ? { expression: { name: expression.name, intensity: expression.intensity, ms: expression.ms } } : {}),
    ...(gaze ? { gaze: { kind: gaze.kind === 'point' ? 'point' : gaze.kind === 'none' ? 'none' : 'camera', ...(gaze.x === undefined ? {} : { x: gaze.x, y: gaze.y ?? 0, z: gaze.z ?? 0 }) } } : {}),
    ...(camera ? { camera } : {}), ...(background ? { background } : {}), ...(dialogue ? { dialogue } : {}),
  };
}
