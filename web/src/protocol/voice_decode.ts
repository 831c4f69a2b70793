// From a text frame of the voice socket to a VoiceEvent; what cannot be understood gives `undefined`.

import { errorInfo } from './records';
import { type Decoder, flag, id, list, literal, number, oneOf, or, record, text } from './shape';
import type * as V from './voice_types';

type Kind = V.VoiceEvent['type'];
type OfKind<K extends Kind> = Extract<V.VoiceEvent, { type: K }>;

const words = or(text, '');
const count = or(number, 0);
const response = number;
const turn = number;

const voice = record<V.VoiceCard>({ id, name: words, language: words, terms: words, lacks: words });
const lack = record<V.VoiceLack>({ name: words, hint: words });
const word = record<V.VoiceWord>({ text, t_ms: number, dur_ms: count });
const phoneme = record<V.VoicePhoneme>({ ipa: text, t_ms: number, dur_ms: count });
const stage = record<V.VoiceStage>({ name: text, ms: number });

const mark = record<V.VoiceMark>({ offset: number, t_ms: number });
const kActivities = ['asleep', 'listening', 'hearing', 'thinking', 'speaking', 'interrupted'] as const;

const events: { [K in Kind]: Decoder<OfKind<K>> } = {
  'voice.ready': record<V.VoiceReady>({
    type: literal('voice.ready'), session_id: id, output_rate: or(number, 24_000), voices: list(voice), voice: words,
    choice_needed: or(flag, false), recogniser: words, lacks: list(lack), speaking_tab: or(flag, true),
    wake_phrase: words, cancels_echo: or(flag, false),
  }, ['session_id']),
  'voice.claimed': record<V.VoiceClaimed>({ type: literal('voice.claimed'), tab: text }),
  'voice.state': record<V.VoiceStateChanged>({
    type: literal('voice.state'), state: oneOf(kActivities, 'listening'), t_ms: count,
  }),
  'voice.probability': record<V.VoiceProbability>({
    type: literal('voice.probability'), p: number, level_dbfs: or(number, -100), t_ms: count,
  }),
  'voice.speech_started': record<V.VoiceSpeechStarted>({ type: literal('voice.speech_started'), turn, t_ms: count }),
  'voice.speech_ended': record<V.VoiceSpeechEnded>({ type: literal('voice.speech_ended'), turn, t_ms: count }),
  'voice.question_ended': record<V.VoiceQuestionEnded>({ type: literal('voice.question_ended'), turn, t_ms: count }),
  'voice.turn_dropped': record<V.VoiceTurnDropped>({ type: literal('voice.turn_dropped'), turn, reason: words, t_ms: count }),
  'voice.transcript': record<V.VoiceTranscript>({
    type: literal('voice.transcript'), turn, revision: count, text, final: or(flag, false), confidence: or(number, 1),
    language: text,
  }, ['language']),
  'voice.response_started': record<V.VoiceResponseStarted>({
    type: literal('voice.response_started'), response, session_id: words, turn_id: id,
  }, ['turn_id']),
  'voice.segment': record<V.VoiceSegment>({
    type: literal('voice.segment'), response, segment: number, text: words, t_ms: number, dur_ms: count,
    words: list(word), phonemes: list(phoneme), exact: or(flag, false),
    marks: list(mark),
  }, ['marks']),
  'voice.pause': record<V.VoicePause>({ type: literal('voice.pause'), response }),
  'voice.resume': record<V.VoiceResume>({ type: literal('voice.resume'), response, reason: words }),
  'voice.cancel': record<V.VoiceCancel>({ type: literal('voice.cancel'), response, reason: words }),
  'voice.response_done': record<V.VoiceResponseDone>({
    type: literal('voice.response_done'), response, status: oneOf(['completed', 'interrupted', 'failed'], 'completed'),
    heard_ms: count, heard_text: words,
  }),
  'voice.latency': record<V.VoiceLatency>({ type: literal('voice.latency'), turn, stages: list(stage) }),
  'voice.error': record<V.VoiceError>({ type: literal('voice.error'), error: errorInfo }),
};

export function decode_voice_event(data: unknown): V.VoiceEvent | undefined {
  if (typeof data !== 'string') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return undefined;
  }
  const kind = typeof value === 'object' && value !== null ? (value as { type?: unknown }).type : undefined;
  if (typeof kind !== 'string' || !Object.hasOwn(events, kind)) return undefined;
  return (events[kind as Kind] as Decoder<V.VoiceEvent>)(value);
}
