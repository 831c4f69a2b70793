// The composition root: makes the parts, ties them together and shows the page.

import { mount } from 'svelte';
import '@fontsource-variable/nunito/wght.css';
import { RestClient } from '../net/rest';
import { Companion } from '../session/companion';
import { Page, type Theme } from '../ui/page.svelte';
import { parse_look } from '../ui/stage/look';
import App from './App.svelte';
import StageOnly from './StageOnly.svelte';
import './tokens.css';
import './base.css';
import { browser_storage, remember, remembered } from './browser_storage';
import { follow_ui_command } from './ui_commands';
import { format_route, parse_route } from './router';
import { install_shortcuts } from './shortcuts';
import { make_voice } from './voice';

const token = (): string | undefined => remembered('loci.token');

const companion = new Companion({
  url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`,
  pageVersion: __PAGE_VERSION__,
  token,
  storage: browser_storage(),
  on_ui_command: (command) => follow_ui_command(page, command),
  on_opened: (id) => {
    if (page.route.room !== 'chat') return;
    page.route = { room: 'chat', id };
    history.replaceState(null, '', format_route(page.route));
  },
});

const page = new Page(companion, new RestClient(token), {
  go: (route) => {
    const address = format_route(route);
    if (location.hash !== address) history.pushState(null, '', address);
    follow_address();
  },
  set_theme,
  logged_in: (value) => {
    remember('loci.token', value);
    companion.start();
  },
  reload: () => location.reload(),
});

function follow_address(): void {
  page.route = parse_route(location.hash);
  if (page.route.room === 'chat') companion.open(page.route.id);
}

function set_theme(theme: Theme): void {
  page.theme = theme;
  remember('loci.theme', theme === 'system' ? undefined : theme);
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** The server is newer than this page: fetch the new one, but never in a circle. */
function reload_stale_page(): void {
  const last = Number(sessionStorage.getItem('loci.reloaded') ?? 0);
  if (Date.now() - last < 60_000) return;
  sessionStorage.setItem('loci.reloaded', String(Date.now()));
  location.reload();
}

companion.subscribe((state) => {
  if (state.link === 'stale') reload_stale_page();
  // The conversation on screen was deleted, here or elsewhere.
  const { room, id } = page.route;
  if (room === 'chat' && id !== undefined && state.open === undefined) page.shell.go({ room: 'chat' });
});

const theme = remembered('loci.theme');
set_theme(theme === 'light' || theme === 'dark' ? theme : 'system');
page.stage = remembered('loci.stage') === 'hidden' ? 'hidden' : 'shown';
page.look = parse_look(remembered('loci.look'));
addEventListener('popstate', follow_address);
addEventListener('hashchange', follow_address);
addEventListener('online', () => companion.nudge());
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') companion.nudge();
});
const voice = make_voice(page, `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/voice`, token);
install_shortcuts(page, voice);
follow_address();
companion.start();
if (/^\/stage(\.html)?$/.test(location.pathname)) {
  // /stage?transparent=1&view=upper&backdrop=dusk
  const asked = new URLSearchParams(location.search);
  page.look = parse_look(JSON.stringify({ ...page.look, ...Object.fromEntries(asked) }));
  mount(StageOnly, { target: document.body, props: { page, clear: asked.get('transparent') === '1' } });
} else {
  mount(App, { target: document.body, props: { page, voice } });
}

if ('serviceWorker' in navigator && import.meta.env.PROD) {
  // Without it (plain http on the home network) the page works, only the offline shell is missing.
  void navigator.serviceWorker.register('/sw.js').catch(() => undefined);
}
