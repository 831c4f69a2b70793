// The voice socket of the fake server: hears by loudness, understands what the test scripted, and
// speaks tones. One talk for every connection; exactly one tab speaks.

import { new_id } from './world.mjs';
import { plan } from './replies.mjs';

const kRate = 24_000;
const kLoud = 0.02;
const kPiece_ms = 40;
/** no more than this ahead of what the page has played */
const kAhead_ms = 2000;

export class FakeVoice {
  constructor(world, turns, options = {}) {
    this.world = world;
    this.turns = turns;
    this.options = options;
    this.talks = new Set();
    /** what is understood next; the test may fill it */
    this.sentences = [...(options.sentences ?? [])];
    this.voice = options.chosen ?? '';
    this.log = [];
    this.played = [];
    this.heard = { loud_ms: 0, frames: 0, odd: 0 };
  }

  greet(socket) {
    const talk = new Talk(this, socket);
    this.talks.add(talk);
    socket.on('close', () => { talk.end(); this.talks.delete(talk); });
    socket.on('message', (data, binary) => (binary ? talk.hear(data) : talk.command(JSON.parse(String(data)))));
  }

  claim(talk) {
    for (const other of this.talks) {
      if (other !== talk) other.cancel('claimed');
      other.send({ type: 'voice.claimed', tab: talk.hello.tab });
    }
    this.speaking = talk;
  }

  /** Breaks every connection; while refusing, none can be made. */
  drop(refuse = false) { this.refusing = refuse; for (const talk of this.talks) talk.socket.terminate(); }
  allow() { this.refusing = false; }
  emit(event) { for (const talk of this.talks) talk.send(event); }

  /** Says something as if a person had asked. */
  say(text) { this.speaking?.speak(text, '', undefined); }
}

class Talk {
  constructor(house, socket) {
    Object.assign(this, { house, socket, samples: 0, loud: 0, quiet: 0, turn: 0, response: 0, state: 'listening', spoken: undefined, mode: 'continuous', asked: false });
    this.beat = setInterval(() => this.pump(), kPiece_ms / 2);
  }

  get t_ms() { return Math.round(this.samples / 16); }
  send(event) { if (this.socket.readyState === 1) this.socket.send(JSON.stringify(event)); }
  end() { clearInterval(this.beat); }

  command(c) {
    this.house.log.push(c);
    const act = {
      'voice.hello': () => {
        this.hello = c;
        this.mode = c.mode;
        this.session = c.session_id;
        if (!this.house.speaking || !this.house.talks.has(this.house.speaking)) this.house.speaking = this;
        this.ready();
        this.become('listening');
      },
      'voice.configure': () => {
        if (c.mode) this.mode = c.mode;
        if (c.voice) { this.house.voice = c.voice; this.ready(); }
        if (c.session_id !== undefined) this.session = c.session_id || undefined;
      },
      'voice.wake': () => this.speak('Hello, it is good to hear you. Say something, so that I know your voice.', '', undefined),
      'voice.try': () => this.speak(c.text ?? 'This is how I sound in this house.', '', undefined),
      'voice.talk': () => { this.down = c.down; if (!c.down) this.finish_turn(); },
      'voice.interrupt': () => this.cancel('button'),
      'voice.claim': () => this.house.claim(this),
      'voice.played': () => { this.house.played.push(c); if (this.spoken?.response === c.response) this.spoken.played = c.played_ms; },
    }[c.type];
    act?.();
  }

  ready() {
    const { options } = this.house;
    this.send({ type: 'voice.ready', output_rate: kRate, voice: this.house.voice || 'flite/slt', choice_needed: this.house.voice === '',
      recogniser: options.deaf ? '' : 'whisper tiny.en', wake_phrase: 'Hey Nook', speaking_tab: this.house.speaking === this,
      lacks: options.deaf ? [{ name: 'recogniser', hint: 'Run: loci models pull whisper-tiny.en' }] : [],
      ...(this.session ? { session_id: this.session } : {}),
      voices: [
        { id: 'piper/joe', name: 'Joe', language: 'en-us', terms: 'Made from a corpus whose terms restrict commercial use. For you at home it is free.', lacks: '' },
        { id: 'flite/slt', name: 'Flite', language: 'en-us', terms: '', lacks: '' },
        { id: 'piper/thorsten', name: 'Thorsten', language: 'de', terms: '', lacks: 'Its files are not here yet. Drop them into the folder voices.' },
      ] });
  }

  become(state) { if (this.state !== state) { this.state = state; this.send({ type: 'voice.state', state, t_ms: this.t_ms }); } }

  hear(data) {
    const count = data.length / 2;
    if (data.length !== 640) this.house.heard.odd += 1;
    this.house.heard.frames += 1;
    let sum = 0;
    for (let i = 0; i < count; i += 1) sum += (data.readInt16LE(i * 2) / 32768) ** 2;
    const rms = Math.sqrt(sum / count);
    const loud = rms > kLoud;
    this.samples += count;
    this.loud = loud ? this.loud + 20 : 0;
    this.quiet = loud ? 0 : this.quiet + 20;
    if (loud) this.house.heard.loud_ms += 20;
    if (this.house.heard.frames % 4 === 0) {
      this.send({ type: 'voice.probability', p: loud ? 0.94 : 0.03, level_dbfs: 20 * Math.log10(rms + 1e-5), t_ms: this.t_ms });
    }
    if (this.house.speaking !== this || this.house.options.deaf || this.house.options.still) return;
    if (this.spoken) return this.house.options.interruptible ? this.barge_in() : undefined;
    this.follow_turn();
  }

  follow_turn() {
    const silent = this.house.options.sentences && this.house.sentences.length === 0; // all was said
    if (!this.asked && !silent && this.loud >= 100 && this.state !== 'thinking') {
      this.asked = true;
      this.turn += 1;
      this.sentence = this.house.sentences.shift() ?? 'What can you do?';
      this.began = this.samples;
      this.send({ type: 'voice.speech_started', turn: this.turn, t_ms: this.t_ms });
      this.become('hearing');
    }
    if (!this.asked) return;
    const words = this.sentence.split(' ');
    const shown = Math.min(words.length, Math.floor((this.samples - this.began) / 16 / 220));
    if (shown > (this.shown ?? 0)) {
      this.shown = shown;
      this.transcript(words.slice(0, shown).join(' '), false);
    }
    if (this.quiet >= 500 && this.mode !== 'push') this.finish_turn();
  }

  transcript(text, final) {
    this.send({ type: 'voice.transcript', turn: this.turn, revision: final ? 99 : this.shown, text, final, confidence: final ? 0.93 : 0.6, language: 'en' });
  }

  finish_turn() {
    if (!this.asked) return;
    this.asked = false;
    this.shown = 0;
    this.send({ type: 'voice.speech_ended', turn: this.turn, t_ms: this.t_ms });
    this.send({ type: 'voice.question_ended', turn: this.turn, t_ms: this.t_ms });
    this.transcript(this.sentence, true);
    this.become('thinking');
    const { turn, sentence } = this;
    setTimeout(() => this.answer(turn, sentence), 250);
  }

  answer(turn, sentence) {
    const known = new Set(this.house.world.sessions.keys());
    this.house.turns.send({ type: 'message.send', text: sentence, idempotency_key: new_id('k'), ...(this.session ? { session_id: this.session } : {}) }, (event) => this.house.turns.emit(event));
    this.session ??= [...this.house.world.sessions.keys()].find((id) => !known.has(id));
    const message = this.house.turns.visible(this.session).at(-1);
    this.speak(plan(sentence).words.replaceAll('**', ''), this.session, message?.turn_id);
    this.send({ type: 'voice.latency', turn, stages: [
      { name: 'endpoint', ms: 96 + (turn % 3) * 12 }, { name: 'recogniser', ms: 148 + (turn % 4) * 9 }, { name: 'model', ms: 61 }, { name: 'voice', ms: 74 }, { name: 'first_sound', ms: 379 + (turn % 5) * 14 }] });
  }

  speak(text, session_id, turn_id) {
    this.cancel('words');
    const response = (this.response += 1);
    const segments = segments_of(text);
    const total = segments.at(-1).t_ms + segments.at(-1).dur_ms;
    this.spoken = { response, segments, total, sent: 0, told: 0, played: 0 };
    this.send({ type: 'voice.response_started', response, session_id, ...(turn_id ? { turn_id } : {}) });
    this.become('speaking');
  }

  pump() {
    const s = this.spoken;
    if (!s || s.held) return;
    while (s.sent < Math.min(s.total, s.played + kAhead_ms)) {
      const segment = s.segments.findLast((g) => g.t_ms <= s.sent);
      if (segment.segment >= s.told) {
        s.told = segment.segment + 1;
        this.send({ type: 'voice.segment', response: s.response, exact: true, ...segment });
      }
      this.socket.send(piece(s.response, segment, s.sent, Math.min(kPiece_ms, segment.t_ms + segment.dur_ms - s.sent)));
      s.sent += Math.min(kPiece_ms, segment.t_ms + segment.dur_ms - s.sent);
    }
    if (s.played >= s.total - 1) this.done('completed');
  }

  barge_in() {
    const s = this.spoken;
    if (!s.held && this.loud >= 80 && s.played > 200) {
      s.held = this.samples;
      this.send({ type: 'voice.pause', response: s.response });
      this.become('interrupted');
    }
    if (!s.held || this.samples - s.held < 16 * (this.house.options.hold_ms ?? 300)) return;
    if (this.loud > 0) return this.cancel('words');
    s.held = 0;
    this.send({ type: 'voice.resume', response: s.response, reason: 'backchannel' });
    this.become('speaking');
  }

  cancel(reason) {
    if (!this.spoken) return;
    this.send({ type: 'voice.cancel', response: this.spoken.response, reason });
    this.done('interrupted');
  }

  done(status) {
    const { response, played, segments } = this.spoken;
    this.spoken = undefined;
    const heard = segments.flatMap((g) => g.words.filter((w) => g.t_ms + w.t_ms + w.dur_ms <= played)).map((w) => w.text).join(' ');
    this.send({ type: 'voice.response_done', response, status, heard_ms: played, heard_text: heard });
    this.become('listening');
  }
}

/** Sentences, with words as long as their letters and a phoneme for each letter. */
function segments_of(text) {
  let t_ms = 0;
  return text.replace(/\s+/g, ' ').split(/(?<=[.!?:,]) /).slice(0, 12).map((sentence, segment) => {
    let at = 0;
    const words = sentence.split(' ').map((word) => {
      const made = { text: word, t_ms: at, dur_ms: 90 + word.length * 45 };
      at += made.dur_ms + 20;
      return made;
    });
    const phonemes = words.flatMap((w) => [...w.text.replace(/\W/g, '')].map((letter, i, all) => ({ ipa: letter.toLowerCase(), t_ms: Math.round(w.t_ms + (i * w.dur_ms) / all.length), dur_ms: Math.round(w.dur_ms / all.length) })));
    const made = { segment, text: sentence, t_ms, dur_ms: at + 120, words, phonemes };
    t_ms += made.dur_ms;
    return made;
  });
}

/** A tone for every word, each segment a little higher than the one before. */
function piece(response, segment, from_ms, ms) {
  const count = Math.round((ms * kRate) / 1000);
  const first = Math.round((from_ms * kRate) / 1000);
  const data = Buffer.alloc(12 + count * 2);
  data.writeUInt32LE(response, 0);
  data.writeUInt32LE(segment.segment, 4);
  data.writeUInt32LE(first, 8);
  const hz = 220 + segment.segment * 40;
  for (let i = 0; i < count; i += 1) {
    const at = ((first + i) * 1000) / kRate - segment.t_ms;
    const word = segment.words.find((w) => at >= w.t_ms && at < w.t_ms + w.dur_ms);
    const shape = word ? Math.sin((Math.PI * (at - word.t_ms)) / word.dur_ms) : 0;
    data.writeInt16LE(Math.round(9000 * shape * Math.sin((2 * Math.PI * hz * (first + i)) / kRate)), 12 + i * 2);
  }
  return data;
}
