// Conversations of the fake server: queueing, streaming, stopping, editing.

import { new_id } from './world.mjs';
import { plan, reply_detail } from './replies.mjs';

const wait = (ms, signal) => new Promise((resolve) => {
  const done = () => { clearTimeout(timer); signal.removeEventListener('abort', done); resolve(); };
  const timer = setTimeout(done, ms);
  signal.addEventListener('abort', done);
});

export class Turns {
  constructor(world, emit) {
    this.world = world;
    this.emit = emit;
    this.running = new Map(); // session id -> {turn, abort}
    this.queues = new Map(); // session id -> [message]
  }

  snapshot(id) {
    const session = this.world.sessions.get(id);
    if (!session) return undefined;
    const messages = this.visible(id);
    const run = this.running.get(id);
    return { type: 'session.snapshot', session, messages: messages.slice(-100), has_more: messages.length > 100,
      queued: this.queue(id).map((m) => m.id), ...(run ? { running: run.turn } : {}) };
  }

  visible(id) { return this.world.messages.get(id) ?? []; }
  queue(id) { if (!this.queues.has(id)) this.queues.set(id, []); return this.queues.get(id); }

  touch(id, change) {
    const session = { ...this.world.sessions.get(id), ...change, updated_at: Date.now() };
    session.message_count = this.visible(id).length;
    this.world.sessions.set(id, session);
    this.emit({ type: 'session.changed', session });
  }

  send(command, reply) {
    const known = this.world.keys.get(command.idempotency_key);
    if (known) return reply({ type: 'message.accepted', message: known, position: 0 });
    if (command.text.toLowerCase().includes('refuse')) {
      return reply({ type: 'command.failed', command: command.type, idempotency_key: command.idempotency_key,
        error: { code: 'too_large', message: 'That message is too long.', hint: 'Send it in two parts.' } });
    }
    let id = command.session_id;
    if (id && !this.world.sessions.has(id)) {
      return reply({ type: 'command.failed', command: command.type, idempotency_key: command.idempotency_key,
        error: { code: 'not_found', message: 'That conversation is gone.', hint: 'Start a new one.' } });
    }
    if (!id) {
      id = new_id('s');
      const now = Date.now();
      this.world.sessions.set(id, { id, title: '', created_at: now, updated_at: now, message_count: 0, preview: '', running: false });
      this.world.messages.set(id, []);
    }
    const busy = this.running.has(id);
    const message = { id: new_id('m'), session_id: id, role: 'user', content: command.text,
      status: busy ? 'queued' : 'complete', created_at: Date.now(), turn_id: new_id('t'), idempotency_key: command.idempotency_key };
    this.store(message);
    if (busy) this.queue(id).push(message);
    reply({ type: 'message.accepted', message, position: busy ? this.queue(id).length : 0 });
    this.touch(id, { preview: command.text.slice(0, 80) });
    if (busy) this.emit({ type: 'queue.changed', session_id: id, queued: this.queue(id).map((m) => m.id) });
    else void this.run(message);
  }

  edit(command, reply) {
    const known = this.world.keys.get(command.idempotency_key);
    if (known) return reply({ type: 'message.accepted', message: known, position: 0 });
    for (const [id, messages] of this.world.messages) {
      const at = messages.findIndex((m) => m.id === command.message_id);
      if (at < 0) continue;
      this.stop(id);
      messages.length = at;
      const message = { id: new_id('m'), session_id: id, role: 'user', content: command.text, status: 'complete',
        created_at: Date.now(), turn_id: new_id('t'), idempotency_key: command.idempotency_key, replaces: command.message_id };
      this.store(message);
      reply({ type: 'message.accepted', message, position: 0 });
      return void this.run(message);
    }
    reply({ type: 'command.failed', command: command.type, idempotency_key: command.idempotency_key,
      error: { code: 'not_found', message: 'That message is gone.', hint: '' } });
  }

  retry(command) {
    const messages = this.visible(command.session_id);
    const at = messages.findLastIndex((m) => m.role === 'user');
    if (at < 0) return;
    const replaces = messages[at + 1]?.id;
    messages.length = at + 1;
    this.emit({ type: 'message.accepted', message: messages[at], position: 0 });
    void this.run(messages[at], replaces);
  }

  stop(id) {
    for (const m of this.queue(id)) {
      m.status = 'stopped';
      this.emit({ type: 'turn.ended', session_id: id, turn_id: m.turn_id, state: 'stopped' });
    }
    this.queues.set(id, []);
    this.running.get(id)?.abort.abort();
    this.emit({ type: 'queue.changed', session_id: id, queued: [] });
  }

  store(message) {
    this.visible(message.session_id).push(message);
    if (message.idempotency_key) this.world.keys.set(message.idempotency_key, message);
  }

  async run(message, replaces) {
    const id = message.session_id;
    const abort = new AbortController();
    const turn = { turn_id: replaces ? new_id('t') : message.turn_id, session_id: id, message_id: new_id('m'), state: 'thinking', text: '', reasoning: '' };
    const ref = { session_id: id, turn_id: turn.turn_id };
    this.running.set(id, { turn, abort });
    const p = plan(message.content);
    const step = (ms) => wait(ms / this.world.speed, abort.signal);
    this.touch(id, { running: true });
    this.emit({ type: 'turn.started', ...ref, message_id: turn.message_id, waited_ms: 0 });
    await step(350);
    this.emit({ type: 'turn.state', ...ref, state: 'thinking', provider: 'embedded', model: 'Starter 0.6B', place: 'here' });
    for (const piece of pieces(p.reasoning)) {
      if (abort.signal.aborted) break;
      turn.reasoning += piece;
      this.emit({ type: 'reasoning.delta', ...ref, text: piece });
      await step(p.pace);
    }
    await this.say(p.words, p, turn, ref, step, abort);
    if (p.then && !abort.signal.aborted) {
      await step(300);
      turn.text = '';
      this.emit({ type: 'reply.reset', ...ref, reason: 'The first provider failed; another one answers.' });
      await step(300);
      await this.say(p.then, p, turn, ref, step, abort);
    }
    this.finish(message, turn, p, abort.signal.aborted, replaces);
  }

  async say(words, p, turn, ref, step, abort) {
    for (const piece of pieces(words)) {
      if (abort.signal.aborted) return;
      turn.state = 'answering';
      turn.text += piece;
      this.emit({ type: 'reply.delta', ...ref, text: piece });
      await step(p.pace);
    }
  }

  finish(message, turn, p, stopped, replaces) {
    const id = turn.session_id;
    const failed = p.error && !stopped;
    const status = stopped ? 'stopped' : failed ? 'failed' : 'complete';
    const reply = { id: turn.message_id, session_id: id, turn_id: turn.turn_id, role: 'assistant', content: turn.text, status,
      created_at: Date.now(), ...(turn.reasoning ? { reasoning: turn.reasoning } : {}), detail: reply_detail(p),
      ...(failed ? { error: p.error } : {}), ...(replaces ? { replaces } : {}) };
    if (this.running.get(id)?.turn === turn) this.running.delete(id);
    if (this.visible(id).includes(message)) this.store(reply);
    this.emit({ type: 'turn.ended', session_id: id, turn_id: turn.turn_id, state: stopped ? 'stopped' : failed ? 'failed' : 'done', message: reply });
    if (p.ui && !stopped) this.emit({ type: 'ui.command', ...p.ui });
    const title = this.world.sessions.get(id)?.title || message.content.slice(0, 40);
    if (this.world.sessions.has(id)) this.touch(id, { running: false, title });
    const next = this.queue(id).shift();
    if (next && !this.running.has(id)) {
      next.status = 'complete';
      this.emit({ type: 'queue.changed', session_id: id, queued: this.queue(id).map((m) => m.id) });
      void this.run(next);
    }
  }
}

const pieces = (text) => (text ?? '').match(/\S*\s*/g)?.filter(Boolean) ?? [];
