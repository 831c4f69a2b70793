import { describe, expect, it } from 'vitest';
import { format_route, parse_route } from './router';

describe('router', () => {
  it.each([
    ['', { room: 'chat' }], ['#/', { room: 'chat' }], ['#/chat/s%2F1', { room: 'chat', id: 's/1' }], ['#/settings/server', { room: 'settings', id: 'server' }],
    ['#/nowhere', { room: 'chat' }], ['#/chat/%E0%A4%A', { room: 'chat' }], ['#/toString', { room: 'chat' }],
  ])('%s', (hash, route) => expect(parse_route(hash)).toEqual(route));

  it('goes there and back', () => {
    for (const route of [{ room: 'chat', id: 'a b/c' }, { room: 'logs' }] as const) {
      expect(parse_route(format_route(route))).toEqual(route);
    }
  });
});
