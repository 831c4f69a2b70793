// Numbers and times as people read them.

import type { Message, Place } from '../protocol/types';

export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = n;
  let unit = -1;
  do {
    value /= 1000;
    unit += 1;
  } while (value >= 999.5 && unit < units.length - 1);
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/** A time that is only roughly known. */
export function about_time(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (seconds < 50) return 'less than a minute';
  if (minutes < 2) return 'about a minute';
  if (minutes < 60) return `about ${minutes} min`;
  const hours = Math.floor(minutes / 60);
  const rest = Math.round((minutes % 60) / 10) * 10;
  return rest === 0 || rest === 60 ? `about ${rest ? hours + 1 : hours} h` : `about ${hours} h ${rest} min`;
}

export function tokens_per_s(speed: number): string {
  return `${speed < 9.95 ? speed.toFixed(1) : Math.round(speed)} tokens/s`;
}

const kPrograms: Record<string, string> = {
  ollama: 'Ollama', 'lm-studio': 'LM Studio', lmstudio: 'LM Studio', 'llama-server': 'llama-server',
};

/** A program that serves models, as people call it. */
export function program_name(provider: string): string {
  return kPrograms[provider] ?? provider;
}

export function clock_time(ms: number): string {
  return new Date(ms).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}

export function full_time(ms: number): string {
  return new Date(ms).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
}

const kDay = 86_400_000;

/** The heading under which a conversation of that day stands in the list. */
export function day_group(ms: number, now: number): string {
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  if (ms >= midnight) return 'Today';
  if (ms >= midnight - kDay) return 'Yesterday';
  if (ms >= midnight - 6 * kDay) return 'This week';
  if (ms >= midnight - 29 * kDay) return 'This month';
  return 'Earlier';
}

export const place_words: Record<Place, string> = {
  here: 'on this machine',
  local_network: 'in your network',
  cloud: 'in the cloud',
};

/** One line under a reply. */
export function origin_of(message: Message): string {
  const detail = message.detail;
  if (!detail) return '';
  if (detail.source === 'reflex') return 'Answered at once, without a model';
  if (detail.source === 'authored') return 'Nook’s own words';
  return [detail.model, place_words[detail.place]].filter(Boolean).join(' · ');
}
