// Keys that work everywhere. The dialog behind '?' lists them (ui/Shortcuts.svelte).

import { flushSync } from 'svelte';
import type { Page } from '../ui/page.svelte';
import { open_chat } from '../session/view';
import type { VoiceView } from '../ui/voice/voice.svelte';

export function install_shortcuts(page: Page, voice: VoiceView): void {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const handled = event.ctrlKey || event.metaKey ? with_control(page, event) : talk_key(voice, event) || plain(page, event);
    if (handled) event.preventDefault();
  });
  addEventListener('keyup', (event) => {
    if (event.key === ' ') voice.controller.release();
  });
}

/** The space bar is the microphone, wherever it means nothing else; Escape silences first of all. */
function talk_key(voice: VoiceView, event: KeyboardEvent): boolean {
  if (!voice.awake || document.querySelector('dialog[open], [popover]:popover-open')) return false;
  if (event.key === 'Escape') return voice.controller.interrupt();
  if (event.key !== ' ' || event.altKey || typing(event.target) || pressable(event.target)) return false;
  if (!event.repeat) voice.controller.press();
  return true;
}

function with_control(page: Page, event: KeyboardEvent): boolean {
  if (event.altKey) return false;
  if (event.key === 'k') return focus('#search', page);
  if (event.key === ',') {
    page.go('settings');
    return true;
  }
  if (event.key.toLowerCase() === 'o' && event.shiftKey) {
    page.new_conversation();
    return true;
  }
  return false;
}

function plain(page: Page, event: KeyboardEvent): boolean {
  if (event.altKey) {
    if (event.key === 'ArrowUp') return step(page, -1);
    if (event.key === 'ArrowDown') return step(page, 1);
    return false;
  }
  if (event.key === 'Escape') return escape(page);
  if (typing(event.target)) return false;
  if (event.key === '?') {
    page.shortcuts = 'open';
    return true;
  }
  if (event.key === 'h' && !event.shiftKey) {
    page.alone = !page.alone;
    if (page.alone) page.stage = 'shown';
    return true;
  }
  if (event.key === '/') return focus('#composer', page);
  return false;
}

function escape(page: Page): boolean {
  if (document.querySelector('dialog[open], [popover]:popover-open')) return false;
  if (page.alone) {
    page.alone = false;
    return true;
  }
  if (page.drawer === 'open') {
    page.drawer = 'closed';
    return true;
  }
  if (page.route.room !== 'chat') {
    page.go('chat', page.state.open);
    return true;
  }
  if (!open_chat(page.state)?.running) return false;
  page.companion.stop_turn();
  return true;
}

function step(page: Page, by: 1 | -1): boolean {
  const { sessions, open } = page.state;
  const at = sessions.findIndex((s) => s.id === open);
  const next = sessions[at < 0 ? 0 : at + by];
  if (next) page.go('chat', next.id);
  return true;
}

function focus(selector: string, page: Page): boolean {
  if (selector === '#composer' && page.route.room !== 'chat') page.go('chat', page.state.open);
  if (selector === '#search' && matchMedia('(max-width: 819px)').matches) page.drawer = 'open';
  flushSync(); // what is typed next belongs there already
  document.querySelector<HTMLElement>(selector)?.focus();
  return true;
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement
    && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));
}

function pressable(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('button, a[href], summary, label') !== null;
}
