import { describe, expect, it, vi } from 'vitest';
import type { Page } from '../page.svelte';
import type { StageHost } from './host.svelte';
import type { Wardrobe } from './wardrobe.svelte';
import { act_out, directive_of, lively_of } from './wire';

describe('a directive of the server', () => {
  it('in the words of the body', () => {
    expect(directive_of({
      type: 'body.directive', id: 7, source: 'reply', action: { name: 'wave', params: { speed: 1.5, amount: 0.5, times: 2 } },
      expression: { name: 'happy', intensity: 0.6, ms: 2000 }, gaze: { kind: 'user' }, camera: 'head',
    })).toEqual({
      id: 7, action: { name: 'wave', params: { speed: 1.5, intensity: 0.5, repeat: 2 } }, expression: { name: 'happy', intensity: 0.6, ms: 2000 },
      gaze: { kind: 'camera' }, camera: 'head',
    });
  });
  it('a point is looked at, and nothing is made up', () => {
    expect(directive_of({ type: 'body.directive', id: 1, source: 'rest', gaze: { kind: 'point', x: 1, y: 2, z: 0 } })).toEqual({ id: 1, gaze: { kind: 'point', x: 1, y: 2, z: 0 } });
  });
});

describe('what the stage does not know', () => {
  it('is looked for at the server first; a stop waits for nothing', async () => {
    const seen: string[] = [];
    const host = { phase: 'live', actions: ['wave'], direct: (d: { action?: { name: string } }) => void seen.push(d.action!.name) };
    const wardrobe = { pictures: {}, follow: () => { seen.push('look'); return Promise.resolve(); } };
    const act = (id: number, name: string, after?: number) => act_out({} as Page, host as unknown as StageHost, wardrobe as unknown as Wardrobe,
      { type: 'body.directive', id, source: 'rest', action: { name }, ...(after === undefined ? {} : { after }) });
    act(1, 'Lift');
    act(2, 'wave');
    act(3, 'stop');
    act(4, 'wave', 1);
    act(5, 'wave', 2);
    expect(seen).toEqual(['look', 'wave', 'stop', 'wave']);
    await vi.waitFor(() => expect(seen).toHaveLength(6));
    // What goes on from a movement that is still to come waits with it.
    expect(seen.slice(4)).toEqual(['Lift', 'wave']);
    act(6, 'wave', 1);
    expect(seen).toHaveLength(7);
  });
});

describe('the mood of the server', () => {
  it('rests where that of the body rests, and reaches as far', () => {
    expect(lively_of(0.3)).toBe(0);
    expect(lively_of(1)).toBeCloseTo(1);
    expect(lively_of(0)).toBeCloseTo(-1);
  });
});
