import { describe, expect, it } from 'vitest';
import { about_time, bytes, day_group, duration } from './format';

describe('format', () => {
  it.each([[0, '0 B'], [999, '999 B'], [1000, '1.0 kB'], [9_949_000, '9.9 MB'], [999_600, '1.0 MB'], [484_000_000, '484 MB'], [5_200_000_000, '5.2 GB']])(
    '%d bytes are %s', (n, words) => expect(bytes(n)).toBe(words));

  it.each([[0, '0 ms'], [412, '412 ms'], [3180, '3.2 s'], [61_000, '1 min 1 s']])(
    '%d ms are %s', (n, words) => expect(duration(n)).toBe(words));

  it.each([[5, 'less than a minute'], [65, 'about a minute'], [354, 'about 6 min'], [3600, 'about 1 h'], [4800, 'about 1 h 20 min'], [7150, 'about 2 h']])(
    '%d s are %s', (n, words) => expect(about_time(n)).toBe(words));

  it('groups by calendar day, not by hours', () => {
    const noon = new Date(2026, 10, 21, 12).getTime();
    expect(day_group(new Date(2026, 10, 21, 0, 1).getTime(), noon)).toBe('Today');
    expect(day_group(new Date(2026, 10, 20, 23, 59).getTime(), noon)).toBe('Yesterday');
    expect(day_group(new Date(2026, 10, 16, 12).getTime(), noon)).toBe('This week');
    expect(day_group(new Date(2026, 9, 30).getTime(), noon)).toBe('This month');
    expect(day_group(new Date(2025, 0, 1).getTime(), noon)).toBe('Earlier');
  });
});
