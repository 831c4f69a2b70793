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
  };
  emit: (event: Record<string, unknown>) => void;
  drop: (refuse?: boolean) => void;
  allow: () => void;
  close: () => Promise<void>;
}
export interface FakeOptions {
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
