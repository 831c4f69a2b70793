import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { a_voice_ready } from '../testing/fake_voice_socket';
import { segment, setup, speaking } from '../testing/voice_rig';

describe('VoiceController', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('one click: sound, microphone, greeting of the server, and a hello aloud', async () => {
    const t = setup();
    expect(t.shown()).toBe('off');
    await t.awake();
    expect(t.last().of('voice.hello')).toEqual([{
      type: 'voice.hello', protocol: 1, client: 'c1', tab: 't1', input_rate: 16_000, echo_cancelled: true,
      mode: 'continuous', eagerness: 'auto', speed: 1, session_id: 's1',
    }]);
    expect(t.last().of('voice.wake')).toHaveLength(1);
    t.last().say({ type: 'voice.state', state: 'listening', t_ms: 0 });
    expect(t.shown()).toBe('listening');
    t.last().say(a_voice_ready()); // said again when something changed: no second greeting
    expect(t.last().of('voice.wake')).toHaveLength(1);
  });

  it('says why there is no sound, and stays asleep', async () => {
    for (const problem of ['insecure', 'refused', 'no_device', 'device_busy'] as const) {
      const t = setup();
      t.audio.problem = problem;
      await t.controller.wake();
      expect([t.shown(), t.controller.talk.notice?.problem, t.sockets.length, t.audio.closed]).toEqual(['off', problem, 0, 1]);
      expect(t.controller.talk.notice?.text.length).toBeGreaterThan(20);
    }
  });

  it('asks for the voice at the first wake, takes none silently, and greets afterwards', async () => {
    const t = setup();
    await t.awake({ choice_needed: true });
    expect(t.controller.talk.choosing).toBe(true);
    expect(t.last().of('voice.wake')).toHaveLength(0);
    expect(t.last().of('voice.configure')).toHaveLength(0);
    t.controller.try_voice('piper/joe');
    expect(t.last().of('voice.try')).toEqual([{ type: 'voice.try', voice: 'piper/joe', speed: 1 }]);
    t.audio.speak();
    expect(new Int16Array(t.last().frames.at(-1)!)[0]).toBe(0); // nothing is heard meanwhile
    t.controller.choose('piper/joe');
    expect(t.last().of('voice.configure')).toEqual([{ type: 'voice.configure', voice: 'piper/joe' }]);
    expect(t.last().of('voice.wake')).toHaveLength(1);
  });

  it('a choice that is put off leaves the voice of the house', async () => {
    const t = setup();
    await t.awake({ choice_needed: true });
    t.controller.choose(undefined);
    expect(t.last().of('voice.configure')).toHaveLength(0);
    expect(t.last().of('voice.wake')).toHaveLength(1);
    expect(t.controller.talk.choosing).toBe(false);
  });

  it('plays what comes and tells what was heard, less the way to the ear', async () => {
    const t = setup();
    await t.awake();
    speaking(t);
    expect(t.audio.of('audio').reduce((n, o) => n + o.samples.length, 0)).toBeGreaterThan(23_900);
    expect(t.shown()).toBe('speaking');
    t.audio.clock = 0.5;
    t.audio.news({ type: 'report', response: 1, played: 12_000, frame: 12_000, waiting: 12_000, holes: 0, running: true });
    vi.advanceTimersByTime(100);
    expect(t.last().of('voice.played').at(-1)).toEqual({ type: 'voice.played', response: 1, played_ms: 450 });
    expect(t.controller.heard_ms()).toBeCloseTo(450);
    t.audio.clock = 1.2;
    t.audio.news({ type: 'over', response: 1, played: 24_000, frame: 24_000 });
    vi.advanceTimersByTime(100);
    expect(t.last().of('voice.played').at(-1)).toEqual({ type: 'voice.played', response: 1, played_ms: 1000 });
    expect(t.controller.talk.sounding).toBeUndefined();
    const told = t.last().of('voice.played').length;
    vi.advanceTimersByTime(1000);
    expect(t.last().of('voice.played')).toHaveLength(told);
  });

  it('pauses, resumes and cancels as the server says', async () => {
    const t = setup();
    await t.awake();
    speaking(t);
    t.last().say({ type: 'voice.pause', response: 1 });
    expect(t.shown()).toBe('interrupted');
    t.last().say({ type: 'voice.resume', response: 1, reason: 'backchannel' });
    expect(t.shown()).toBe('speaking');
    t.last().say({ type: 'voice.cancel', response: 1, reason: 'words' });
    expect(t.audio.orders.filter((o) => o.type !== 'audio' && o.type !== 'clear').map((o) => o.type)).toEqual(['pause', 'resume', 'cancel']);
    const before = t.audio.orders.length;
    t.last().audio(1, 1000, 24_000); // late, and never heard
    expect(t.audio.orders).toHaveLength(before);
  });

  it('the stop is silent at once and needs no server for it', async () => {
    const t = setup();
    await t.awake();
    expect(t.controller.interrupt()).toBe(false);
    speaking(t);
    expect(t.controller.interrupt()).toBe(true);
    expect(t.audio.of('cancel')).toEqual([{ type: 'cancel', response: 1 }]);
    expect(t.last().of('voice.interrupt')).toHaveLength(1);
  });

  it('tells the body each segment with its place on the audio clock, pauses and the end', async () => {
    const t = setup();
    await t.awake();
    t.last().say(segment(1));
    t.last().audio(1, 24_000);
    expect(t.spoken).toEqual([]);
    t.audio.news({ type: 'run', response: 1, anchor: 48_000, played: 0, frame: 48_000 });
    t.last().say(segment(1, { segment: 1, t_ms: 1000 }));
    expect(t.spoken.map((e) => e.type === 'segment' && [e.segment.segment, e.segment.at])).toEqual([[0, 2.05], [1, 3.05]]);
    t.audio.news({ type: 'rest', response: 1, played: 12_000, frame: 60_000 });
    t.audio.news({ type: 'run', response: 1, anchor: 72_000, played: 12_000, frame: 84_000 });
    t.last().say({ type: 'voice.cancel', response: 1, reason: 'words' });
    expect(t.spoken.slice(2).map((e) => e.type !== 'segment' && [e.type, e.t_ms])).toEqual([['pause', 500], ['resume', 500], ['cancel', 450]]);
  });

  it('shows what is said as it is understood, until it is a message', async () => {
    const t = setup();
    await t.awake();
    t.last().say({ type: 'voice.speech_started', turn: 1, t_ms: 0 });
    t.last().say({ type: 'voice.transcript', turn: 1, revision: 2, text: 'what time', final: false, confidence: 0.5 });
    t.last().say({ type: 'voice.transcript', turn: 1, revision: 1, text: 'what', final: false, confidence: 0.5 });
    expect(t.controller.talk.live?.text).toBe('what time');
    t.controller.said(); // an older message: these words are not final yet
    expect(t.controller.talk.live?.text).toBe('what time');
    t.last().say({ type: 'voice.transcript', turn: 1, revision: 3, text: 'What time is it?', final: true, confidence: 0.9 });
    t.controller.said();
    expect(t.controller.talk.live).toBeUndefined();
    t.last().say({ type: 'voice.speech_started', turn: 2, t_ms: 0 });
    t.last().say({ type: 'voice.turn_dropped', turn: 2, reason: 'backchannel', t_ms: 0 });
    expect(t.controller.talk.live).toBeUndefined();
  });

  it('exactly one tab speaks', async () => {
    const t = setup();
    await t.awake();
    speaking(t);
    t.last().say({ type: 'voice.claimed', tab: 'other' });
    expect(t.shown()).toBe('elsewhere');
    expect(t.audio.of('cancel')).toHaveLength(1);
    t.last().audio(2, 100);
    expect(t.audio.of('audio').filter((o) => o.response === 2)).toEqual([]);
    t.controller.claim();
    expect(t.last().of('voice.claim')).toHaveLength(1);
    t.last().say({ type: 'voice.claimed', tab: 't1' });
    expect(t.controller.talk.ours).toBe(true);
  });

  it('comes back after the connection was lost, to the same conversation and without a greeting', async () => {
    const t = setup();
    await t.awake();
    t.last().say({ type: 'voice.response_started', response: 1, session_id: 's7' });
    speaking(t);
    t.last().say({ type: 'voice.response_started', response: 1, session_id: 's7' });
    t.last().break();
    expect(t.shown()).toBe('away');
    expect(t.audio.of('cancel').length).toBeGreaterThan(0);
    vi.advanceTimersByTime(1000);
    t.last().accept();
    t.last().say(a_voice_ready({ session_id: 's7' }));
    expect(t.sockets).toHaveLength(2);
    expect(t.last().of('voice.hello')[0]?.session_id).toBe('s7');
    expect(t.last().of('voice.wake')).toEqual([]);
    speaking(t, 1); // the numbers begin anew: what was silenced before must not silence this
    expect(t.shown()).toBe('speaking');
    expect(t.opened).toContain('s7');
  });

  it('a server that talked once is waited for, however long it is away', async () => {
    const t = setup();
    await t.awake();
    for (let i = 0; i < 8; i += 1) {
      t.last().break();
      vi.advanceTimersByTime(20_000);
    }
    expect([t.sockets.length, t.shown()]).toEqual([9, 'away']);
  });

  it('says hello only in the tab that speaks', async () => {
    const t = setup();
    await t.awake({ speaking_tab: false });
    expect(t.last().of('voice.wake')).toEqual([]);
    t.last().say({ type: 'voice.claimed', tab: 't1' });
    expect(t.last().of('voice.wake')).toHaveLength(1);
  });

  it('a server that does not talk is not asked for ever', async () => {
    const t = setup();
    await t.controller.wake();
    for (let i = 0; i < 5; i += 1) {
      t.last().break();
      vi.advanceTimersByTime(20_000);
    }
    expect(t.sockets).toHaveLength(3);
    expect([t.shown(), t.controller.talk.notice?.problem]).toEqual(['off', 'no_server']);
  });

  it('a wake phrase that is not set any more does not shut the door', async () => {
    const t = setup();
    t.controller.prefer({ mode: 'wake' });
    await t.controller.wake();
    t.last().accept();
    t.last().break(4003);
    t.last().accept();
    t.last().say(a_voice_ready());
    expect(t.last().of('voice.hello')[0]?.mode).toBe('continuous');
    expect(t.controller.talk.notice?.problem).toBe('no_wake_phrase');
  });

  it('a voice that was chosen here is not asked for again', async () => {
    const t = setup();
    t.controller.prefer({ voice: 'piper/joe' });
    await t.awake({ choice_needed: true });
    expect(t.controller.talk.choosing).toBe(false);
    expect(t.last().of('voice.hello')[0]?.voice).toBe('piper/joe');
  });

  it('asleep, everything is closed', async () => {
    const t = setup();
    await t.awake();
    speaking(t);
    t.controller.sleep();
    expect([t.shown(), t.audio.closed, t.last().readyState]).toEqual(['off', 1, 3]);
    vi.advanceTimersByTime(60_000);
    expect(t.sockets).toHaveLength(1);
  });

  it('says what the server lacks, with what to do', async () => {
    const t = setup();
    await t.awake({ recogniser: '', lacks: [{ name: 'recogniser', hint: 'Run this.' }] });
    expect(t.controller.talk.notice?.text).toContain('Run this.');
    t.last().say(a_voice_ready());
    expect(t.controller.talk.notice).toBeUndefined();
  });

  it('a frame that is nonsense changes nothing', async () => {
    const t = setup();
    await t.awake();
    const before = t.controller.talk;
    for (const raw of ['{', '{"type":"voice.state"', '{"type":"x"}', new ArrayBuffer(3), new ArrayBuffer(13), 7]) t.last().raw(raw);
    expect(t.controller.talk).toBe(before);
    expect(t.audio.of('audio')).toEqual([]);
  });
});
