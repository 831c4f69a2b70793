// Keeps what is needed to say "server unreachable" in a friendly way, and the hashed assets, which
// never change. Everything else, above all conversations, always comes from the server.

const kShell = 'loci-shell-1';
const kAssets = 'loci-assets-1';
const kOffline = ['/offline.html', '/offline.js', '/icons/logo.svg'];

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(kShell).then((cache) => cache.addAll(kOffline)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((n) => n !== kShell && n !== kAssets).map((n) => caches.delete(n)));
    await self.clients.claim();
  })());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  if (request.mode === 'navigate') event.respondWith(fetch(request).catch(offline));
  else if (url.pathname.startsWith('/assets/')) event.respondWith(asset(request));
  else if (kOffline.includes(url.pathname)) event.respondWith(fetch(request).catch(() => caches.match(request)));
});

async function offline() {
  return (await caches.match('/offline.html')) ?? Response.error();
}

async function asset(request) {
  const cache = await caches.open(kAssets);
  const known = await cache.match(request);
  if (known) return known;
  const response = await fetch(request);
  if (response.ok) {
    await cache.put(request, response.clone());
    await trim(cache);
  }
  return response;
}

/** Older builds leave their assets behind; the oldest go first. */
async function trim(cache) {
  const keys = await cache.keys();
  for (const key of keys.slice(0, Math.max(0, keys.length - 80))) await cache.delete(key);
}
