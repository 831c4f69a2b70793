import { describe, expect, it } from 'vitest';
import { Lanes, type LaneNews } from './lanes';

// 1000 frames a second; 60 ms are waited for.
function setup() {
  const news: LaneNews[] = [];
  const lanes = new Lanes(1000, (n) => news.push(n));
  let frame = 0;
  const read = (count: number): number[] => {
    const out = new Float32Array(count);
    lanes.read(out, frame);
    frame += count;
    return [...out];
  };
  const of = (type: LaneNews['type']) => news.filter((n) => n.type === type);
  const audio = (response: number, count: number, value = 1) =>
    lanes.order({ type: 'audio', response, samples: new Float32Array(count).fill(value) }, frame);
  const order = (type: 'end' | 'pause' | 'resume' | 'cancel', response: number) => lanes.order({ type, response }, frame);
  return { lanes, news, of, read, audio, order, frame: () => frame };
}

describe('Lanes', () => {
  it('says at which frame a response begins, and that it is over', () => {
    const t = setup();
    t.read(100);
    t.audio(1, 100);
    t.read(60);
    t.order('end', 1);
    t.read(60);
    expect(t.of('run')).toEqual([{ type: 'run', response: 1, anchor: 100, played: 0, frame: 100 }]);
    expect(t.of('over')).toEqual([{ type: 'over', response: 1, played: 100, frame: 200 }]);
  });

  it('a pause shifts the place of sample 0 by its length', () => {
    const t = setup();
    t.audio(1, 300);
    t.read(100);
    t.order('pause', 1);
    t.read(250);
    t.order('resume', 1);
    t.read(50);
    expect(t.of('rest')).toEqual([{ type: 'rest', response: 1, played: 100, frame: 100 }]);
    expect(t.of('run').map((n) => n.type === 'run' && n.anchor)).toEqual([0, 250]);
  });

  it('plays one response after the other', () => {
    const t = setup();
    t.audio(1, 80, 0.25);
    t.audio(2, 80, 0.75);
    expect(t.read(80).at(-1)).toBe(0.25);
    expect(t.read(80)[0]).toBe(0.75);
    expect(t.of('over').map((n) => n.response)).toEqual([1]);
  });

  it('what is cancelled fades and is never heard again; the next one comes at once', () => {
    const t = setup();
    t.audio(1, 500);
    t.read(100);
    t.order('cancel', 1);
    t.audio(2, 100, 0.5);
    const out = t.read(40);
    expect(out[0]).toBeGreaterThan(1); // the end of the fade under the next beginning
    expect(out[30]).toBe(0.5);
    expect(t.of('over')).toEqual([{ type: 'over', response: 1, played: 100, frame: 100 }]);
  });

  it('may be paused before its first sample', () => {
    const t = setup();
    t.order('pause', 3);
    t.audio(3, 200);
    expect(t.read(100)).toEqual(Array(100).fill(0));
    t.order('resume', 3);
    expect(t.read(10)).toEqual(Array(10).fill(1));
    expect(t.of('run').map((n) => n.type === 'run' && n.anchor)).toEqual([100]);
  });

  it('orders for what is not there do nothing; a cancelled one is over all the same', () => {
    const t = setup();
    for (const order of ['end', 'resume', 'cancel'] as const) t.order(order, 9);
    t.lanes.order({ type: 'clear' }, 0);
    expect(t.read(10)).toEqual(Array(10).fill(0));
    expect(t.news).toEqual([{ type: 'over', response: 9, played: 0, frame: 0 }]);
  });

  it('clears everything', () => {
    const t = setup();
    t.audio(1, 100);
    t.audio(2, 100);
    t.read(60);
    t.lanes.order({ type: 'clear' }, t.frame());
    expect(t.of('over').map((n) => n.response)).toEqual([1, 2]);
    t.read(30);
    expect(t.read(30)).toEqual(Array(30).fill(0));
  });
});
