// The one connection to the server: opens it, greets with where we left off, keeps it alive and
// opens it again with back-off. Knows nothing of what the events mean.

import { decodeEvent } from '../protocol/decode';
import { PROTOCOL_VERSION, type Command, type Event, type Hello } from '../protocol/types';
import { Backoff } from './backoff';

/** login: a key is needed. stale: the page is older than the server. */
export type LinkState = 'connecting' | 'online' | 'offline' | 'login' | 'stale';

export interface Position {
  epoch?: string;
  last_seq?: number;
  session_id?: string;
}

export interface SocketLike {
  readyState: number;
  send(data: string): void;
  close(): void;
  onopen: ((e: any) => void) | null;
  onclose: ((e: any) => void) | null;
  onmessage: ((e: any) => void) | null;
  onerror: ((e: any) => void) | null;
}

export interface SocketOptions {
  url: string;
  pageVersion: string;
  token: () => string | undefined;
  position: () => Position;
  on_event: (event: Event) => void;
  on_link: (state: LinkState) => void;
  open?: (url: string) => SocketLike;
  backoff?: Backoff;
}

export class ServerSocket {
  private socket: SocketLike | undefined;
  private reconnect: ReturnType<typeof setTimeout> | undefined;
  private beat: ReturnType<typeof setInterval> | undefined;
  private heard = 0;
  private greeted = false;
  private readonly options: SocketOptions;
  private readonly backoff: Backoff;

  constructor(options: SocketOptions) {
    this.options = options;
    this.backoff = options.backoff ?? new Backoff();
  }

  start(): void {
    this.stop();
    this.connect();
  }

  stop(): void {
    clearTimeout(this.reconnect);
    clearInterval(this.beat);
    this.drop();
  }

  /** The machine woke up, the network came back, the tab is looked at again: try at once. */
  nudge(): void {
    if (this.socket && this.socket.readyState <= kOpen) return;
    this.backoff.reset();
    this.start();
  }

  /** False when there is no greeted connection; durable commands wait in the outbox. */
  send(command: Command): boolean {
    if (!this.greeted || this.socket?.readyState !== kOpen) return false;
    this.socket.send(JSON.stringify(command));
    return true;
  }

  private connect(): void {
    const token = this.options.token();
    const url = token ? `${this.options.url}?token=${encodeURIComponent(token)}` : this.options.url;
    this.options.on_link('connecting');
    const socket = (this.options.open ?? ((u) => new WebSocket(u)))(url);
    this.socket = socket;
    this.greeted = false;
    socket.onopen = () => {
      this.heard = Date.now();
      socket.send(JSON.stringify(this.hello(token)));
      this.beat = setInterval(() => this.keep_alive(), kBeat);
    };
    socket.onmessage = (e: { data: unknown }) => this.receive(e.data);
    socket.onclose = (e: { code?: number }) => this.closed(e?.code ?? 1006);
    socket.onerror = () => {}; // a close always follows
  }

  private hello(token: string | undefined): Hello {
    const hello: Hello = {
      type: 'hello', protocol: PROTOCOL_VERSION, page_version: this.options.pageVersion,
      ...this.options.position(),
    };
    if (token) hello.token = token;
    return hello;
  }

  private receive(data: unknown): void {
    this.heard = Date.now();
    const event = decodeEvent(data);
    if (!event) return;
    if (event.type === 'ready') {
      this.greeted = true;
      this.backoff.reset();
      this.options.on_event(event);
      this.options.on_link('online');
      return;
    }
    if (event.type !== 'pong') this.options.on_event(event);
  }

  private closed(code: number): void {
    clearInterval(this.beat);
    this.socket = undefined;
    this.greeted = false;
    if (code === kCloseLogin) return this.options.on_link('login');
    if (code === kCloseStale) return this.options.on_link('stale');
    this.options.on_link('offline');
    this.reconnect = setTimeout(() => this.connect(), this.backoff.next());
  }

  /** A laptop that slept leaves sockets that look open: silence after a ping means gone. */
  private keep_alive(): void {
    if (Date.now() - this.heard > kBeat * 2.5) {
      this.drop();
      this.closed(1006);
      return;
    }
    this.send({ type: 'ping' });
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = undefined;
    this.greeted = false;
    if (!socket) return;
    socket.onopen = socket.onclose = socket.onmessage = null;
    socket.close();
  }
}

const kOpen = 1;
const kBeat = 15_000;
const kCloseLogin = 4001;
const kCloseStale = 4002;
