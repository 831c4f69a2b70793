import { describe, expect, it } from 'vitest';
import { PlayedAccount } from './played';

describe('PlayedAccount', () => {
  it('is behind what was put out by the way to the ear', () => {
    const account = new PlayedAccount();
    account.report(500, 10, true);
    expect(account.heard_ms(10, 0.08)).toBeCloseTo(420);
    expect(account.heard_ms(10.05, 0.08)).toBeCloseTo(470);
  });

  it('reaches the end only when the last sample has come out', () => {
    const account = new PlayedAccount();
    account.report(500, 10, false);
    expect(account.heard_ms(10.05, 0.1)).toBeCloseTo(450);
    expect(account.settled(10.05, 0.1)).toBe(false);
    expect(account.heard_ms(10.5, 0.1)).toBe(500);
    expect(account.settled(10.5, 0.1)).toBe(true);
  });

  it('never goes back, also when the latency is measured anew', () => {
    const account = new PlayedAccount();
    account.report(300, 1, true);
    const before = account.heard_ms(1, 0.02);
    expect(account.heard_ms(1, 0.2)).toBe(before);
  });

  it('nothing is heard before something was', () => {
    const account = new PlayedAccount();
    expect(account.heard_ms(99, 0.1)).toBe(0);
    account.report(10, 100, true);
    expect(account.heard_ms(100, 0.1)).toBe(0);
  });
});
