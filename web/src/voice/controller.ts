// The page's half of talking: owns the connection, the sound and the state. Views subscribe to the
// state and call the methods; nothing here knows how it is drawn, or which browser plays it.

import type { KeyValue } from '../net/outbox';
import type { VoiceEvent } from '../protocol/voice_types';
import type { VoiceAudio } from './audio';
import { Ears } from './ears';
import { MicButton, type MicChange } from './mic_button';
import { configure_of, hello_of, type Identity } from './greeting';
import { load_preferences, type Preferences, save_preferences } from './preferences';
import { asleep, cut_off, reduce_talk, without_live, without_notice } from './reduce';
import { Speaker } from './speaker';
import { SpeechEvents } from './speech_events';
import { empty_talk, type Meters, type Talk } from './state';
import { TalkStore, type TalkListener } from './store';
import { notice, notice_of } from './trouble';
import { type BinarySocket, type VoiceLink, VoiceSocket } from './voice_socket';
import { all_good } from './wake_check';

export interface ControllerOptions extends Identity {
  url: string;
  storage: KeyValue | undefined;
  audio: VoiceAudio;
  /** the talk has made or taken up a conversation */
  on_session: (session_id: string) => void;
  open_socket?: (url: string) => BinarySocket;
  now?: () => number;
}

export class VoiceController {
  readonly speech: SpeechEvents;
  private readonly store: TalkStore;
  private readonly ears: Ears;
  private readonly options: ControllerOptions;
  private readonly socket: VoiceSocket;
  readonly speaker: Speaker;
  private readonly button = new MicButton();
  /** the greeting is still to be asked for */
  private greet = false;
  private attempt = 0;
  private readonly now: () => number;

  constructor(options: ControllerOptions) {
    this.options = options;
    this.now = options.now ?? Date.now;
    this.store = new TalkStore(empty_talk(load_preferences(options.storage)));
    this.ears = new Ears(this.store, (frame) => this.socket.send_audio(frame));
    this.speech = new SpeechEvents(() => options.audio.now());
    this.speaker = new Speaker({
      audio: options.audio, events: this.speech,
      on_played: (response, played_ms) => this.socket.send({ type: 'voice.played', response, played_ms }),
      on_sounding: (response) => this.sounding(response),
    });
    this.socket = new VoiceSocket({
      url: options.url, token: options.token, hello: () => hello_of(this.talk, options),
      on_event: (event) => this.receive(event),
      on_audio: (piece) => { if (this.talk.ours) this.speaker.play(piece); },
      on_link: (link) => this.linked(link),
      ...(options.open_socket ? { open: options.open_socket } : {}),
    });
  }

  get talk(): Talk {
    return this.store.talk;
  }

  get meters(): Meters {
    return this.ears.meters;
  }

  subscribe(listener: TalkListener): () => void {
    return this.store.subscribe(listener);
  }

  /** How far the response that sounds was heard. */
  heard_ms(): number {
    return this.talk.sounding === undefined ? 0 : this.speaker.heard_ms(this.talk.sounding);
  }

  /** The one click: sound, microphone, connection. To be called in the click itself; quietly: nobody asked (by_itself.ts). */
  async wake(how: 'aloud' | 'quietly' = 'aloud'): Promise<void> {
    if (this.talk.phase !== 'off') return;
    const attempt = (this.attempt += 1);
    this.store.set({ ...without_notice(this.talk), phase: 'waking' });
    try {
      await this.options.audio.unlock({
        on_frame: (frame, level) => this.ears.hear(frame, level),
        on_news: (news) => this.speaker.news(news),
        on_lost: () => this.store.patch({ notice: notice('mic_lost') }),
        on_devices: () => void this.look_for_devices(),
      });
      await this.open_microphone();
    } catch (error) {
      if (attempt !== this.attempt) return;
      this.options.audio.close();
      this.store.set(how === 'quietly' ? asleep(this.talk) : { ...asleep(this.talk), notice: notice_of(error) });
      return;
    }
    if (attempt !== this.attempt) return;
    this.greet = how === 'aloud';
    if (this.greet && !this.talk.preferences.checked) this.ears.begin_check();
    this.store.patch({ phase: 'awake' });
    this.socket.start();
    void this.look_for_devices();
  }

  sleep(): void {
    this.attempt += 1;
    this.speaker.clear();
    this.socket.stop();
    this.options.audio.close();
    this.ears.end();
    this.store.set(asleep(this.talk));
  }

  press = (): void => this.follow(this.button.down(this.talk, this.now()));

  release = (): void => this.follow(this.button.up(this.talk, this.now()));

  /** Silent at once, whatever was being said; true when there was something to silence. */
  interrupt(): boolean {
    const busy = this.speaker.sounds || ['thinking', 'speaking', 'interrupted'].includes(this.talk.activity);
    if (this.talk.phase !== 'awake' || !busy) return false;
    this.speaker.cancel_all();
    this.socket.send({ type: 'voice.interrupt' });
    this.store.patch({ held: false, activity: 'listening' });
    return true;
  }

  claim(): void {
    this.socket.send({ type: 'voice.claim' });
  }

  prefer(change: Partial<Preferences>): void {
    const preferences = { ...this.talk.preferences, ...change };
    save_preferences(this.options.storage, preferences);
    this.store.patch({ preferences });
    const configure = configure_of(change);
    if (configure) this.socket.send(configure);
    if (change.mode !== undefined) this.end_talk();
  }

  async use_input(id: string): Promise<void> {
    this.prefer({ input: id });
    if (this.talk.phase !== 'awake') return;
    await this.open_microphone().then(
      () => this.store.set(without_notice(this.talk)),
      (error: unknown) => this.store.patch({ notice: notice_of(error) }),
    );
  }

  async use_output(id: string): Promise<void> {
    this.prefer({ output: id });
    await this.options.audio.use_output(id || undefined).catch(() => undefined);
  }

  try_voice(voice: string, speed = this.talk.preferences.speed): void {
    this.speaker.cancel_all();
    if (this.socket.send({ type: 'voice.try', voice, speed })) this.store.patch({ trying: voice });
  }

  /** The first choice was made, or put off: then flite goes on speaking. */
  choose(voice: string | undefined): void {
    this.speaker.cancel_all();
    this.store.patch({ choosing: false });
    if (voice) {
      this.prefer({ voice });
      this.store.patch({ voice, choice_needed: false });
    }
    this.say_hello();
  }

  ask_for_choice(): void {
    this.store.patch({ choosing: true });
  }

  check_again(): void {
    this.ears.begin_check();
    this.socket.send({ type: 'voice.wake' });
  }

  dismiss(what: 'notice' | 'findings'): void {
    if (what === 'notice') this.store.set(without_notice(this.talk));
    else this.ears.end_check();
  }

  follow_session(session_id: string | undefined): void {
    if (this.talk.phase !== 'awake' || session_id === this.talk.session_id) return;
    const { session_id: _, ...rest } = without_live(this.talk);
    this.store.set({ ...rest, ...(session_id ? { session_id } : {}) });
    this.socket.send({ type: 'voice.configure', session_id: session_id ?? '' });
  }

  /** What was said has become a message: it stands in the conversation now. */
  said(): void {
    if (this.talk.live?.final) this.store.set(without_live(this.talk));
  }

  private receive(event: VoiceEvent): void {
    this.speaker.obey(event);
    switch (event.type) {
      case 'voice.probability':
        if (all_good(this.ears.measure(event.p))) this.prefer({ checked: true });
        return;
      case 'voice.transcript': this.ears.understood(event.text); break;
      case 'voice.claimed': return this.claimed(event.tab === this.options.tab);
      case 'voice.response_started': this.take_up(event.session_id); break;
      default:
    }
    this.store.set(reduce_talk(this.talk, event));
    if (event.type !== 'voice.ready') return;
    this.speaker.expect(event.output_rate);
    this.begin();
  }

  /** What a tab does first that may speak: not before another one has given way. */
  private begin(): void {
    if (!this.greet || !this.talk.ours) return;
    if (this.talk.choice_needed && this.talk.voices.filter((v) => !v.lacks).length > 1) this.ask_for_choice();
    else this.say_hello();
  }

  private say_hello(): void {
    if (!this.greet) return;
    this.greet = false;
    this.socket.send({ type: 'voice.wake' });
  }

  private take_up(session_id: string): void {
    if (!session_id) return;
    this.store.patch({ session_id });
    this.options.on_session(session_id);
  }

  private claimed(ours: boolean): void {
    if (!ours) this.speaker.clear();
    this.store.set(ours ? { ...this.talk, ours } : { ...cut_off(this.talk), ours });
    this.begin();
  }

  private linked(link: VoiceLink): void {
    if (link === 'online') {
      this.speaker.begin();
      if (this.talk.muted) this.socket.send({ type: 'voice.configure', muted: true });
      return this.store.patch({ link });
    }
    if (link === 'connecting') return this.store.patch({ link });
    this.speaker.clear();
    this.store.set({ ...cut_off(this.talk), link });
    if (link === 'offline' || link === 'off') return;
    // A wake phrase that is no longer set is the one wish that a server refuses to begin with.
    if (link === 'refused' && this.talk.preferences.mode === 'wake') {
      this.prefer({ mode: 'continuous' });
      this.store.patch({ notice: notice('no_wake_phrase') });
      return this.socket.start();
    }
    this.sleep();
    this.store.patch({ link, notice: notice('no_server') });
  }

  private sounding(response: number | undefined): void {
    if (response === this.talk.sounding) return;
    const { sounding: _, ...rest } = this.talk;
    if (response !== undefined) return this.store.set({ ...rest, sounding: response });
    const { trying: __, ...done } = rest;
    this.store.set({ ...done, segments: [] });
  }

  private follow(wish: MicChange): void {
    if (this.talk.phase !== 'awake' || wish === 'none') return;
    if (wish === 'mute' || wish === 'unmute') {
      const muted = wish === 'mute';
      this.socket.send({ type: 'voice.configure', muted });
      return this.store.patch({ muted });
    }
    if (wish === 'end_talk') return this.end_talk();
    this.interrupt();
    this.socket.send({ type: 'voice.talk', down: true });
    this.store.patch({ talking: true });
  }

  private end_talk(): void {
    if (!this.talk.talking) return;
    this.socket.send({ type: 'voice.talk', down: false });
    this.store.patch({ talking: false });
  }

  private async open_microphone(): Promise<void> {
    const microphone = await this.options.audio.open_microphone(this.talk.preferences.input);
    this.ears.begin();
    this.store.patch({ microphone });
    const { output } = this.talk.preferences;
    if (output) await this.options.audio.use_output(output).catch(() => undefined);
  }

  private look_for_devices(): Promise<void> {
    return this.options.audio.devices().then((devices) => this.store.patch({ devices }));
  }
}
