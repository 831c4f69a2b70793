import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { memory_storage } from '../testing/fake_socket';
import { a_voice_ready } from '../testing/fake_voice_socket';
import { wake_by_itself } from './by_itself';
import { setup, speaking } from '../testing/voice_rig';

describe('the microphone of the talk', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('push to talk: hold and click; outside of it only silence leaves', async () => {
    const t = setup();
    t.controller.prefer({ mode: 'push' });
    await t.awake();
    const heard = () => {
      t.audio.speak();
      return new Int16Array(t.last().frames.at(-1)!)[0];
    };
    expect(heard()).toBe(0);
    t.controller.press();
    expect(heard()).toBe(1000);
    t.time.now = 1000;
    t.controller.release();
    expect(heard()).toBe(0);
    t.controller.press(); // a click keeps it open …
    t.time.now = 1100;
    t.controller.release();
    expect(heard()).toBe(1000);
    t.controller.press(); // … until the next one
    t.controller.release();
    expect(heard()).toBe(0);
    expect(t.last().of('voice.talk').map((c) => c.down)).toEqual([true, false, true, false]);
  });

  it('talking into a reply silences it', async () => {
    const t = setup();
    t.controller.prefer({ mode: 'push' });
    await t.awake();
    speaking(t);
    t.controller.press();
    expect(t.last().sent.slice(-2).map((c) => c.type)).toEqual(['voice.interrupt', 'voice.talk']);
  });

  it('mutes with a click, and listens while the muted button is held', async () => {
    const t = setup();
    await t.awake();
    const click = (ms: number) => {
      t.controller.press();
      t.time.now += ms;
      t.controller.release();
    };
    click(50);
    expect(t.shown()).toBe('muted');
    click(50);
    expect(t.controller.talk.muted).toBe(false);
    click(50);
    click(900);
    expect(t.controller.talk.muted).toBe(true);
    expect(t.last().of('voice.configure').map((c) => c.muted)).toEqual([true, false, true, false, true]);
  });

  it('notices a microphone that is switched off, and that it is on again', async () => {
    const t = setup();
    await t.awake();
    for (let i = 0; i < 420; i += 1) t.audio.speak(-100, 0);
    expect(t.controller.talk.notice?.problem).toBe('mic_silent');
    t.audio.speak(-60);
    expect(t.controller.talk.notice).toBeUndefined();
    for (let i = 0; i < 1000; i += 1) t.audio.speak(-100, 0); // noise suppression does that, too
    expect(t.controller.talk.notice).toBeUndefined();
  });

  it('checks level, words and echo in the first exchange', async () => {
    const t = setup();
    await t.awake();
    speaking(t);
    for (let i = 0; i < 20; i += 1) t.last().say({ type: 'voice.probability', p: 0.02, level_dbfs: -60, t_ms: i });
    expect(t.controller.talk.findings?.echo).toBe('clear');
    t.controller.interrupt();
    t.audio.news({ type: 'over', response: 1, played: 10, frame: 10 });
    t.audio.clock = 5;
    vi.advanceTimersByTime(200);
    for (let i = 0; i < 20; i += 1) t.audio.speak(-24);
    for (let i = 0; i < 20; i += 1) t.audio.speak(-70); // its end is long past when the server says so
    for (let i = 0; i < 5; i += 1) t.last().say({ type: 'voice.probability', p: 0.95, level_dbfs: -20, t_ms: 0 });
    t.last().say({ type: 'voice.transcript', turn: 1, revision: 1, text: 'Hello Nook', final: true, confidence: 0.9 });
    t.last().say({ type: 'voice.probability', p: 0.1, level_dbfs: -60, t_ms: 0 });
    expect(t.controller.talk.findings).toEqual({ level: 'good', words: 'Hello Nook', echo: 'clear' });
    expect(t.controller.talk.preferences.checked).toBe(true);
  });

  it('keeps the preferences of this browser, and tells the server those it needs', async () => {
    const storage = memory_storage();
    const t = setup(storage);
    await t.awake();
    t.controller.prefer({ eagerness: 'high', captions: 'hidden' });
    expect(t.last().of('voice.configure')).toEqual([{ type: 'voice.configure', eagerness: 'high' }]);
    const later = setup(storage);
    await later.awake();
    expect(later.last().of('voice.hello')[0]?.eagerness).toBe('high');
    expect(later.controller.talk.preferences.captions).toBe('hidden');
  });

  it('awake with the page: without a click, a word or a check, and only where it is wished and allowed', async () => {
    const t = setup();
    await wake_by_itself(t.controller, t.audio);
    expect(t.shown()).toBe('off');
    t.controller.prefer({ by_itself: true, mode: 'wake' });
    t.audio.granted = false;
    await wake_by_itself(t.controller, t.audio);
    expect(t.audio.opened).toEqual([]);
    t.audio.granted = true;
    t.audio.problem = 'no_click';
    await wake_by_itself(t.controller, t.audio);
    expect([t.shown(), t.controller.talk.notice]).toEqual(['off', undefined]);
    t.audio.problem = undefined;
    await wake_by_itself(t.controller, t.audio);
    t.last().accept();
    t.last().say(a_voice_ready({ choice_needed: true }));
    expect(t.last().of('voice.hello')[0]?.mode).toBe('wake');
    expect(t.shown()).toBe('asleep');
    expect(t.last().of('voice.wake')).toEqual([]);
    expect(t.controller.talk.choosing).toBe(false);
    t.audio.speak();
    expect(new Int16Array(t.last().frames.at(-1)!)[0], 'it listens').toBe(1000);
  });

  it('awake with the page and without a phrase it shows that it listens', async () => {
    const t = setup();
    t.controller.prefer({ by_itself: true });
    await wake_by_itself(t.controller, t.audio);
    t.last().accept();
    t.last().say(a_voice_ready());
    expect(t.shown()).toBe('listening');
  });

  it('the wish to be awake with the page is kept', () => {
    const storage = memory_storage();
    setup(storage).controller.prefer({ by_itself: true });
    expect(setup(storage).controller.talk.preferences.by_itself).toBe(true);
  });
});
