// What a server keeps for the stage: figures, movements, backgrounds; and commands in plain words, of
// which this one knows a handful. Files are bytes, so they are served apart from the JSON routes.

const kinds = ['animations', 'models3d', 'backgrounds'];
const kWishes = [[/wave/i, 'wave'], [/sit/i, 'sit_down'], [/stand/i, 'stand_up'], [/bow/i, 'bow'], [/dance/i, 'dance']];
let directive = 0;

export async function serve_stage(request, response, url, { world, emit }) {
  const [, api, kind, name] = url.pathname.split('/').map((part) => decodeURIComponent(part));
  if (api !== 'api') return false;
  const send = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
    return true;
  };
  const bytes = async () => {
    const parts = [];
    for await (const part of request) parts.push(part);
    return Buffer.concat(parts);
  };
  if (kind === 'body' && name === 'do' && request.method === 'POST') {
    const { text } = JSON.parse((await bytes()).toString('utf8'));
    const found = kWishes.filter(([pattern]) => pattern.test(text)).map(([, action]) => action);
    for (const action of found) emit({ type: 'body.directive', id: (directive += 1), source: 'person', action: { name: action } });
    return send(200, { directives: found.length, said: found.length ? '' : 'I do not know how to do that. I could wave, or sit down.' });
  }
  if (kind === 'config' && name === 'character' && request.method === 'PATCH') {
    world.chosen = JSON.parse((await bytes()).toString('utf8')).character;
    emit({ type: 'stage.changed' });
    return send(200, { character: world.chosen });
  }
  if (kind === 'config' && name === 'background' && request.method === 'GET') return send(200, { background: '' });
  if (!kinds.includes(kind)) return false;
  const kept = ((world.kept ??= {})[kind] ??= new Map());
  if (request.method === 'POST') {
    const wanted = url.searchParams.get('name');
    kept.set(wanted, await bytes());
    emit({ type: 'stage.changed' });
    return send(200, { name: wanted });
  }
  if (!name) return send(200, { [kind]: [...kept].map(([n, b]) => ({ name: n, bytes: b.length })), ...(kind === 'models3d' ? { chosen: world.chosen ?? '' } : {}) });
  if (!kept.has(name)) return send(404, { error: { code: 'not_found', message: `There is no ${name}.`, hint: '' } });
  if (request.method === 'DELETE') {
    kept.delete(name);
    emit({ type: 'stage.changed' });
    return send(200, {});
  }
  response.writeHead(200, { 'content-type': 'application/octet-stream' });
  response.end(kept.get(name));
  return true;
}
