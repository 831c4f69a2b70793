// Addresses after '#': the server knows one page only, and a reload comes back to the same place.

import type { Room, Route } from '../ui/page.svelte';

const kRooms: readonly Room[] = ['chat', 'persona', 'models', 'settings', 'status', 'data', 'logs'];

export function parse_route(hash: string): Route {
  const [room = '', id = ''] = hash.replace(/^#\/?/, '').split('/');
  const known = kRooms.find((r) => r === room);
  if (!known) return { room: 'chat' };
  const decoded = decode(id);
  return decoded ? { room: known, id: decoded } : { room: known };
}

export function format_route(route: Route): string {
  if (route.room === 'chat' && route.id === undefined) return '#/';
  return `#/${route.room}${route.id === undefined ? '' : `/${encodeURIComponent(route.id)}`}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part).slice(0, 200);
  } catch {
    return '';
  }
}
