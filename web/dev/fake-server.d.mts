export interface Fake {
  url: string;
  world: {
    log: { type: string; [key: string]: unknown }[];
    sessions: Map<string, { id: string; title: string }>;
    messages: Map<string, { id: string; role: string; content: string }[]>;
    models: { id: string; state: string }[];
    config: { values: Record<string, Record<string, unknown>> };
    files: { name: string; content: string }[];
    epoch: string;
    kept?: Partial<Record<'animations' | 'models3d' | 'backgrounds', Map<string, Buffer>>>;
  };
  voice: FakeVoice;
  emit: (event: Record<string, unknown>) => void;
  drop: (refuse?: boolean) => void;
  allow: () => void;
  close: () => Promise<void>;
}
export interface FakeVoice {
  log: { type: string; [key: string]: unknown }[];
  played: { response: number; played_ms: number }[];
  heard: { loud_ms: number; frames: number; odd: number };
  sentences: string[];
  say: (text: string) => void;
  emit: (event: Record<string, unknown>) => void;
  drop: (refuse?: boolean) => void;
  allow: () => void;
}
export interface FakeVoiceOptions {
  /** what is understood, one for each turn */
  sentences?: string[];
  /** the voice that was chosen before */
  chosen?: string;
  /** takes nothing for speech */
  still?: boolean;
  /** what is said into a reply pauses it */
  interruptible?: boolean;
  /** so long until it is decided */
  hold_ms?: number;
  /** there is no recogniser */
  deaf?: boolean;
}
export interface FakeOptions {
  voice?: FakeVoiceOptions;
  port?: number;
  speed?: number;
  auth_key?: string;
  loading?: boolean;
  history?: boolean;
  ask_name?: boolean;
  stale?: boolean;
  neighbour?: boolean;
}
export function start_fake(options?: FakeOptions): Promise<Fake>;
