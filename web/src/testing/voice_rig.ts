// A talk on fake sound and a fake server.

import type { VoiceReady, VoiceSegment } from '../protocol/voice_types';
import { VoiceController } from '../voice/controller';
import type { SpeechEvent } from '../voice/speech_events';
import { shown } from '../voice/state';
import { FakeAudio } from './fake_audio';
import { memory_storage } from './fake_socket';
import { a_voice_ready, FakeVoiceSocket } from './fake_voice_socket';

export function setup(storage = memory_storage()) {
  const sockets: FakeVoiceSocket[] = [];
  const audio = new FakeAudio();
  const opened: string[] = [];
  const spoken: SpeechEvent[] = [];
  const time = { now: 0 };
  const controller = new VoiceController({
    url: 'ws://x/ws/voice', token: () => undefined, storage, audio, client: 'c1', tab: 't1',
    session: () => 's1', on_session: (id) => opened.push(id), now: () => time.now,
    open_socket: (url) => {
      const made = new FakeVoiceSocket(url);
      sockets.push(made);
      return made;
    },
  });
  controller.speech.subscribe((e) => spoken.push(e));
  const last = () => sockets.at(-1) as FakeVoiceSocket;
  const awake = async (ready: Partial<VoiceReady> = {}) => {
    await controller.wake();
    last().accept();
    last().say(a_voice_ready(ready));
  };
  return { controller, audio, sockets, opened, spoken, time, last, awake, shown: () => shown(controller.talk) };
}

export function segment(response: number, change: Partial<VoiceSegment> = {}): VoiceSegment {
  return {
    type: 'voice.segment', response, segment: 0, text: 'Hello there.', t_ms: 0, dur_ms: 1000, exact: true,
    words: [{ text: 'Hello', t_ms: 0, dur_ms: 400 }, { text: 'there.', t_ms: 450, dur_ms: 500 }], phonemes: [], ...change,
  };
}

/** A response of a second that has begun to sound. */
export function speaking(t: ReturnType<typeof setup>, response = 1) {
  t.last().say({ type: 'voice.response_started', response, session_id: 's1' });
  t.last().say({ type: 'voice.state', state: 'speaking', t_ms: 0 });
  t.last().say(segment(response));
  t.last().audio(response, 24_000);
  t.audio.news({ type: 'run', response, anchor: 0, played: 0, frame: 0 });
}
