// Makes the talk and ties it to the conversation on screen and to the keys.

import { BrowserAudio } from '../voice/browser_audio';
import { wake_by_itself } from '../voice/by_itself';
import { VoiceController } from '../voice/controller';
import type { Page } from '../ui/page.svelte';
import { VoiceView } from '../ui/voice/voice.svelte';
import { browser_storage, remember, remembered } from './browser_storage';

export function make_voice(page: Page, url: string, token: () => string | undefined): VoiceView {
  const audio = new BrowserAudio();
  const controller = new VoiceController({
    url, token, storage: browser_storage(), audio, client: client_id(), tab: random_id(),
    session: () => page.companion.state.open,
    on_session: (id) => {
      if (page.companion.state.open === undefined && page.route.room === 'chat') page.go('chat', id);
    },
  });
  let open = page.companion.state.open;
  page.companion.subscribe((state, cause) => {
    if (state.open !== open) {
      open = state.open;
      controller.follow_session(open);
    }
    if (cause === 'message.accepted') controller.said();
  });
  addEventListener('blur', () => controller.release());
  void wake_by_itself(controller, audio);
  return new VoiceView(controller);
}

/** This browser, for good: the server keeps by it what was chosen here. */
function client_id(): string {
  const known = remembered('loci.client');
  if (known) return known;
  const made = random_id();
  remember('loci.client', made);
  return made;
}

function random_id(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, '0')).join('');
}
