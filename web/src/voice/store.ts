// The state of the talk and those who look at it.

import type { Talk } from './state';

export type TalkListener = (talk: Talk) => void;

export class TalkStore {
  private current: Talk;
  private readonly listeners = new Set<TalkListener>();

  constructor(first: Talk) {
    this.current = first;
  }

  get talk(): Talk {
    return this.current;
  }

  subscribe(listener: TalkListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  set(next: Talk): void {
    if (next === this.current) return;
    this.current = next;
    for (const listener of this.listeners) listener(next);
  }

  patch(change: Partial<Talk>): void {
    this.set({ ...this.current, ...change });
  }
}
