// The page's half of the conversation with the server: owns the socket, the outbox and the state.
// Views subscribe to the state and call the methods; nothing here knows how it is drawn.

import { Outbox, type KeyValue, type OutboxEntry } from '../net/outbox';
import { ServerSocket, type Position, type SocketLike } from '../net/socket';
import type { Action, BodyAck, BodyDirective, BodyStateChanged, BodyStage, Event, StageChanged, UiCommand } from '../protocol/types';
import { empty_state, reduce } from './reduce';
import type { LocalEvent, Outgoing, State } from './state';

export interface CompanionOptions {
  url: string;
  pageVersion: string;
  token: () => string | undefined;
  storage: KeyValue | undefined;
  on_ui_command: (command: UiCommand) => void;
  /** a conversation has been made and is on screen */
  on_opened: (session_id: string) => void;
  open_socket?: (url: string) => SocketLike;
  new_key?: () => string;
  now?: () => number;
}

export type Listener = (state: State, cause: (Event | LocalEvent)['type']) => void;

export type StageEvent = BodyDirective | BodyStateChanged | StageChanged;
export type BodyListener = (event: StageEvent) => void;

export class Companion {
  private current: State = empty_state;
  private readonly listeners = new Set<Listener>();
  private readonly bodies = new Set<BodyListener>();
  /** what a stage on this page said of itself; said again after a new connection */
  private stage: BodyStage | undefined;
  private readonly outbox: Outbox;
  private readonly socket: ServerSocket;
  private readonly options: CompanionOptions;
  /** the conversation that the newest greeting named: its snapshot or the missed events follow */
  private asked: string | undefined;

  constructor(options: CompanionOptions) {
    this.options = options;
    this.outbox = new Outbox(options.storage);
    for (const entry of this.outbox.pending()) this.apply({ type: 'local.send', outgoing: shown(entry) });
    // What was left over from an earlier visit does not take the screen.
    this.apply({ type: 'local.open', session_id: undefined });
    this.socket = new ServerSocket({
      url: options.url, pageVersion: options.pageVersion, token: options.token,
      position: () => this.position(),
      on_event: (event) => this.receive(event),
      on_link: (link) => this.apply({ type: 'local.link', link }),
      ...(options.open_socket ? { open: options.open_socket } : {}),
    });
  }

  get state(): State {
    return this.current;
  }

  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Hears what the body is to do, as it comes. */
  follow_body(listener: BodyListener): () => void {
    this.bodies.add(listener);
    return () => this.bodies.delete(listener);
  }

  /** What a stage has to say. False: the server cannot be reached. */
  tell_body(command: BodyStage | BodyAck): boolean {
    if (command.type === 'body.stage') this.stage = command;
    return this.socket.send(command);
  }

  start(): void {
    this.socket.start();
  }

  stop(): void {
    this.socket.stop();
  }

  nudge(): void {
    this.socket.nudge();
  }

  open(session_id: string | undefined): void {
    if (session_id === this.current.open && session_id !== undefined) return;
    this.apply({ type: 'local.open', session_id });
    if (session_id !== undefined) this.socket.send({ type: 'session.open', session_id });
  }

  send(text: string): void {
    const entry: OutboxEntry = {
      command: { type: 'message.send', text, idempotency_key: this.key() }, created_at: this.now(),
    };
    if (this.current.open !== undefined) {
      entry.command = { ...entry.command, type: 'message.send', session_id: this.current.open };
    } else if (this.current.draft !== undefined && this.outbox.has(this.current.draft)) {
      entry.after = this.current.draft;
    }
    this.dispatch(entry);
  }

  edit(message_id: string, session_id: string, text: string): void {
    const entry: OutboxEntry = {
      command: { type: 'message.edit', message_id, text, idempotency_key: this.key() },
      created_at: this.now(),
    };
    this.dispatch(entry, session_id);
  }

  /** Sends a refused message once more, as a new one. */
  send_again(outgoing: Outgoing): void {
    this.discard(outgoing.key);
    if (outgoing.replaces && outgoing.session_id) {
      this.edit(outgoing.replaces, outgoing.session_id, outgoing.text);
    } else {
      this.send(outgoing.text);
    }
  }

  discard(key: string): void {
    this.outbox.settle(key);
    this.apply({ type: 'local.discard', key });
  }

  stop_turn(): void {
    const session_id = this.current.open;
    if (session_id !== undefined && !this.socket.send({ type: 'turn.stop', session_id })) this.say_offline();
  }

  retry(model?: string): void {
    const session_id = this.current.open;
    if (session_id === undefined) return;
    const sent = this.socket.send({
      type: 'turn.retry', session_id, idempotency_key: this.key(), ...(model ? { model } : {}),
    });
    if (!sent) this.say_offline();
  }

  toast(level: string, text: string, action?: Action): void {
    this.apply({ type: 'local.toast', level, text, ...(action ? { action } : {}) });
  }

  apply(event: Event | LocalEvent): void {
    const next = reduce(this.current, event);
    if (next === this.current) return;
    this.current = next;
    for (const listener of this.listeners) listener(next, event.type);
  }

  private receive(event: Event): void {
    const before = this.current.open;
    this.apply(event);
    if (event.type === 'ready') this.after_ready(event.resumed);
    else if (event.type === 'message.accepted') this.after_accepted(event.message);
    else if (event.type === 'command.failed' && event.idempotency_key) {
      this.outbox.settle(event.idempotency_key);
      const head = this.outbox.promote(event.idempotency_key);
      if (head) this.socket.send(head.command);
    } else if (event.type === 'ui.command') this.options.on_ui_command(event);
    else if (event.type === 'body.directive' || event.type === 'body.state' || event.type === 'stage.changed') this.tell_stage(event);
    else if (event.type === 'session.snapshot' && event.body) {
      this.tell_stage({ type: 'body.state', session_id: event.session.id, body: event.body });
    }
    if (this.current.open !== undefined && this.current.open !== before) {
      this.options.on_opened(this.current.open);
    }
  }

  private tell_stage(event: StageEvent): void {
    for (const listener of this.bodies) listener(event);
  }

  private after_ready(resumed: boolean): void {
    if (this.stage) this.socket.send(this.stage);
    const open = this.current.open;
    const chat = open === undefined ? undefined : this.current.chats[open];
    // A conversation opened after the greeting left is asked for now; resumed are only the events
    // since then, so one that was never read needs a snapshot, too.
    const read = open === this.asked && (!resumed || chat?.fresh === true);
    if (open !== undefined && !read) this.socket.send({ type: 'session.open', session_id: open });
    for (const entry of this.outbox.pending()) if (!entry.after) this.socket.send(entry.command);
  }

  private after_accepted(message: { idempotency_key?: string; session_id: string }): void {
    const key = message.idempotency_key;
    if (!key || !this.outbox.settle(key)) return;
    for (const entry of this.outbox.release(key, message.session_id)) this.socket.send(entry.command);
  }

  private dispatch(entry: OutboxEntry, session_id?: string): void {
    if (!this.outbox.put(entry) && this.options.storage) {
      this.toast('warning', 'This browser does not let Loci keep unsent messages: do not reload while offline.');
    }
    this.apply({ type: 'local.send', outgoing: shown(entry, session_id) });
    if (!entry.after) this.socket.send(entry.command);
  }

  private say_offline(): void {
    this.toast('warning', 'The server cannot be reached just now; the page connects again by itself.');
  }

  private position(): Position {
    const { epoch, last_seq, open } = this.current;
    this.asked = open;
    return {
      ...(epoch ? { epoch, last_seq } : {}),
      ...(open !== undefined ? { session_id: open } : {}),
    };
  }

  private key(): string {
    return this.options.new_key?.() ?? random_key();
  }

  private now(): number {
    return this.options.now?.() ?? Date.now();
  }
}

function shown(entry: OutboxEntry, session_id?: string): Outgoing {
  const { command, created_at, after } = entry;
  const outgoing: Outgoing = { key: command.idempotency_key, text: command.text, created_at };
  if (command.type === 'message.edit') outgoing.replaces = command.message_id;
  const of = session_id ?? (command.type === 'message.send' ? command.session_id : undefined);
  if (of !== undefined) outgoing.session_id = of;
  if (after) outgoing.draft = after;
  return outgoing;
}

/** crypto.randomUUID exists on https and localhost only; a page on the home network has neither. */
function random_key(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}
