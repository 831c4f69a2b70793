// The connection that carries sound: opens it, greets, and opens it again with back-off while it is
// wanted. Text frames are commands and events, binary frames are samples.

import { Backoff } from '../net/backoff';
import type { SocketLike } from '../net/socket';
import { decode_voice_event } from '../protocol/voice_decode';
import type { VoiceCommand, VoiceEvent, VoiceHello } from '../protocol/voice_types';
import { decode_audio, type AudioPiece } from './frames';

export interface BinarySocket extends Omit<SocketLike, 'send'> {
  binaryType: BinaryType;
  bufferedAmount: number;
  send(data: string | ArrayBuffer): void;
}

/** login: a key is needed. absent: this server does not talk (or is too old to). refused: not with this greeting. */
export type VoiceLink = 'off' | 'connecting' | 'online' | 'offline' | 'login' | 'absent' | 'refused';

export interface VoiceSocketOptions {
  url: string;
  token: () => string | undefined;
  hello: () => VoiceHello;
  on_event: (event: VoiceEvent) => void;
  on_audio: (piece: AudioPiece) => void;
  on_link: (link: VoiceLink) => void;
  open?: (url: string) => BinarySocket;
  backoff?: Backoff;
}

const kOpen = 1;
const kLogin = 4001;
/** page and server are of different times, or do not understand each other */
const kStale = 4002;
const kRefused = 4003;
const kNoAnswer = 12_000;
/** frames of 20 ms */
const kJammed = 500;
/** Sound that could not be sent is worth nothing later: about a second of it. */
const kMostWaiting = 32_000;
/** So often in a row without a greeting means that nobody is there who could talk. */
const kFutile = 3;

export class VoiceSocket {
  private socket: BinarySocket | undefined;
  private reconnect: ReturnType<typeof setTimeout> | undefined;
  private watch: ReturnType<typeof setTimeout> | undefined;
  private greeted = false;
  private futile = 0;
  /** it has answered once: then it is only away, however long */
  private known = false;
  private jammed = 0;
  private readonly options: VoiceSocketOptions;
  private readonly backoff: Backoff;

  constructor(options: VoiceSocketOptions) {
    this.options = options;
    this.backoff = options.backoff ?? new Backoff();
  }

  start(): void {
    this.drop();
    this.futile = 0;
    this.known = false;
    this.connect();
  }

  stop(): void {
    this.drop();
    this.options.on_link('off');
  }

  send(command: VoiceCommand): boolean {
    if (!this.greeted || this.socket?.readyState !== kOpen) return false;
    this.socket.send(JSON.stringify(command));
    return true;
  }

  send_audio(frame: ArrayBuffer): void {
    if (!this.greeted || this.socket?.readyState !== kOpen) return;
    if (this.socket.bufferedAmount < kMostWaiting) {
      this.jammed = 0;
      this.socket.send(frame);
      return;
    }
    // A laptop that slept leaves sockets that look open, and take nothing any more.
    this.jammed += 1;
    if (this.jammed > kJammed) this.closed(1006);
  }

  private connect(): void {
    const token = this.options.token();
    const url = token ? `${this.options.url}?token=${encodeURIComponent(token)}` : this.options.url;
    this.options.on_link('connecting');
    const socket = (this.options.open ?? ((u) => new WebSocket(u)))(url);
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    this.greeted = false;
    socket.onopen = () => {
      socket.send(JSON.stringify(this.options.hello()));
      this.watch = setTimeout(() => this.closed(1006), kNoAnswer);
    };
    socket.onmessage = (e: { data: unknown }) => this.receive(e.data);
    socket.onclose = (e: { code?: number }) => this.closed(e?.code ?? 1006);
    socket.onerror = () => {}; // a close always follows
  }

  private receive(data: unknown): void {
    if (data instanceof ArrayBuffer) {
      const piece = decode_audio(data);
      if (piece && this.greeted) this.options.on_audio(piece);
      return;
    }
    const event = decode_voice_event(data);
    if (!event) return;
    if (event.type === 'voice.ready') {
      this.welcome();
    }
    this.options.on_event(event);
  }

  /** It comes again whenever something changes; only the first one greets. */
  private welcome(): void {
    if (this.greeted) return;
    this.greeted = this.known = true;
    this.jammed = 0;
    clearTimeout(this.watch);
    this.backoff.reset();
    this.options.on_link('online');
  }

  private closed(code: number): void {
    this.drop();
    if (code === kLogin) return this.options.on_link('login');
    this.futile += 1;
    if (code === kRefused) return this.options.on_link('refused');
    if (code === kStale || (!this.known && this.futile >= kFutile)) return this.options.on_link('absent');
    this.options.on_link('offline');
    this.reconnect = setTimeout(() => this.connect(), this.backoff.next());
  }

  private drop(): void {
    clearTimeout(this.reconnect);
    clearTimeout(this.watch);
    const socket = this.socket;
    this.socket = undefined;
    this.greeted = false;
    if (!socket) return;
    socket.onopen = socket.onclose = socket.onmessage = null;
    socket.close();
  }
}
