import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeAudio } from '../testing/fake_audio';
import { Speaker } from './speaker';
import { SpeechEvents } from './speech_events';

function setup() {
  const audio = new FakeAudio();
  audio.delay = 0;
  const told: [number, number][] = [];
  const speaker = new Speaker({
    audio, events: new SpeechEvents(() => audio.now()), on_sounding: () => {},
    on_played: (response, ms) => told.push([response, ms]),
  });
  const piece = (offset: number, count: number) => speaker.play({ response: 1, segment: 0, offset, samples: new Float32Array(count) });
  return { audio, told, speaker, piece };
}

describe('Speaker', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('what the server is told never goes back, also over a hole', () => {
    const t = setup();
    t.piece(0, 2400);
    // All but what the resampler holds back has been played, and nothing more is here.
    t.audio.clock = 1;
    t.speaker.news({ type: 'rest', response: 1, played: 2380, frame: 2380 });
    vi.advanceTimersByTime(100);
    expect(t.told).toEqual([[1, 100]]);
    t.piece(2400, 2400);
    t.speaker.news({ type: 'run', response: 1, anchor: 21_620, played: 2380, frame: 24_000 });
    vi.advanceTimersByTime(100);
    t.speaker.obey({ type: 'voice.cancel', response: 1, reason: 'words' });
    expect(t.told.map(([, ms]) => ms)).toEqual([100, 100]);
  });

  it('tells the end to the last millisecond, once', () => {
    const t = setup();
    t.piece(0, 2400);
    t.speaker.obey({ type: 'voice.response_done', response: 1, status: 'completed', heard_ms: 0, heard_text: '' });
    t.speaker.news({ type: 'run', response: 1, anchor: 0, played: 0, frame: 0 });
    t.audio.clock = 1;
    t.speaker.news({ type: 'over', response: 1, played: 2400, frame: 2400 });
    vi.advanceTimersByTime(500);
    expect(t.told).toEqual([[1, 100]]);
    expect(t.speaker.sounds).toBe(false);
  });

  it('asks for nothing of a response that it does not have', () => {
    const t = setup();
    t.speaker.obey({ type: 'voice.cancel', response: 7, reason: 'words' });
    t.piece(0, 10);
    expect(t.told).toEqual([]);
  });
});
