// Wishes of the person that reach the page through the conversation ("dark, please").

import type { UiCommand } from '../protocol/types';
import type { Page } from '../ui/page.svelte';

export function follow_ui_command(page: Page, command: UiCommand): void {
  switch (command.name) {
    case 'theme':
      if (command.value === 'light' || command.value === 'dark' || command.value === 'system') {
        page.shell.set_theme(command.value);
      }
      return;
    case 'open_session':
      if (command.value) page.go('chat', command.value);
      return;
    case 'open_settings':
      page.go('settings', command.value || undefined);
      return;
    default: // a newer server may know more
  }
}
