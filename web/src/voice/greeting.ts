// What the server is told of this browser: at the beginning, and when a preference changes.

import { VOICE_PROTOCOL_VERSION, type VoiceConfigure, type VoiceHello } from '../protocol/voice_types';
import { kInputRate } from './frames';
import type { Preferences } from './preferences';
import type { Talk } from './state';

export interface Identity {
  token: () => string | undefined;
  /** this browser, and this tab of it */
  client: string;
  tab: string;
  /** the conversation on screen; undefined: a new one */
  session: () => string | undefined;
}

export function hello_of(talk: Talk, who: Identity): VoiceHello {
  const { preferences: p, microphone } = talk;
  const session_id = talk.session_id ?? who.session();
  const token = who.token();
  return {
    type: 'voice.hello', protocol: VOICE_PROTOCOL_VERSION, client: who.client, tab: who.tab,
    input_rate: kInputRate, echo_cancelled: microphone?.echo_cancelled ?? false, mode: p.mode, eagerness: p.eagerness, speed: p.speed,
    ...(token ? { token } : {}), ...(session_id ? { session_id } : {}),
    ...(p.language ? { language: p.language } : {}), ...(p.voice ? { voice: p.voice } : {}),
  };
}

/** undefined: nothing of it concerns the server. */
export function configure_of(change: Partial<Preferences>): VoiceConfigure | undefined {
  const out: VoiceConfigure = { type: 'voice.configure' };
  if (change.mode !== undefined) out.mode = change.mode;
  if (change.eagerness !== undefined) out.eagerness = change.eagerness;
  if (change.speed !== undefined) out.speed = change.speed;
  if (change.language !== undefined) out.language = change.language;
  if (change.voice) out.voice = change.voice;
  return Object.keys(out).length > 1 ? out : undefined;
}
