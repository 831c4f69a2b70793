// What the companion is doing, as people say it.

import type { VoiceMode } from '../../protocol/voice_types';
import type { Shown, Talk } from '../../voice/state';

const kWords: Record<Shown, string> = {
  off: 'Asleep', waking: 'Waking…', away: 'Looking for the server…', elsewhere: 'Talking in another tab',
  muted: 'Not listening', ready: 'Ready when you are', asleep: 'Dozing', listening: 'Listening', hearing: 'Hearing you',
  thinking: 'Thinking', speaking: 'Speaking', interrupted: 'You have the floor',
};

export function state_words(now: Shown): string {
  return kWords[now];
}

/** What to do next, in a few words. */
export function hint_words(now: Shown, talk: Talk): string {
  switch (now) {
    case 'away': return 'the talk goes on when it answers';
    case 'elsewhere': return 'only one tab speaks at a time';
    case 'muted': return 'click or hold the microphone';
    case 'ready': return 'hold the space bar and talk';
    case 'asleep': return talk.wake_phrase ? `say “${talk.wake_phrase}”` : 'a wake phrase is set under Settings';
    case 'listening': return talk.preferences.mode === 'push' ? 'let go when you have finished' : 'just talk';
    case 'hearing': return talk.preferences.mode === 'push' ? 'let go when you have finished' : 'take your time';
    case 'speaking': return 'talk over it, or press Esc, to stop it';
    default: return '';
  }
}

export const mode_words: Record<VoiceMode, { name: string; text: string }> = {
  continuous: { name: 'Open', text: 'Always listens while awake.' },
  push: { name: 'Button', text: 'Listens while you hold the microphone or the space bar, or between two clicks.' },
  wake: { name: 'Wake phrase', text: 'Listens for its name only, until you say it.' },
};

export const eagerness_words = {
  auto: 'As it fits', low: 'Patient', medium: 'Balanced', high: 'Quick',
} as const;

/** Who takes the loudspeaker's sound out of the microphone. */
export function echo_words(talk: Talk): { removed: boolean; text: string } {
  if (talk.microphone?.echo_cancelled) return { removed: true, text: 'This browser takes the echo of the loudspeaker out.' };
  if (talk.cancels_echo) return { removed: true, text: 'This browser leaves the echo in; the server takes it out. Headphones are better still.' };
  return { removed: false, text: 'Nothing removes the echo of the loudspeaker; headphones help.' };
}

/** A language tag as people name it, in their own language. */
export function language_name(tag: string): string {
  try {
    return new Intl.DisplayNames(undefined, { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

const kStages: Record<string, string> = {
  endpoint: 'end of speech', recogniser: 'understanding', model: 'thinking', voice: 'voice', first_sound: 'first sound',
};

export function stage_words(name: string): string {
  return kStages[name] ?? name;
}
