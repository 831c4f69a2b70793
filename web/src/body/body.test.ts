import { describe, expect, it } from 'vitest';
import { Body } from './body';
import { clipBytes, wave } from './testing/clips';
import { figure, newBody, wasmBytes } from './testing/figure';

const expression = (body: Body, tick: number, name: string) =>
  body.step(tick).expressions[figure.expressions.indexOf(name)] ?? NaN;

describe('the body in WebAssembly', () => {
  it('breathes and blinks without any clip', async () => {
    const body = await newBody();
    const first = Array.from(body.step(1).rotations);
    let blinks = 0;
    let closed = false;
    for (let tick = 2; tick < 60 * 30; tick++) {
      const shut = expression(body, tick, 'blink') > 0.9;
      if (shut && !closed) blinks++;
      closed = shut;
    }
    expect(blinks).toBeGreaterThan(4);
    expect(Array.from(body.step(60 * 30).rotations)).not.toEqual(first);
  });

  it('plays a clip with a crossfade and acknowledges it', async () => {
    const body = await newBody();
    expect(body.addClip(wave)).toBe('wave');
    expect(body.clipNames()).toEqual(['wave']);
    body.step(1);
    const id = body.direct({ at: 10, action: { name: 'wave', params: { speed: 1 } } });
    const arm = figure.bones.indexOf('rightUpperArm') * 4;
    const angles: number[] = [];
    for (let tick = 2; tick <= 40; tick++) angles.push(body.step(tick).rotations[arm + 2] ?? NaN);
    for (let i = 1; i < angles.length; i++) expect(Math.abs(angles[i]! - angles[i - 1]!)).toBeLessThan(0.15);
    expect(angles.at(-1)).toBeCloseTo(-0.5, 2);
    expect(body.events()).toContainEqual({ kind: 'ack', id, tick: 10 });
    body.step(200);
    expect(body.events()).toContainEqual(expect.objectContaining({ kind: 'finished', id }));
  });

  it('refuses with a reason', async () => {
    const body = await newBody();
    body.addClip(wave);
    const id = body.direct({ action: { name: 'wavee' } });
    body.step(1);
    const refused = body.events().find((each) => each.kind === 'refused' && each.id === id);
    expect(refused).toMatchObject({ reason: expect.stringContaining('wave') as string });
    expect(() => body.addClip(wave.subarray(0, 20))).toThrow(/clip: byte/);
    expect(() => body.addClip(clipBytes({ name: 'x', duration: -1 }))).toThrow(/duration/);
    expect(() => body.setCharacter({ ...figure, hipsHeight: NaN })).toThrow(/hips/);
    expect(() => body.restore('nonsense')).toThrow(/state/);
  });

  it('moves the mouth with the phonemes and closes it after them', async () => {
    const body = await newBody();
    body.step(1);
    body.say({
      segment: 0,
      at: 60,
      phonemes: [
        { ipa: 'm', t_ms: 0, dur_ms: 100 },
        { ipa: 'ɑ', t_ms: 100, dur_ms: 300 },
        { ipa: 'uː', t_ms: 400, dur_ms: 300 },
      ],
    });
    const mouth = (tick: number) => {
      const { expressions } = body.step(tick);
      return (name: string) => expressions[figure.expressions.indexOf(name)] ?? NaN;
    };
    expect(mouth(63)('aa')).toBeLessThan(0.1); // lips meet for the m
    expect(mouth(75)('aa')).toBeGreaterThan(0.6);
    expect(mouth(95)('ou')).toBeGreaterThan(0.6);
    const after = mouth(60 + 42 + 5); // 80 ms after the last sound
    expect(after('ou') + after('aa')).toBeLessThan(0.02);
  });

  it('follows sound where no phonemes are known', async () => {
    const body = await newBody();
    for (let tick = 1; tick < 20; tick++) {
      body.audioLevel(0.2);
      body.step(tick);
    }
    expect(expression(body, 20, 'aa')).toBeGreaterThan(0.3);
    expect(expression(body, 60, 'aa')).toBe(0);
  });

  it('looks at a point with head and eyes, and holds still on request', async () => {
    const body = await newBody();
    body.gaze({ kind: 'point', x: 1, y: 1.5, z: 1 });
    body.step(1);
    let pose = body.step(90);
    const head = figure.bones.indexOf('head') * 4;
    expect(pose.rotations[head + 1]).toBeGreaterThan(0.05);
    expect(pose.look[0]).toBeGreaterThan(5);
    body.reducedMotion(true);
    for (let tick = 91; tick < 400; tick++) pose = body.step(tick);
    const still = Array.from(pose.rotations);
    expect(Array.from(body.step(460).rotations)).toEqual(still);
  });

  it('keeps its state and its identity', async () => {
    const body = await newBody();
    body.direct({ action: { name: 'hold', params: { item: 'Tasse' } }, camera: 'head' });
    body.mood({ valence: 0.5, arousal: 0 });
    body.step(1);
    expect(body.events()).toContainEqual(expect.objectContaining({ kind: 'camera', text: 'head' }));
    const state = body.state();
    const other = await newBody();
    other.restore(state);
    expect(other.state()).toBe(state);
    expect(other.identityHash()).toBe(body.identityHash());
    other.setCharacter({ ...figure, identity: 'another' });
    expect(other.identityHash()).not.toBe(body.identityHash());
  });

  it('has a memory of its own in every body', async () => {
    const one = await newBody();
    const two = await Body.load(wasmBytes());
    two.setCharacter({ ...figure, bones: ['hips', 'head'], rest: undefined });
    expect(one.step(5).rotations.length).toBe(figure.bones.length * 4);
    expect(two.step(5).rotations.length).toBe(8);
  });
});
