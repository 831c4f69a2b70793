import { describe, expect, it } from 'vitest';
import { Feed } from './feed';
import { decode_audio, Framer, level_dbfs, to_s16, to_wire } from './frames';

const piece = (offset: number, count: number, value = 0.5) => ({ response: 1, segment: 0, offset, samples: new Float32Array(count).fill(value) });

describe('Feed', () => {
  const total = (feed: Feed, pieces: ReturnType<typeof piece>[]) =>
    pieces.reduce((n, p) => n + (feed.push(p)?.length ?? 0), 0) + feed.end().length;

  it('gives as many samples as it got, at the other rate', () => {
    expect(total(new Feed(24_000, 48_000), [piece(0, 960), piece(960, 960)])).toBe(3840);
  });

  it('plays nothing twice and keeps the place of what is missing', () => {
    expect(total(new Feed(24_000, 24_000), [piece(0, 960), piece(0, 960), piece(480, 960), piece(1920, 480)])).toBe(2400);
  });

  it('believes no gap of minutes', () => {
    const feed = new Feed(24_000, 24_000);
    expect(feed.push(piece(4_000_000_000, 10))).toBeUndefined();
    expect(feed.received_ms).toBe(0);
  });
});

describe('frames', () => {
  it('a microphone becomes frames of 20 ms, whatever it comes in', () => {
    const frames: Int16Array[] = [];
    const framer = new Framer();
    for (let i = 0; i < 10; i += 1) framer.push(new Float32Array(128).fill(0.25), (f) => frames.push(f));
    expect(frames.map((f) => f.length)).toEqual([320, 320, 320, 320]);
    expect(frames.every((f) => f.every((s) => s === 8192))).toBe(true);
  });

  it('clips instead of wrapping round', () => {
    expect([to_s16(2), to_s16(-2), to_s16(0)]).toEqual([32767, -32768, 0]);
  });

  it('tells the level', () => {
    expect(level_dbfs(new Int16Array(320))).toBe(-100);
    expect(level_dbfs(new Int16Array(320).fill(16384))).toBeCloseTo(-6.02, 1);
    expect(level_dbfs(new Int16Array())).toBe(-100);
  });

  it('reads the header of what is to be played', () => {
    const view = new DataView(new ArrayBuffer(16));
    view.setUint32(0, 7, true);
    view.setUint32(4, 2, true);
    view.setUint32(8, 480, true);
    view.setInt16(12, -16384, true);
    expect(decode_audio(view.buffer)).toEqual({ response: 7, segment: 2, offset: 480, samples: Float32Array.of(-0.5, 0) });
    expect(decode_audio(new ArrayBuffer(11))).toBeUndefined();
    expect(decode_audio(new ArrayBuffer(13))).toBeUndefined();
  });

  it('travels as little-endian numbers', () => {
    expect([...new Uint8Array(to_wire(Int16Array.of(1, -2)))]).toEqual([1, 0, 254, 255]);
  });
});
