// What the page offers under a reply that needs a better model: decided from the models as they are
// now, because the reply was stored with those of its day.

import type { Message, ModelCard } from '../protocol/types';
import type { State } from './state';

/**
 * fetch: not here yet. take: here, only not in use. coming: on its way, and this reply waits for it.
 * passing: on its way for something else. failed: its download ended. ready: it answers already.
 */
export type UpgradeStage = 'fetch' | 'take' | 'coming' | 'passing' | 'failed' | 'ready';

export interface Upgrade { model: ModelCard; stage: UpgradeStage }

export function upgrade_for(state: State, message: Message): Upgrade | undefined {
  const all = [...state.offers, ...state.models];
  const waited = all.find((m) => m.waiting?.includes(message.id));
  if (waited) return { model: waited, stage: 'coming' };
  if (message.action?.kind !== 'upgrade') return undefined;
  const named = all.find((m) => m.id === message.action?.value);
  const under_way = named && (named.state === 'downloading' || named.state === 'failed') ? named : undefined;
  const active = state.models.find((m) => m.active && m.role === 'chat');
  const recommended = all.find((m) => m.recommended);
  // Nothing is recommended once a capable model answers.
  const model = under_way ?? recommended ?? active ?? named;
  return model ? { model, stage: stage_of(model) } : undefined;
}

function stage_of(model: ModelCard): UpgradeStage {
  if (model.active) return 'ready';
  if (model.state === 'downloading') return 'passing';
  if (model.state === 'failed') return 'failed';
  return model.state === 'absent' ? 'fetch' : 'take';
}
