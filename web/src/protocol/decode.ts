// From a frame of the socket to an Event. Whatever cannot be understood gives `undefined`: a newer
// server may send kinds that this page does not know, and a broken frame must not break the page.

import {
  action, bodyAction, bodyExpression, bodyGaze, bodySource, bodyState, errorInfo, message, modelCard, place, runningTurn, session, subsystem, turnState, welcome,
} from './records';
import { type Decoder, flag, id, list, literal, number, or, record, text } from './shape';
import type * as T from './types';

type Kind = T.Event['type'];
type OfKind<K extends Kind> = Extract<T.Event, { type: K }>;

const seq = number;
const words = or(text, '');
const count = or(number, 0);
const of = { session_id: id, turn_id: id };

const events: { [K in Kind]: Decoder<OfKind<K>> } = {
  ready: record<T.Ready>({
    type: literal('ready'), seq, protocol: count, version: words, epoch: words,
    resumed: or(flag, false), sessions: list(session), subsystems: list(subsystem),
    models: list(modelCard),
    welcome: or(welcome, { greeting: '', ask_name: false, suggestions: [], person_name: '' }),
    offers: list(modelCard),
  }, ['seq', 'offers']),
  'session.snapshot': record<T.SessionSnapshot>({
    type: literal('session.snapshot'), seq, session, messages: list(message),
    has_more: or(flag, false), running: runningTurn, queued: list(id),
    body: bodyState,
  }, ['seq', 'running', 'body']),
  'session.changed': record<T.SessionChanged>(
    { type: literal('session.changed'), seq, session }, ['seq']),
  'session.deleted': record<T.SessionDeleted>(
    { type: literal('session.deleted'), seq, session_id: id }, ['seq']),
  'status.changed': record<T.StatusChanged>(
    { type: literal('status.changed'), seq, subsystems: list(subsystem) }, ['seq']),
  'models.changed': record<T.ModelsChanged>(
    { type: literal('models.changed'), seq, models: list(modelCard), offers: list(modelCard) }, ['seq', 'offers']),
  notice: record<T.Notice>({
    type: literal('notice'), seq, session_id: id, level: or(text, 'info'), text, action,
  }, ['seq', 'session_id', 'action']),
  'ui.command': record<T.UiCommand>({
    type: literal('ui.command'), seq, session_id: id, name: text, value: words,
  }, ['seq', 'session_id']),
  pong: record<T.Pong>({ type: literal('pong'), seq }, ['seq']),
  'command.failed': record<T.CommandFailed>({
    type: literal('command.failed'), seq, command: words, idempotency_key: text, error: errorInfo,
  }, ['seq', 'idempotency_key']),
  'message.accepted': record<T.MessageAccepted>(
    { type: literal('message.accepted'), seq, message, position: count }, ['seq']),
  'turn.started': record<T.TurnStarted>({
    type: literal('turn.started'), seq, ...of, message_id: id, waited_ms: count,
  }, ['seq']),
  'turn.state': record<T.TurnStateChanged>({
    type: literal('turn.state'), seq, ...of, state: turnState, provider: words, model: words, place,
  }, ['seq']),
  'reply.delta': record<T.ReplyDelta>({ type: literal('reply.delta'), seq, ...of, text }, ['seq']),
  'reasoning.delta': record<T.ReasoningDelta>(
    { type: literal('reasoning.delta'), seq, ...of, text }, ['seq']),
  'reply.reset': record<T.ReplyReset>(
    { type: literal('reply.reset'), seq, ...of, reason: words }, ['seq']),
  'turn.ended': record<T.TurnEnded>({
    type: literal('turn.ended'), seq, ...of, state: turnState, message, error: errorInfo,
  }, ['seq', 'message', 'error']),
  'queue.changed': record<T.QueueChanged>(
    { type: literal('queue.changed'), seq, session_id: id, queued: list(id) }, ['seq']),
  'body.state': record<T.BodyStateChanged>(
    { type: literal('body.state'), seq, session_id: id, body: bodyState }, ['seq']),
  'stage.changed': record<T.StageChanged>({ type: literal('stage.changed'), seq }, ['seq']),
  'body.directive': record<T.BodyDirective>({
    type: literal('body.directive'), seq, id: number, session_id: id, turn_id: id, offset: number, after: number, spoken: flag,
    source: bodySource, action: bodyAction, expression: bodyExpression, gaze: bodyGaze, camera: id,
    background: id, dialogue: text,
  }, ['seq', 'session_id', 'turn_id', 'offset', 'after', 'spoken', 'action', 'expression', 'gaze', 'camera', 'background', 'dialogue']),
};

export function decodeEvent(frame: unknown): T.Event | undefined {
  if (typeof frame !== 'string') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const kind = (value as { type?: unknown }).type;
  if (typeof kind !== 'string' || !Object.hasOwn(events, kind)) return undefined;
  return events[kind as Kind](value);
}
