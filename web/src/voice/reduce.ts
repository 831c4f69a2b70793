// talk + event -> talk. What has to be done about an event is in controller.ts.

import type { VoiceEvent } from '../protocol/voice_types';
import type { Talk } from './state';
import { notice, notice_of_lacks } from './trouble';

const kLatencies = 6;

export function reduce_talk(talk: Talk, event: VoiceEvent): Talk {
  switch (event.type) {
    case 'voice.ready':
      return greeted(talk, event);
    case 'voice.state':
      return talk.activity === event.state ? talk : { ...talk, activity: event.state };
    case 'voice.speech_started':
      return begin_turn(talk, event.turn);
    case 'voice.transcript':
      return understood(talk, event);
    case 'voice.response_started':
      // What was said is a message now, even when the other connection was quicker to say so.
      return event.session_id && talk.live?.final ? without_live(talk) : talk;
    case 'voice.turn_dropped':
      return talk.live?.turn === event.turn ? without_live(talk) : talk;
    case 'voice.segment':
      return { ...talk, segments: with_segment(talk, event) };
    case 'voice.pause':
      return { ...talk, held: true };
    case 'voice.resume':
    case 'voice.cancel':
      return { ...talk, held: false };
    case 'voice.response_done':
      return response_done(talk, event);
    case 'voice.latency':
      return { ...talk, latencies: with_latency(talk, event) };
    case 'voice.error':
      return { ...talk, notice: { ...notice('engine'), text: [event.error.message, event.error.hint].filter(Boolean).join(' ') } };
    default: // the rest changes nothing that is shown
      return talk;
  }
}

function greeted(talk: Talk, event: Extract<VoiceEvent, { type: 'voice.ready' }>): Talk {
  const { voices, voice, choice_needed, recogniser, wake_phrase, cancels_echo, lacks, speaking_tab, session_id } = event;
  const next: Talk = {
    ...talk, voices, voice, choice_needed: choice_needed && talk.preferences.voice === '', recogniser, wake_phrase, cancels_echo, lacks, ours: speaking_tab,
    ...(session_id ? { session_id } : {}),
    // Nobody said hello yet, and there is no phrase to wait for: it listens.
    ...(talk.activity === 'asleep' && talk.preferences.mode !== 'wake' ? { activity: 'listening' as const } : {}),
  };
  const missing = notice_of_lacks(lacks);
  if (missing) return { ...next, notice: missing };
  return next.notice?.problem === 'no_recogniser' || next.notice?.problem === 'no_voice' ? without_notice(next) : next;
}

/** A turn that is taken up again keeps its words until there are new ones. */
function begin_turn(talk: Talk, turn: number): Talk {
  if (talk.live?.turn === turn) return talk;
  return { ...talk, live: { turn, revision: -1, text: '', final: false, confidence: 1 } };
}

function understood(talk: Talk, event: Extract<VoiceEvent, { type: 'voice.transcript' }>): Talk {
  const { turn, revision, text, final, confidence } = event;
  const known = talk.live;
  if (known && (turn < known.turn || (turn === known.turn && revision < known.revision))) return talk;
  return { ...talk, live: { turn, revision, text, final, confidence } };
}

function with_segment(talk: Talk, event: Extract<VoiceEvent, { type: 'voice.segment' }>): Talk['segments'] {
  const same = talk.segments.filter((s) => s.response === event.response && s.segment !== event.segment);
  const newest = talk.segments.at(-1)?.response;
  // Those of the response that still sounds are kept until it has ended.
  const kept = newest === event.response ? same : talk.segments.filter((s) => s.response === talk.sounding);
  return [...kept, event];
}

function response_done(talk: Talk, event: Extract<VoiceEvent, { type: 'voice.response_done' }>): Talk {
  const { trying: _, ...rest } = talk;
  return event.status === 'completed' && !talk.held ? rest : { ...rest, held: false };
}

function with_latency(talk: Talk, event: Extract<VoiceEvent, { type: 'voice.latency' }>): Talk['latencies'] {
  const others = talk.latencies.filter((l) => l.turn !== event.turn);
  return [...others, { turn: event.turn, stages: event.stages }].slice(-kLatencies);
}

export function without_live(talk: Talk): Talk {
  if (!talk.live) return talk;
  const { live: _, ...rest } = talk;
  return rest;
}

export function without_notice(talk: Talk): Talk {
  if (!talk.notice) return talk;
  const { notice: _, ...rest } = talk;
  return rest;
}

/** The connection is gone: nothing that it said about this moment holds any more. */
export function cut_off(talk: Talk): Talk {
  const { live: _, sounding: __, trying: ___, ...rest } = talk;
  return { ...rest, held: false, talking: false, segments: [], activity: 'listening' };
}

export function asleep(talk: Talk): Talk {
  const { session_id: _, findings: __, microphone: ___, ...rest } = cut_off(talk);
  return { ...without_notice(rest), phase: 'off', activity: 'asleep', muted: false, ours: true, choosing: false };
}

