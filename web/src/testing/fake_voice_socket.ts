import type { VoiceCommand, VoiceEvent, VoiceReady } from '../protocol/voice_types';
import type { BinarySocket } from '../voice/voice_socket';

export class FakeVoiceSocket implements BinarySocket {
  readyState = 0;
  bufferedAmount = 0;
  binaryType: BinaryType = 'blob';
  readonly sent: VoiceCommand[] = [];
  readonly frames: ArrayBuffer[] = [];
  onopen: BinarySocket['onopen'] = null;
  onclose: BinarySocket['onclose'] = null;
  onmessage: BinarySocket['onmessage'] = null;
  onerror: BinarySocket['onerror'] = null;
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  send(data: string | ArrayBuffer): void {
    if (typeof data === 'string') this.sent.push(JSON.parse(data) as VoiceCommand);
    else this.frames.push(data);
  }
  close(): void {
    this.readyState = 3;
  }

  accept(): void {
    this.readyState = 1;
    this.onopen?.({});
  }
  say(event: VoiceEvent): void {
    this.onmessage?.({ data: JSON.stringify(event) });
  }
  raw(data: unknown): void {
    this.onmessage?.({ data });
  }
  /** `count` samples of a response, at `offset`. */
  audio(response: number, count: number, offset = 0): void {
    const view = new DataView(new ArrayBuffer(12 + count * 2));
    view.setUint32(0, response, true);
    view.setUint32(8, offset, true);
    for (let i = 0; i < count; i += 1) view.setInt16(12 + i * 2, 1000, true);
    this.onmessage?.({ data: view.buffer });
  }
  break(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
  of<T extends VoiceCommand['type']>(type: T): Extract<VoiceCommand, { type: T }>[] {
    return this.sent.filter((c): c is Extract<VoiceCommand, { type: T }> => c.type === type);
  }
}

export function a_voice_ready(change: Partial<VoiceReady> = {}): VoiceReady {
  return {
    type: 'voice.ready', output_rate: 24_000, voice: 'flite/slt', choice_needed: false, recogniser: 'tiny', lacks: [],
    speaking_tab: true, wake_phrase: '', cancels_echo: false,
    voices: [
      { id: 'flite/slt', name: 'Flite', language: 'en-us', terms: '', lacks: '' },
      { id: 'piper/joe', name: 'Joe', language: 'en-us', terms: 'restricted', lacks: '' },
    ],
    ...change,
  };
}
