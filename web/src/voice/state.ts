// What the page knows of the talk. Plain immutable data, as in session/state.ts; what changes fifty
// times a second (level, probability) lies in Meters and is read while drawing.

import type {
  VoiceCard, VoiceLack, VoiceMode, VoiceSegment, VoiceStage, VoiceState,
} from '../protocol/voice_types';
import type { Devices, Microphone } from './audio';
import type { Preferences } from './preferences';
import type { VoiceNotice } from './trouble';
import type { VoiceLink } from './voice_socket';
import type { WakeFindings } from './wake_check';

/** off: asleep, silent, no microphone. waking: the click is being carried out. awake: talking. */
export type Phase = 'off' | 'waking' | 'awake';

/** What the person is saying, before it is a message of the conversation. */
export interface Live {
  turn: number;
  revision: number;
  text: string;
  final: boolean;
  confidence: number;
}

export interface TurnLatency {
  turn: number;
  stages: readonly VoiceStage[];
}

export interface Talk {
  phase: Phase;
  link: VoiceLink;
  activity: VoiceState;
  muted: boolean;
  /** push: the button is down, or was clicked */
  talking: boolean;
  /** this tab is the one that speaks and listens */
  ours: boolean;
  session_id?: string;
  voices: readonly VoiceCard[];
  voice: string;
  choice_needed: boolean;
  /** the first choice is on screen */
  choosing: boolean;
  recogniser: string;
  wake_phrase: string;
  /** the server takes the companion's voice out of the microphone, since this browser does not */
  cancels_echo: boolean;
  lacks: readonly VoiceLack[];
  live?: Live;
  /** the response that sounds */
  sounding?: number;
  /** it is held because somebody spoke */
  held: boolean;
  /** what is spoken in it, as far as it is known */
  segments: readonly VoiceSegment[];
  /** id of the voice that is being tried */
  trying?: string;
  notice?: VoiceNotice;
  findings?: WakeFindings;
  latencies: readonly TurnLatency[];
  microphone?: Microphone;
  devices: Devices;
  preferences: Preferences;
}

export interface Meters {
  /** of the microphone here, in dBFS */
  level: number;
  /** that somebody speaks, as the server sees it */
  probability: number;
  /** the last ten seconds of it, oldest first */
  history: Float32Array;
}

export const kHistory = 150;

export function empty_talk(preferences: Preferences): Talk {
  return {
    phase: 'off', link: 'off', activity: 'asleep', muted: false, talking: false, ours: true, voices: [], voice: '',
    choice_needed: false, choosing: false, recogniser: '', wake_phrase: '', cancels_echo: false, lacks: [], held: false, segments: [],
    latencies: [], devices: { inputs: [], outputs: [], output_choice: false }, preferences,
  };
}

/** The microphone is listened to: everything else gets silence. */
export function ears_open(talk: Talk): boolean {
  if (talk.phase !== 'awake' || !talk.ours || talk.muted || talk.choosing) return false;
  return mode_of(talk) !== 'push' || talk.talking;
}

export function mode_of(talk: Talk): VoiceMode {
  return talk.preferences.mode;
}

/** What is shown of it all, in one word. */
export type Shown = 'off' | 'waking' | 'away' | 'elsewhere' | 'muted' | 'ready' | VoiceState;

export function shown(talk: Talk): Shown {
  if (talk.phase !== 'awake') return talk.phase;
  if (talk.link !== 'online') return talk.voices.length === 0 ? 'waking' : 'away';
  if (!talk.ours) return 'elsewhere';
  if (talk.held) return 'interrupted';
  if (talk.sounding !== undefined) return 'speaking';
  if (talk.activity === 'thinking' || talk.activity === 'interrupted' || talk.activity === 'speaking') return talk.activity;
  if (talk.muted) return 'muted';
  if (mode_of(talk) === 'push' && !talk.talking) return 'ready';
  return talk.activity;
}
