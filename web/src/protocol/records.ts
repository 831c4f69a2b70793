// Decoders of the records that the socket and the REST interface share.

import { flag, id, list, number, oneOf, or, record, text } from './shape';
import type {
  Action, BodyAction, BodyExpression, BodyGaze, BodyParams, BodyState, ErrorInfo, Message, ModelCard, ModelEstimate,
  PromptPart, ReplyDetail, RunningTurn, Session, StageDirection, StageTime, Subsystem, Welcome,
} from './types';

const words = or(text, '');
const count = or(number, 0);

export const place = oneOf(['here', 'local_network', 'cloud'] as const, 'cloud');
export const turnState = oneOf(
  ['queued', 'thinking', 'answering', 'done', 'stopped', 'interrupted', 'failed'] as const, 'thinking');
const messageStatus = oneOf(
  ['queued', 'complete', 'streaming', 'stopped', 'interrupted', 'failed'] as const, 'complete');

export const action = record<Action>({ kind: text, label: text, value: text }, ['value']);

export const errorInfo = record<ErrorInfo>(
  { code: or(text, 'internal'), message: words, hint: words, action }, ['action']);

const promptPart = record<PromptPart>({ name: text, tokens: count });
const stageTime = record<StageTime>({ name: text, ms: count });

const stageDirection = record<StageDirection>({ at_byte: count, text });

const replyDetail = record<ReplyDetail>({
  source: oneOf(['model', 'reflex', 'authored'] as const, 'model'),
  place,
  provider: words, model: words,
  first_token_ms: number, total_ms: number, tokens_per_s: number,
  prompt_tokens: number, cached_tokens: number, completion_tokens: number,
  prompt_parts: list(promptPart), stages: list(stageTime),
  badge: text, finish: text, directions: list(stageDirection),
}, ['first_token_ms', 'total_ms', 'tokens_per_s', 'prompt_tokens', 'cached_tokens',
  'completion_tokens', 'badge', 'finish', 'directions']);

export const message = record<Message>({
  id, session_id: id, turn_id: text,
  role: oneOf(['user', 'assistant', 'notice'] as const, 'notice'),
  content: words, status: messageStatus, created_at: count,
  reasoning: text, replaces: text, idempotency_key: text,
  detail: replyDetail, error: errorInfo, action,
}, ['turn_id', 'reasoning', 'replaces', 'idempotency_key', 'detail', 'error', 'action']);

export const session = record<Session>({
  id, title: words, created_at: count, updated_at: count, message_count: count,
  preview: words, running: or(flag, false), continues: text,
}, ['continues']);

export const subsystem = record<Subsystem>({
  name: text,
  health: oneOf(['up', 'loading', 'degraded', 'off'] as const, 'degraded'),
  detail: words, hint: words,
});

const modelEstimate = record<ModelEstimate>({
  download_s: number, download_basis: words, tokens_per_s: number, speed_basis: words, memory_note: words,
}, ['download_s', 'tokens_per_s']);

export const modelCard = record<ModelCard>({
  id, name: words, role: words, provider: words, place,
  state: oneOf(['absent', 'downloading', 'ready', 'loading', 'loaded', 'failed'] as const, 'absent'),
  active: or(flag, false),
  size_bytes: number, memory_bytes: number, licence: text, note: text, done_bytes: number,
  tokens_per_s: number, error: errorInfo, good_for: text, recommended: flag, estimate: modelEstimate,
  phase: text, seconds_left: number, waiting: list(id),
}, ['size_bytes', 'memory_bytes', 'licence', 'note', 'done_bytes', 'tokens_per_s', 'error', 'good_for',
  'recommended', 'estimate', 'phase', 'seconds_left', 'waiting']);

export const welcome = record<Welcome>({
  greeting: words, ask_name: or(flag, false), suggestions: list(text), person_name: words,
});

export const runningTurn = record<RunningTurn>({
  turn_id: id, session_id: id, message_id: id, state: turnState, text: words, reasoning: words,
});

export const bodySource = oneOf(['reply', 'emotion', 'reflex', 'person', 'rest'] as const, 'reply');
const bodyParams = record<BodyParams>(
  { speed: number, amount: number, times: number, direction: text }, ['speed', 'amount', 'times', 'direction']);
export const bodyAction = record<BodyAction>(
  { name: id, params: bodyParams, loop: flag }, ['params', 'loop']);
export const bodyExpression = record<BodyExpression>({ name: id, intensity: or(number, 1), ms: count });
export const bodyGaze = record<BodyGaze>({ kind: id, x: number, y: number, z: number }, ['x', 'y', 'z']);
export const bodyState = record<BodyState>({ pose: id, activity: words, valence: count, arousal: count });
