// The wardrobe against a server that keeps files in memory, and a stage that only counts.

import { beforeEach, describe, expect, it } from 'vitest';
import { splayed_bvh } from '../../testing/rigs';
import type { Page } from '../page.svelte';
import type { StageHost } from './host.svelte';
import { kFirstLook, type Look } from './look';
import { Wardrobe } from './wardrobe.svelte';

const kBvh = new TextEncoder().encode(splayed_bvh([0, 10, 20, 30]));

function world() {
  const kept = { models3d: new Map<string, Uint8Array>(), animations: new Map<string, Uint8Array>(), backgrounds: new Map<string, Uint8Array>() };
  const seen = { asked: [] as string[], worn: [] as string[], learned: [] as string[], forgotten: [] as string[] };
  const server = { chosen: '', background: '' };
  const raw = async (method: string, path: string, body?: unknown): Promise<Response> => {
    seen.asked.push(`${method} ${path}`);
    const url = new URL(path, 'http://loci');
    const [, , kind, name] = url.pathname.split('/').map(decodeURIComponent);
    if (kind === 'config' && name === 'background') return Response.json({ background: server.background });
    if (kind === 'config') {
      server.chosen = (body as { character: string }).character;
      return Response.json({});
    }
    const files = kept[kind as keyof typeof kept];
    if (method === 'POST') files.set(url.searchParams.get('name')!, new Uint8Array(await (body as Blob).arrayBuffer()));
    else if (method === 'DELETE') files.delete(name!);
    else if (name) return new Response(files.get(name) as BodyInit);
    else return Response.json({ [kind!]: [...files].map(([n, b]) => ({ name: n, bytes: b.length })), chosen: server.chosen });
    return Response.json({});
  };
  const page = {
    rest: { raw }, look: kFirstLook as Look, attempt: <T>(work: () => Promise<T>) => work(),
  };
  const host = {
    phase: 'live',
    wear_nook: async () => void seen.worn.push('Nook'),
    wear: async (bytes: ArrayBuffer, name: string) => {
      if (new TextDecoder().decode(bytes) === 'broken') throw new Error('It is broken.');
      seen.worn.push(name);
      return { name };
    },
    learn: (clip: Uint8Array) => {
      const name = new TextDecoder().decode(clip.subarray(5, 5 + clip[4]!));
      seen.learned.push(name);
      return name;
    },
    forget: (clip: string) => void seen.forgotten.push(clip),
  };
  const wardrobe = new Wardrobe(page as unknown as Page, host as unknown as StageHost);
  return { kept, seen, server, page, wardrobe };
}

let { kept, seen, server, page, wardrobe } = world();
beforeEach(() => ({ kept, seen, server, page, wardrobe } = world()));

describe('the figure', () => {
  it('that was chosen for every page is put on, once, and Nook again when it is gone', async () => {
    kept.models3d.set('Fox.vrm', Uint8Array.of(1));
    server.chosen = 'Fox.vrm';
    await wardrobe.open();
    await wardrobe.follow();
    expect(seen.worn).toEqual(['Fox.vrm']);
    server.chosen = '';
    await wardrobe.follow();
    expect(seen.worn).toEqual(['Fox.vrm', 'Nook']);
    expect(wardrobe.figure).toBe('');
  });

  it('that is brought here is chosen for every page, and news of it does not put it on twice', async () => {
    await wardrobe.open();
    const bringing = wardrobe.take([new File(['figure'], 'Owl.vrm')]);
    await Promise.all([bringing, wardrobe.follow(), wardrobe.follow()]);
    expect(seen.worn).toEqual(['Owl']);
    expect(server.chosen).toBe('Owl.vrm');
    expect(wardrobe.figure).toBe('Owl.vrm');
  });

  it('that cannot be read leaves the old one, says so, and is not tried again and again', async () => {
    kept.models3d.set('Bad.vrm', new TextEncoder().encode('broken'));
    server.chosen = 'Bad.vrm';
    await wardrobe.open();
    expect(wardrobe.note).toMatchObject({ level: 'trouble', text: 'It is broken.' });
    wardrobe.note = undefined;
    await wardrobe.follow();
    expect(wardrobe.note).toBeUndefined();
    expect(seen.worn).toEqual([]);
  });
});

describe('movements', () => {
  it('are learned once; other forms are kept as VRMA beside them', async () => {
    kept.animations.set('Lift.bvh', kBvh);
    await wardrobe.open();
    expect([...kept.animations.keys()]).toEqual(['Lift.bvh', 'Lift.vrma']);
    await wardrobe.follow();
    expect(seen.learned).toEqual(['Lift']);
    const other = world();
    other.kept.animations.set('Lift.bvh', kBvh).set('Lift.vrma', kept.animations.get('Lift.vrma')!);
    await other.wardrobe.open();
    expect(other.seen.learned).toEqual(['Lift']);
    expect(other.seen.asked).not.toContain('GET /api/animations/Lift.bvh');
  });

  it('that are gone are forgotten; one that cannot be read does not keep the others away', async () => {
    kept.animations.set('Noise.vrma', Uint8Array.of(1, 2, 3)).set('Lift.bvh', kBvh);
    await wardrobe.open();
    expect(seen.learned).toEqual(['Lift']);
    kept.animations.delete('Lift.bvh');
    kept.animations.delete('Lift.vrma');
    await wardrobe.follow();
    expect(seen.forgotten).toContain('Lift');
  });
});

describe('the background', () => {
  it('of every page is taken by one that was given none of its own', async () => {
    server.background = '#102030';
    await wardrobe.open();
    expect(page.look).toMatchObject({ backdrop: 'plain', colour: '#102030' });
    page.look = { ...kFirstLook, backdrop: 'dusk' };
    await wardrobe.open();
    expect(page.look.backdrop).toBe('dusk');
  });
});
