// What every component may reach: the state to read, and the few things the page can do.

import { createContext, flushSync } from 'svelte';
import { ApiError, type RestClient } from '../net/rest';
import type { Action, ErrorInfo } from '../protocol/types';
import type { Companion } from '../session/companion';
import { empty_state, type State } from '../session/state';
import { kFirstLook, type Look } from './stage/look';

export type Room = 'chat' | 'persona' | 'models' | 'settings' | 'status' | 'data' | 'logs';
/** A timer, not a frame callback: a tab in the background goes on, only slower. */
const kFrame = 24;

export interface Route { room: Room; id?: string }
export type Theme = 'system' | 'light' | 'dark';

export interface Shell {
  go: (route: Route) => void;
  set_theme: (theme: Theme) => void;
  logged_in: (token: string) => void;
  reload: () => void;
}

export interface Question {
  title: string;
  text: string;
  confirm: string;
  danger: 'danger' | 'plain';
  run: () => void;
}

export class Page {
  /** Replaced as a whole with every event; never deeply observed. */
  state = $state.raw<State>(empty_state);
  route = $state.raw<Route>({ room: 'chat' });
  theme = $state<Theme>('system');
  question = $state.raw<Question | undefined>(undefined);
  drawer = $state<'open' | 'closed'>('closed');
  stage = $state<'shown' | 'hidden'>('shown');
  look = $state.raw<Look>(kFirstLook);
  /** the figure has the whole window */
  alone = $state(false);
  shortcuts = $state<'open' | 'closed'>('closed');
  readonly companion: Companion;
  readonly rest: RestClient;
  readonly shell: Shell;

  constructor(companion: Companion, rest: RestClient, shell: Shell) {
    this.companion = companion;
    this.rest = rest;
    this.shell = shell;
    this.state = companion.state;
    companion.subscribe((state, cause) => {
      if (cause === 'reply.delta' || cause === 'reasoning.delta') this.show_soon();
      else this.show(state);
    });
  }

  private pending: ReturnType<typeof setTimeout> | undefined;

  /** Words may come faster than a screen can show them: they are drawn together, once a frame. */
  private show_soon(): void {
    this.pending ??= setTimeout(() => this.show(this.companion.state), kFrame);
  }

  private show(state: State): void {
    clearTimeout(this.pending);
    this.pending = undefined;
    this.state = state;
  }

  go(room: Room, id?: string): void {
    this.drawer = 'closed';
    this.shell.go(id === undefined ? { room } : { room, id });
  }

  new_conversation(): void {
    this.go('chat');
    this.focus_composer();
  }

  focus_composer(): void {
    flushSync();
    document.querySelector<HTMLElement>('#composer')?.focus();
  }

  /** Runs something that talks to the server; what goes wrong is told to the person. */
  async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        this.companion.apply({ type: 'local.link', link: 'login' });
        return undefined;
      }
      const info = info_of(error);
      this.companion.toast('error', [info.message, info.hint].filter(Boolean).join(' '), info.action);
      return undefined;
    }
  }

  perform(action: Action): void {
    switch (action.kind) {
      case 'retry':
        return this.companion.retry(action.value || undefined);
      case 'use_model':
      case 'pull_model': {
        const verb = action.kind === 'use_model' ? 'use' : 'pull';
        if (action.value) void this.attempt(() => this.rest.model_action(action.value ?? '', verb));
        if (verb === 'pull') this.go('models');
        return;
      }
      case 'upgrade': // done under the reply that it is about; elsewhere there is nothing to answer
      case 'open_models':
        return this.go('models');
      case 'open_session':
        return this.go('chat', action.value || undefined);
      case 'open_settings':
        return this.go('settings', action.value || undefined);
      case 'reload':
        return this.shell.reload();
      default:
        this.companion.toast('warning', `This page does not know how to do “${action.label}”. Reload it to get the newest one.`);
    }
  }
}

export function info_of(error: unknown): ErrorInfo {
  if (error instanceof ApiError) return error.info;
  return { code: 'internal', message: `Something went wrong in the page: ${String(error)}`, hint: 'Reload the page.' };
}

export const [use_page, provide_page] = createContext<Page>();
