// Sound that a test drives by hand: a clock, a microphone, and the orders that reached the loudspeaker.

import type { AudioEvents, Devices, Microphone, VoiceAudio } from '../voice/audio';
import { AudioTrouble, type AudioProblem } from '../voice/audio';
import type { LaneNews, LaneOrder } from '../voice/lanes';

export class FakeAudio implements VoiceAudio {
  readonly orders: LaneOrder[] = [];
  events: AudioEvents | undefined;
  problem: AudioProblem | undefined;
  clock = 0;
  delay = 0.05;
  opened: (string | undefined)[] = [];
  closed = 0;
  sink: string | undefined;
  microphone: Microphone = { id: 'm1', name: 'A microphone', echo_cancelled: true, noise_suppressed: true };
  found: Devices = { inputs: [{ id: 'm1', name: 'A microphone' }], outputs: [], output_choice: false };

  granted = true;
  allowed(): Promise<boolean> {
    return Promise.resolve(this.granted);
  }
  unlock(events: AudioEvents): Promise<void> {
    this.events = events;
    return this.problem === 'insecure' ? Promise.reject(new AudioTrouble('insecure')) : Promise.resolve();
  }
  open_microphone(device: string | undefined): Promise<Microphone> {
    this.opened.push(device);
    return this.problem ? Promise.reject(new AudioTrouble(this.problem)) : Promise.resolve(this.microphone);
  }
  use_output(device: string | undefined): Promise<void> {
    this.sink = device;
    return Promise.resolve();
  }
  devices(): Promise<Devices> {
    return Promise.resolve(this.found);
  }
  order(order: LaneOrder): void {
    this.orders.push(order);
  }
  now(): number {
    return this.clock;
  }
  latency(): number {
    return this.delay;
  }
  rate(): number {
    return 24_000;
  }
  close(): void {
    this.closed += 1;
    this.events = undefined;
  }

  news(news: LaneNews): void {
    this.events?.on_news(news);
  }
  /** 20 ms of the microphone. */
  speak(level = -20, value = 1000): void {
    this.events?.on_frame(new Int16Array(320).fill(value), level);
  }
  of<T extends LaneOrder['type']>(type: T): Extract<LaneOrder, { type: T }>[] {
    return this.orders.filter((o): o is Extract<LaneOrder, { type: T }> => o.type === type);
  }
}
