// A stand-in for the Loci server: speaks its contract with scripted replies, so that the page can be
// built and tested alone. Run: npm run fake [-- --port 5624] ; serves dist/ when it has been built.

import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { routes } from './fake/rest.mjs';
import { serve_stage } from './fake/stage.mjs';
import { Turns } from './fake/turns.mjs';
import { FakeVoice } from './fake/voice.mjs';
import { make_world } from './fake/world.mjs';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml',
  '.png': 'image/png', '.woff2': 'font/woff2', '.webmanifest': 'application/manifest+json', '.wasm': 'application/wasm' };
// As strict as the real one, so that a page that needs more is noticed here.
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; " +
  "connect-src 'self' ws: wss: blob: data:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

export async function start_fake(options = {}) {
  const world = make_world(options);
  const clients = new Set();
  const history = [];
  const emit = (event) => {
    const stamped = { ...event, seq: (world.seq += 1) };
    history.push(stamped);
    if (history.length > 2000) history.shift();
    for (const c of clients) if (c.ready) c.socket.send(JSON.stringify(stamped));
  };
  const turns = new Turns(world, emit);
  const voice = new FakeVoice(world, turns, options.voice);
  const http = createServer((request, response) => void serve(request, response, { world, turns, emit }));
  const wss = new WebSocketServer({ noServer: true });
  let refusing = false;
  http.on('upgrade', (request, socket, head) => {
    if (refusing || !request.url.startsWith('/ws')) return socket.destroy();
    const talks = request.url.startsWith('/ws/voice');
    if (talks && voice.refusing) return socket.destroy();
    wss.handleUpgrade(request, socket, head, (ws) => (talks ? voice.greet(ws) : greet(ws, request)));
  });

  function greet(ws, request) {
    const client = { socket: ws, ready: false };
    clients.add(client);
    ws.on('close', () => clients.delete(client));
    ws.on('message', (data) => {
      const command = JSON.parse(String(data));
      world.log.push(command);
      const reply = (event) => ws.send(JSON.stringify({ ...event, seq: (world.seq += 1) }));
      if (command.type === 'hello') return hello(client, command, request, reply);
      if (command.type === 'ping') return reply({ type: 'pong' });
      if (command.type === 'session.open') {
        const snapshot = turns.snapshot(command.session_id);
        return reply(snapshot ?? { type: 'command.failed', command: 'session.open',
          error: { code: 'not_found', message: 'That conversation is gone.', hint: '' } });
      }
      if (command.type === 'message.send') return turns.send(command, reply);
      if (command.type === 'message.edit') return turns.edit(command, reply);
      if (command.type === 'turn.stop') return turns.stop(command.session_id);
      if (command.type === 'turn.retry') return turns.retry(command);
    });
  }

  function hello(client, command, request, reply) {
    const token = new URL(request.url, 'http://x').searchParams.get('token');
    if (world.auth_key && token !== 'good-token') return client.socket.close(4001, 'login needed');
    if (options.stale) return client.socket.close(4002, 'page is stale');
    const resumed = command.epoch === world.epoch && (command.last_seq ?? 0) >= (history[0]?.seq ?? 1) - 1;
    const missed = resumed ? history.filter((e) => e.seq > command.last_seq) : [];
    const sessions = [...world.sessions.values()].sort((a, b) => b.updated_at - a.updated_at);
    client.ready = true;
    client.socket.send(JSON.stringify({ type: 'ready', protocol: 1, version: 'fake', epoch: world.epoch, resumed,
      sessions: resumed ? [] : sessions, subsystems: world.subsystems, models: world.models, offers: world.offers, welcome: world.welcome,
      ...(resumed ? {} : { seq: world.seq }) }));
    for (const event of missed) client.socket.send(JSON.stringify(event));
    const snapshot = !resumed && command.session_id ? turns.snapshot(command.session_id) : undefined;
    if (snapshot) reply(snapshot);
  }

  await new Promise((resolve) => http.listen(options.port ?? 0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${http.address().port}`,
    world, emit, turns, voice,
    /** Breaks every connection; while refusing, none can be made. */
    drop(refuse = false) { refusing = refuse; for (const c of clients) c.socket.terminate(); },
    allow() { refusing = false; },
    close: () => new Promise((resolve) => {
      clearInterval(world.pull);
      for (const c of clients) c.socket.terminate();
      voice.drop();
      http.closeAllConnections();
      http.close(resolve);
    }),
  };
}

async function serve(request, response, context) {
  const url = new URL(request.url, 'http://x');
  const send = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  const authenticated = !context.world.auth_key || request.headers.authorization === 'Bearer good-token';
  if (url.pathname.startsWith('/api/') && !url.pathname.startsWith('/api/auth/') && !authenticated) {
    return send(401, { error: { code: 'unauthorized', message: 'A key is needed.', hint: 'Log in.' } });
  }
  if (await serve_stage(request, response, url, context)) return;
  for (const [method, pattern, handle] of routes) {
    const match = request.method === method && pattern.exec(url.pathname);
    if (!match) continue;
    let raw = '';
    for await (const part of request) raw += part;
    const answer = handle(match, { ...context, query: url.searchParams, body: raw ? JSON.parse(raw) : {}, authenticated });
    return send(answer.status, answer.body);
  }
  const path = url.pathname === '/' ? 'index.html' : url.pathname === '/stage' ? 'stage.html' : normalize(url.pathname).replace(/^[/.]+/, '');
  const file = join(dist, path);
  if (!existsSync(file) || !statSync(file).isFile()) {
    return send(404, { error: { code: 'not_found', message: `Nothing lies at ${url.pathname}.`, hint: '' } });
  }
  response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream', 'content-security-policy': policy });
  createReadStream(file).pipe(response);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const at = process.argv.indexOf('--port');
  const fake = await start_fake({ port: at > 0 ? Number(process.argv[at + 1]) : 5624 });
  console.log(`fake server on ${fake.url}`);
}
