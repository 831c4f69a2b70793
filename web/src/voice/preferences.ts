// How this browser talks: kept here, because a microphone belongs to a machine and not to a person.

import type { KeyValue } from '../net/outbox';
import type { VoiceMode } from '../protocol/voice_types';

export type Eagerness = 'low' | 'medium' | 'high' | 'auto';

export interface Preferences {
  mode: VoiceMode;
  eagerness: Eagerness;
  speed: number;
  /** empty: found out while listening */
  language: string;
  /** empty: the server's */
  voice: string;
  input?: string;
  output?: string;
  captions: 'shown' | 'hidden';
  /** level, words and echo were found good once */
  checked: boolean;
  /** awake as soon as the page opens, where the browser lets us */
  by_itself: boolean;
}

export const kPlain: Preferences = {
  mode: 'continuous', eagerness: 'auto', speed: 1, language: '', voice: '', captions: 'shown', checked: false, by_itself: false,
};

const kKey = 'loci.voice';
const kModes: readonly VoiceMode[] = ['continuous', 'push', 'wake'];
export const kEagerness: readonly Eagerness[] = ['low', 'medium', 'high', 'auto'];

export function load_preferences(storage: KeyValue | undefined): Preferences {
  try {
    return checked(JSON.parse(storage?.getItem(kKey) ?? '{}'));
  } catch {
    return kPlain;
  }
}

export function save_preferences(storage: KeyValue | undefined, preferences: Preferences): void {
  try {
    storage?.setItem(kKey, JSON.stringify(preferences));
  } catch {
    // A full storage only costs the memory of a preference.
  }
}

function checked(value: unknown): Preferences {
  if (typeof value !== 'object' || value === null) return kPlain;
  const from = value as Record<string, unknown>;
  const text = (name: string) => (typeof from[name] === 'string' ? (from[name] as string).slice(0, 200) : '');
  const out: Preferences = {
    mode: kModes.find((m) => m === from.mode) ?? kPlain.mode,
    eagerness: kEagerness.find((e) => e === from.eagerness) ?? kPlain.eagerness,
    speed: typeof from.speed === 'number' && from.speed >= 0.5 && from.speed <= 2 ? from.speed : 1,
    language: text('language'), voice: text('voice'),
    captions: from.captions === 'hidden' ? 'hidden' : 'shown', checked: from.checked === true, by_itself: from.by_itself === true,
  };
  if (text('input')) out.input = text('input');
  if (text('output')) out.output = text('output');
  return out;
}
