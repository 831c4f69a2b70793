import { describe, expect, it } from 'vitest';
import type { Message, ModelCard } from '../protocol/types';
import { a_message } from '../testing/samples';
import { empty_state, type State } from './state';
import { upgrade_for } from './upgrade';

function a_model(id: string, change: Partial<ModelCard> = {}): ModelCard {
  return { id, name: id, role: 'chat', provider: 'embedded', place: 'here', state: 'absent', active: false, ...change };
}
const toy = a_model('toy', { state: 'ready', active: true });
const withdrawn: Message = a_message('r1', { role: 'assistant', action: { kind: 'upgrade', label: 'Get big', value: 'big' } });

function seen(models: ModelCard[], offers: ModelCard[] = [], message = withdrawn): string {
  const state: State = { ...empty_state, models, offers };
  const found = upgrade_for(state, message);
  return found ? `${found.stage} ${found.model.id}` : 'nothing';
}

describe('what is offered under a reply that needs a better model', () => {
  it('is nothing under other replies', () => {
    expect(seen([toy, a_model('big', { recommended: true })], [], a_message('r2'))).toBe('nothing');
  });
  it('is what is recommended now, whatever was when the reply was stored', () => {
    expect(seen([toy, a_model('big', { recommended: true })])).toBe('fetch big');
    expect(seen([toy, a_model('big'), a_model('small', { recommended: true })])).toBe('fetch small');
    expect(seen([toy, a_model('big')], [a_model('ollama/q', { provider: 'ollama', state: 'ready', recommended: true })])).toBe('take ollama/q');
  });
  it('is the way of the model that this reply waits for', () => {
    const coming = a_model('big', { state: 'downloading', waiting: ['r1'] });
    expect(seen([toy, coming, a_model('small', { recommended: true })])).toBe('coming big');
    expect(seen([toy, { ...coming, waiting: ['another'] }])).toBe('passing big');
    expect(seen([toy, { ...coming, state: 'ready' }])).toBe('coming big');
  });
  it('is the failure of its download, until another is wanted', () => {
    expect(seen([toy, a_model('big', { state: 'failed', recommended: true })])).toBe('failed big');
  });
  it('is another answer once a capable model is in use', () => {
    expect(seen([a_model('toy', { state: 'ready' }), a_model('big', { state: 'ready', active: true })])).toBe('ready big');
  });
  it('is nothing when no model is known any more', () => {
    expect(seen([])).toBe('nothing');
  });
});
