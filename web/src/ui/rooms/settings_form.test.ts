import { describe, expect, it } from 'vitest';
import { input_of, maps_of, parse_input, sections_of, with_entry, type Field } from './settings_form';

const schema = {
  type: 'object',
  properties: {
    server: {
      type: 'object', description: 'Where.',
      properties: {
        port: { type: 'integer', minimum: 1, maximum: 65535, default: 5624 },
        tls: { type: 'object', properties: { mode: { type: 'string', enum: ['off', 'own'] } } },
        names: { type: 'array', items: { type: 'string' } },
        open: { type: 'boolean' },
        token: { type: 'string', 'x-secret': true },
        limit: { type: ['number', 'null'] },
      },
    },
    llm: {
      type: 'object',
      properties: {
        providers: { type: 'object', additionalProperties: { type: 'object', properties: { base_url: { type: 'string' } } } },
      },
    },
    plain: { type: 'string' },
  },
};
const values = { server: { port: 8080, names: ['a', 'b'], open: true }, llm: { providers: { work: { base_url: 'http://x' } } } };

function field(path: string): Field {
  const found = sections_of(schema, values).flatMap((s) => s.fields).find((f) => f.path === path);
  if (!found) throw new Error(`no field ${path}`);
  return found;
}

describe('sections_of', () => {
  it('groups by section and flattens what is nested', () => {
    const sections = sections_of(schema, values);
    expect(sections.map((s) => s.title)).toEqual(['General', 'Server', 'Language model']);
    expect(sections[1]?.fields.map((f) => [f.path, f.kind])).toEqual([
      ['server.port', 'integer'], ['server.tls.mode', 'choice'], ['server.names', 'lines'], ['server.open', 'switch'],
      ['server.token', 'secret'], ['server.limit', 'number'],
    ]);
    expect(field('server.tls.mode').label).toBe('TLS · Mode');
  });

  it('shows an entry of a map under its own name, and lets one be added', () => {
    expect(field('llm.providers.work.base_url')).toMatchObject({ label: 'Providers · work · Base URL', value: 'http://x' });
    expect(sections_of(schema, values)[2]?.maps).toEqual(['llm.providers']);
    const more = with_entry(values, ['llm', 'providers', 'home']);
    expect(sections_of(schema, more)[2]?.fields.map((f) => f.path)).toContain('llm.providers.home.base_url');
    expect(values.llm.providers).not.toHaveProperty('home');
  });

  it('survives values of a wrong shape', () => {
    expect(() => sections_of(schema, { server: 'broken', llm: null })).not.toThrow();
    expect(maps_of({}, {}, 'x')).toEqual([]);
  });
});

describe('parse_input', () => {
  it.each([
    ['server.port', '9000', { value: 9000 }],
    ['server.port', '90.5', { problem: 'A whole number is needed.' }],
    ['server.port', '70000', { problem: 'At most 65535.' }],
    ['server.port', '0', { problem: 'At least 1.' }],
    ['server.port', 'abc', { problem: 'A number is needed.' }],
    ['server.port', '', { problem: 'A number is needed.' }],
    ['server.limit', '', { value: null }],
    ['server.names', ' a \n\n b', { value: ['a', 'b'] }],
    ['server.tls.mode', 'own', { value: 'own' }],
  ])('%s: %j', (path, input, result) => {
    expect(parse_input(field(path), input)).toEqual(result);
  });

  it('goes there and back', () => {
    for (const path of ['server.port', 'server.names']) {
      const f = field(path);
      expect(parse_input(f, input_of(f))).toEqual({ value: f.value });
    }
  });
});
