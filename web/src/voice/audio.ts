// What the controller needs of microphone and loudspeaker. The browser's are in browser_audio.ts,
// the tests' in testing/fake_audio.ts.

import type { LaneNews, LaneOrder } from './lanes';

export interface Device {
  id: string;
  name: string;
}

export interface Devices {
  inputs: Device[];
  outputs: Device[];
  /** this browser can send sound to a chosen output */
  output_choice: boolean;
}

/** What the microphone really does, not what was asked of it. */
export interface Microphone {
  id: string;
  name: string;
  echo_cancelled: boolean;
  noise_suppressed: boolean;
}

/** Why there is no sound or no microphone; the words for it are in trouble.ts. */
export type AudioProblem = 'insecure' | 'refused' | 'no_device' | 'device_busy' | 'no_worklets' | 'no_click' | 'unknown';

export class AudioTrouble extends Error {
  readonly problem: AudioProblem;

  constructor(problem: AudioProblem, detail = '') {
    super(detail || problem);
    this.problem = problem;
  }
}

export interface AudioEvents {
  /** 20 ms of the microphone at 16 kHz */
  on_frame: (frame: Int16Array<ArrayBuffer>, level_dbfs: number) => void;
  on_news: (news: LaneNews) => void;
  /** the microphone was unplugged or taken away */
  on_lost: () => void;
  on_devices: () => void;
}

export interface VoiceAudio {
  /** The microphone was allowed for good: it can be opened without a question. */
  allowed(): Promise<boolean>;
  /** In a click: browsers let nothing sound before, unless a microphone is open. */
  unlock(events: AudioEvents): Promise<void>;
  /** Opens it, or another one in its place; sound runs from then on. Throws AudioTrouble. */
  open_microphone(device: string | undefined): Promise<Microphone>;
  use_output(device: string | undefined): Promise<void>;
  devices(): Promise<Devices>;
  order(order: LaneOrder): void;
  /** audio clock, in seconds */
  now(): number;
  /** from the worklet to the ear, in seconds */
  latency(): number;
  /** frames a second of the audio clock */
  rate(): number;
  close(): void;
}
