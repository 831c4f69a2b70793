import { describe, expect, it } from 'vitest';
import { JitterBuffer } from './jitter_buffer';

// 1000 samples a second: a sample is a millisecond.
const make = () => new JitterBuffer({ rate: 1000, start_ms: 40, fade_ms: 20 });
const ramp = (from: number, count: number) => Float32Array.from({ length: count }, (_, i) => from + i + 1);
function read(buffer: JitterBuffer, count: number): number[] {
  const out = new Float32Array(count);
  buffer.read(out);
  return [...out];
}

describe('JitterBuffer', () => {
  it('waits until enough lies ready, then gives every sample once', () => {
    const buffer = make();
    buffer.push(ramp(0, 30));
    expect(read(buffer, 10)).toEqual(Array(10).fill(0));
    buffer.push(ramp(30, 20));
    expect(read(buffer, 25)).toEqual([...ramp(0, 25)]);
    expect(read(buffer, 25)).toEqual([...ramp(25, 25)]);
    expect(buffer.played).toBe(50);
  });

  it('does not wait for more than a short answer has', () => {
    const buffer = make();
    buffer.push(ramp(0, 5));
    buffer.end();
    expect(read(buffer, 5)).toEqual([1, 2, 3, 4, 5]);
    expect(buffer.drained).toBe(true);
    const slow = make();
    slow.push(ramp(0, 5));
    for (let i = 0; i < 4; i += 1) expect(read(slow, 10)).toEqual(Array(10).fill(0));
    expect(read(slow, 5)).toEqual([1, 2, 3, 4, 5]);
  });

  it('pauses and goes on at exactly the same sample', () => {
    const buffer = make();
    buffer.push(new Float32Array(200).fill(1));
    read(buffer, 50);
    buffer.pause();
    const fading = read(buffer, 30);
    expect(fading[0]).toBeCloseTo(0.95);
    expect(fading[18]).toBeCloseTo(0.05);
    expect(fading.slice(19)).toEqual(Array(11).fill(0));
    expect(buffer.played).toBe(50);
    expect(read(buffer, 10)).toEqual(Array(10).fill(0));
    buffer.resume();
    const rising = read(buffer, 30);
    expect(rising[0]).toBe(0);
    expect(rising[10]).toBeCloseTo(0.5);
    expect(rising.slice(20)).toEqual(Array(10).fill(1));
    expect(buffer.played).toBe(80);
  });

  it('the held sample comes first after a pause', () => {
    const buffer = new JitterBuffer({ rate: 1000, start_ms: 0, fade_ms: 1 });
    buffer.push(ramp(0, 100));
    expect(read(buffer, 10)).toEqual([...ramp(0, 10)]);
    buffer.pause();
    read(buffer, 10);
    buffer.resume();
    expect(read(buffer, 3).slice(1)).toEqual([12, 13]);
    expect(buffer.played).toBe(13);
  });

  it('a cancel fades, forgets the rest and counts anew', () => {
    const buffer = make();
    buffer.push(new Float32Array(200).fill(1));
    read(buffer, 60);
    buffer.cancel();
    const after = read(buffer, 40);
    expect(after[0]).toBeCloseTo(0.95);
    expect(after.slice(19)).toEqual(Array(21).fill(0));
    expect(buffer.played).toBe(0);
    expect(buffer.state).toBe('empty');
    buffer.push(new Float32Array(50).fill(0.5));
    expect(read(buffer, 20)[0]).toBe(0.5);
  });

  it('a late piece leaves a hole that is not counted, and the next wait is longer', () => {
    const buffer = make();
    buffer.push(ramp(0, 40));
    expect(read(buffer, 50).slice(40)).toEqual(Array(10).fill(0));
    expect([buffer.played, buffer.holes]).toEqual([40, 0]); // it may have been the end
    buffer.push(new Float32Array(45).fill(1));
    expect(buffer.holes).toBe(1);
    expect(read(buffer, 10)).toEqual(Array(10).fill(0)); // 45 would have been enough before
    buffer.push(new Float32Array(15).fill(1));
    read(buffer, 60);
    expect(buffer.played).toBe(100);
  });

  it('the true end is no hole', () => {
    const buffer = make();
    buffer.push(ramp(0, 40));
    buffer.end();
    read(buffer, 50);
    expect([buffer.played, buffer.holes, buffer.drained]).toEqual([40, 0, true]);
  });

  it('is silent and counts nothing while held, whatever comes', () => {
    const buffer = make();
    buffer.pause();
    buffer.push(ramp(0, 100));
    expect(read(buffer, 50)).toEqual(Array(50).fill(0));
    expect(buffer.played).toBe(0);
    buffer.resume();
    expect(read(buffer, 2)).toEqual([1, 2]);
  });
});
