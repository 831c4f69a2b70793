// Why the companion cannot hear or speak, in words, and what a person can do about it.

import type { VoiceLack } from '../protocol/voice_types';
import { type AudioProblem, AudioTrouble } from './audio';

export type VoiceProblem = AudioProblem | 'mic_silent' | 'mic_lost' | 'no_recogniser' | 'no_voice' | 'no_server' | 'no_wake_phrase' | 'engine';

export interface VoiceNotice {
  problem: VoiceProblem;
  title: string;
  text: string;
  /** what the button beside it does */
  action?: 'wake' | 'microphone' | 'settings' | 'phone';
}

type Words = Omit<VoiceNotice, 'problem'>;

const kWords: Record<VoiceProblem, Words> = {
  insecure: {
    title: 'The browser keeps the microphone shut here',
    text: 'This page came over plain http, and browsers give the microphone to https pages and to this machine itself only. ' +
      'On this machine open http://localhost; on a phone use the https address under House.',
    action: 'phone',
  },
  refused: {
    title: 'The microphone was refused',
    text: 'Allow it for this page: in the address bar, open the sign to the left of the address, set Microphone to Allow, and wake Nook again.',
    action: 'wake',
  },
  no_device: {
    title: 'No microphone was found',
    text: 'Plug one in, or switch it on in the settings of the system. Nook notices by itself.',
    action: 'wake',
  },
  device_busy: {
    title: 'The microphone cannot be opened',
    text: 'Another program may be using it. Close that, or choose another microphone.',
    action: 'microphone',
  },
  no_worklets: {
    title: 'This browser cannot do it',
    text: 'Talking needs a browser with audio worklets: any Chrome, Edge, Firefox or Safari of the last years has them.',
  },
  no_click: {
    title: 'The browser wants a click first',
    text: 'Nothing may sound here before somebody clicked. Wake Nook again.',
    action: 'wake',
  },
  unknown: {
    title: 'The sound could not be started',
    text: 'Wake Nook again. When it stays so, reload the page.',
    action: 'wake',
  },
  mic_silent: {
    title: 'The microphone delivers nothing',
    text: 'Not even a murmur arrives. It may be switched off with a key of its own, or another one is meant.',
    action: 'microphone',
  },
  mic_lost: {
    title: 'The microphone has gone',
    text: 'It was unplugged or taken away. Choose another one, or plug it in again.',
    action: 'microphone',
  },
  no_recogniser: {
    title: 'Nook cannot understand speech yet',
    text: 'No recogniser is installed. What you type is still read, and can be answered aloud.',
    action: 'settings',
  },
  no_voice: {
    title: 'Nook has no voice yet',
    text: 'No voice is installed. Nook hears you and answers in writing.',
    action: 'settings',
  },
  no_server: {
    title: 'This server does not talk',
    text: 'It may be older than this page, or its speech is switched off.',
    action: 'settings',
  },
  no_wake_phrase: {
    title: 'No wake phrase is set',
    text: 'Nook listens openly now. Write a phrase under Settings, such as “Hey Nook”, to wait for it.',
    action: 'settings',
  },
  engine: { title: 'Something went wrong while speaking', text: '' },
};

export function notice(problem: VoiceProblem, detail = ''): VoiceNotice {
  const words = kWords[problem];
  return { problem, ...words, text: [words.text, detail].filter(Boolean).join(' ') };
}

export function notice_of(error: unknown): VoiceNotice {
  return error instanceof AudioTrouble ? notice(error.problem) : notice('unknown', `(${String(error)})`);
}

/** What the server lacks for talking at all; other gaps are shown in the monitor. */
export function notice_of_lacks(lacks: readonly VoiceLack[]): VoiceNotice | undefined {
  const recogniser = lacks.find((l) => l.name === 'recogniser');
  if (recogniser) return notice('no_recogniser', recogniser.hint);
  const voice = lacks.find((l) => l.name === 'voice');
  return voice ? notice('no_voice', voice.hint) : undefined;
}
