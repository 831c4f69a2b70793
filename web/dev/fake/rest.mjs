// REST routes of the fake server: [method, pattern, handler(match, {query, body, world, turns, emit})].

const error = (status, code, message, hint = '') => ({ status, body: { error: { code, message, hint } } });
const ok = (body = {}) => ({ status: 200, body });

// Squares that look like a code; only a real server encodes the address.
const phone_code = () =>
  Array.from({ length: 25 }, (_, y) => Array.from({ length: 25 }, (_, x) => ((x * 7 + y * 5 + x * y) % 3 ? '1' : '0')).join(''));

export const routes = [
  ['GET', /^\/healthz$/, () => ok({ version: 'fake' })],
  ['GET', /^\/readyz$/, (_, c) => ok({ subsystems: c.world.subsystems })],
  ['GET', /^\/api\/auth\/status$/, (_, c) => ok({ enabled: c.world.auth_key !== '', authenticated: c.authenticated })],
  ['POST', /^\/api\/auth\/login$/, (_, c) =>
    c.body.key === c.world.auth_key ? ok({ token: 'good-token' }) : error(401, 'unauthorized', 'That key is not right.', 'Look for it with: loci key show')],
  ['GET', /^\/api\/sessions$/, (_, c) => {
    const q = (c.query.get('query') ?? '').toLowerCase();
    const hit = (s) => s.title.toLowerCase().includes(q) || c.turns.visible(s.id).some((m) => m.content.toLowerCase().includes(q));
    return ok({ sessions: [...c.world.sessions.values()].filter(hit).sort((a, b) => b.updated_at - a.updated_at) });
  }],
  ['PATCH', /^\/api\/sessions\/([^/]+)$/, (m, c) => { c.turns.touch(m[1], { title: c.body.title }); return ok(c.world.sessions.get(m[1])); }],
  ['DELETE', /^\/api\/sessions\/([^/]+)$/, (m, c) => {
    if (!c.world.sessions.delete(m[1])) return error(404, 'not_found', 'That conversation is gone.');
    c.world.messages.delete(m[1]);
    c.emit({ type: 'session.deleted', session_id: m[1] });
    return ok();
  }],
  ['POST', /^\/api\/sessions\/([^/]+)\/clear$/, (m, c) => {
    c.turns.stop(m[1]); c.world.messages.set(m[1], []); c.turns.touch(m[1], { preview: '' });
    return ok();
  }],
  ['GET', /^\/api\/sessions\/([^/]+)\/export$/, (m, c) => ok(c.turns.visible(m[1]))],
  ['GET', /^\/api\/messages$/, (_, c) => {
    const all = c.turns.visible(c.query.get('session_id'));
    const end = all.findIndex((m) => m.id === c.query.get('before'));
    const from = Math.max(0, end - Number(c.query.get('limit') ?? 60));
    return ok({ messages: all.slice(from, Math.max(end, 0)), has_more: from > 0 });
  }],
  ['GET', /^\/api\/workspace$/, (_, c) => ok({ files: c.world.files })],
  ['PUT', /^\/api\/workspace\/([^/]+)$/, (m, c) => {
    const file = c.world.files.find((f) => f.name === m[1]);
    if (!file) return error(404, 'not_found', 'There is no such file.');
    file.content = c.body.content;
    return ok();
  }],
  ['GET', /^\/api\/config$/, (_, c) => ok({ ...c.world.config, origins: c.world.origins, restart_needed: c.world.restart_needed })],
  ['PATCH', /^\/api\/config$/, (_, c) => {
    for (const [path, value] of Object.entries(c.body)) {
      if (path === 'server.port' && !(value > 0 && value < 65536)) {
        return error(400, 'invalid_argument', 'server.port must lie between 1 and 65535.', 'The default is 5624.');
      }
      const names = path.split('.');
      const last = names.pop();
      names.reduce((node, name) => (node[name] ??= {}), c.world.config.values)[last] = value;
      c.world.origins[path] = 'local_file';
      if (path.startsWith('server.') && !c.world.restart_needed.includes(path)) c.world.restart_needed.push(path);
    }
    return ok({ restart_needed: c.world.restart_needed });
  }],
  ['GET', /^\/api\/models$/, (_, c) => ok({ models: c.world.models, offers: c.world.offers })],
  ['POST', /^\/api\/models\/([^/]+)\/(use|pull|remove|cancel)$/, (m, c) => model_action(decodeURIComponent(m[1]), m[2], c)],
  ['GET', /^\/api\/logs$/, (_, c) => ok({ records: log_records(c.query.get('level')) })],
  ['GET', /^\/api\/phone$/, () => ok({
    reachable: true, url: 'https://192.168.7.20:5624', qr: phone_code(),
    hint: 'The telephone warns once about the certificate, because it was made on this machine.',
  })],
  ['GET', /^\/api\/data$/, () => ok({ paths: [
    { what: 'Conversations and memory', path: '/home/ada/.local/share/loci/loci.db', bytes: 1_254_000 },
    { what: 'Models', path: '/home/ada/.local/share/loci/models', bytes: 531_000_000 },
    { what: 'Persona', path: '/home/ada/.config/loci/workspace', bytes: 4_200 },
    { what: 'Settings', path: '/home/ada/.config/loci/loci.yaml', bytes: 812 },
    { what: 'Log', path: '/home/ada/.local/state/loci/loci.log', bytes: 88_000 },
  ] })],
];

function model_action(id, verb, c) {
  const offer = c.world.offers.find((o) => o.id === id);
  if (offer && verb === 'use') {
    c.world.offers = c.world.offers.filter((o) => o !== offer);
    const { recommended: _, ...taken } = offer;
    c.world.models.push(taken);
  }
  const at = c.world.models.findIndex((o) => o.id === id);
  if (at < 0) return error(404, 'not_found', 'There is no such model.');
  const set = (change) => {
    c.world.models = c.world.models.map((o, i) => {
      if (i === at) { const { error: _, ...rest } = o; return { ...rest, ...change }; }
      return verb === 'use' && o.role === c.world.models[at].role ? { ...o, active: false, state: o.state === 'loaded' ? 'ready' : o.state } : o;
    });
    c.emit({ type: 'models.changed', models: c.world.models, offers: c.world.offers });
  };
  if (verb === 'use') set({ active: true, state: 'loaded' });
  if (verb === 'remove') set({ state: 'absent', active: false, done_bytes: 0 });
  if (verb === 'cancel') { clearInterval(c.world.pull); set({ state: 'absent', done_bytes: 0 }); }
  if (verb === 'pull') {
    let done = c.world.models[at].done_bytes ?? 0;
    const total = c.world.models[at].size_bytes;
    set({ state: 'downloading', done_bytes: done });
    c.world.pull = setInterval(() => {
      done = Math.min(total, done + (total / 40) * c.world.speed);
      if (done >= total) clearInterval(c.world.pull);
      set(done >= total ? { state: 'ready', done_bytes: total } : { state: 'downloading', done_bytes: done });
    }, 200);
  }
  return ok();
}

function log_records(level) {
  const order = ['trace', 'debug', 'info', 'warn', 'error'];
  const now = Date.now();
  const all = [
    ['info', 'server', 'listening', { address: '127.0.0.1:5624' }], ['info', 'engine', 'model loaded', { model: 'starter', ms: 412 }],
    ['debug', 'chat', 'turn started', { session: 's-1', request_id: 'r-41' }], ['info', 'chat', 'turn done', { ms: 3180, request_id: 'r-41' }],
    ['warn', 'models', 'provider does not answer', { provider: 'ollama', tries: 2 }], ['error', 'engine', 'process ended', { signal: 6, restart_in_ms: 500 }],
  ];
  return all.map(([lvl, category, message, { request_id = '', ...fields }], i) => ({ time_ms: now - (all.length - i) * 21_000, level: lvl, category, message, request_id, fields }))
    .filter((r) => order.indexOf(r.level) >= order.indexOf(level || 'trace')).reverse();
}
