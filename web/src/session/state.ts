// What the page knows. Plain immutable data: every change makes a new object along its path, so
// that a view can compare by identity.

import type { LinkState } from '../net/socket';
import type {
  Action, ErrorInfo, Message, ModelCard, Place, Session, Subsystem, TurnState, Welcome,
} from '../protocol/types';

/** A message that the server has not acknowledged yet, or has refused (error). */
export interface Outgoing {
  key: string;
  text: string;
  created_at: number;
  session_id?: string;
  /** key of the message that makes the conversation, while it has no id */
  draft?: string;
  /** the message that this one replaces */
  replaces?: string;
  error?: ErrorInfo;
}

/** The reply that is being made. */
export interface Running {
  turn_id: string;
  message_id: string;
  state: TurnState;
  text: string;
  reasoning: string;
  provider: string;
  model: string;
  place?: Place;
  waited_ms: number;
  /** why the text so far was withdrawn */
  withdrawn?: string;
}

export interface Chat {
  session_id: string;
  messages: readonly Message[];
  has_more: boolean;
  /** the server's snapshot has come since the last connection */
  fresh: boolean;
  running?: Running;
  queued: readonly string[];
  /** a turn whose question was edited away while it ran: its reply belongs nowhere */
  dropped_turn?: string;
  /** the next turn answers the newest message again: its old reply goes when that turn starts */
  retrying: boolean;
}

export interface Toast {
  id: number;
  level: string;
  text: string;
  action?: Action;
}

export interface State {
  link: LinkState;
  /** the first ready has come */
  greeted: boolean;
  epoch: string;
  version: string;
  last_seq: number;
  sessions: readonly Session[];
  subsystems: readonly Subsystem[];
  models: readonly ModelCard[];
  /** what other programs on this machine serve and nobody has taken up yet */
  offers: readonly ModelCard[];
  welcome: Welcome;
  /** conversation on screen; undefined: a new one */
  open?: string;
  /** key of the message that is making the conversation on screen */
  draft?: string;
  chats: Readonly<Record<string, Chat>>;
  outgoing: readonly Outgoing[];
  toasts: readonly Toast[];
  next_toast: number;
}

export const empty_state: State = {
  link: 'connecting', greeted: false, epoch: '', version: '', last_seq: 0,
  sessions: [], subsystems: [], models: [], offers: [],
  welcome: { greeting: '', ask_name: false, suggestions: [], person_name: '' },
  chats: {}, outgoing: [], toasts: [], next_toast: 1,
};

/** What happens on this side. */
export type LocalEvent =
  | { type: 'local.link'; link: LinkState }
  | { type: 'local.open'; session_id: string | undefined }
  | { type: 'local.send'; outgoing: Outgoing }
  | { type: 'local.discard'; key: string }
  | { type: 'local.history'; session_id: string; messages: Message[]; has_more: boolean }
  | { type: 'local.cleared'; session_id: string }
  | { type: 'local.toast'; level: string; text: string; action?: Action }
  | { type: 'local.toast_gone'; id: number };
