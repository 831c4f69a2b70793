// From the server's JSON Schema to the fields of the settings room. Framework-free, so that it is tested alone.

import type { JsonSchema } from '../../net/rest';

export type FieldKind = 'switch' | 'choice' | 'integer' | 'number' | 'text' | 'secret' | 'lines' | 'json';

export interface Field {
  path: string;
  label: string;
  description: string;
  kind: FieldKind;
  choices: string[];
  value: unknown;
  schema: JsonSchema;
}
export interface Section {
  name: string;
  title: string;
  description: string;
  fields: Field[];
  maps: string[];
}

type Tree = Record<string, unknown>;

export function sections_of(schema: JsonSchema, values: Tree): Section[] {
  const out: Section[] = [];
  const general: Field[] = [];
  for (const [name, child] of Object.entries(schema.properties ?? {})) {
    if (!is_group(child)) {
      general.push(field_of(name, name, child, values[name]));
      continue;
    }
    const fields = collect(name, child, tree(values[name]), '');
    const maps = maps_of(child, tree(values[name]), name);
    if (fields.length === 0 && maps.length === 0) continue;
    out.push({ name, title: child.title ?? kTitles[name] ?? words(name), description: child.description ?? '', fields, maps });
  }
  if (general.length > 0) out.unshift({ name: 'general', title: 'General', description: '', fields: general, maps: [] });
  return out;
}

function collect(path: string, schema: JsonSchema, values: Tree, prefix: string): Field[] {
  return children(schema, values).flatMap(([name, child, own]) => {
    const below = `${path}.${name}`;
    const shown = own === 'named' ? name : words(name);
    const label = prefix ? `${prefix} · ${shown}` : shown;
    return is_group(child)
      ? collect(below, child, tree(values[name]), label)
      : [field_of(below, name, child, values[name], label)];
  });
}

/** A map ("providers") has one child for every name that it holds at present. */
function children(schema: JsonSchema, values: Tree): [string, JsonSchema, 'fixed' | 'named'][] {
  const fixed = Object.entries(schema.properties ?? {})
    .map(([name, child]): [string, JsonSchema, 'fixed'] => [name, child, 'fixed']);
  const each = schema.additionalProperties;
  if (typeof each !== 'object') return fixed;
  const named = Object.keys(values).filter((name) => !schema.properties?.[name]);
  return [...fixed, ...named.map((name): [string, JsonSchema, 'named'] => [name, each, 'named'])];
}

/** Paths of the maps below a section, to which names can be added. */
export function maps_of(schema: JsonSchema, values: Tree, path: string): string[] {
  const here = typeof schema.additionalProperties === 'object' ? [path] : [];
  const below = children(schema, values).flatMap(([name, child]) =>
    is_group(child) ? maps_of(child, tree(values[name]), `${path}.${name}`) : []);
  return [...here, ...below];
}

/** The same tree with an empty entry at `path`. */
export function with_entry(values: Tree, path: readonly string[]): Tree {
  const [name, ...rest] = path;
  if (name === undefined) return values;
  return { ...values, [name]: rest.length > 0 || values[name] === undefined ? with_entry(tree(values[name]), rest) : values[name] };
}

function is_group(schema: JsonSchema): boolean {
  return schema.properties !== undefined || typeof schema.additionalProperties === 'object';
}

function field_of(path: string, name: string, schema: JsonSchema, value: unknown, label = words(name)): Field {
  const kind = kind_of(schema);
  const choices = (schema.enum ?? []).map(String);
  return {
    path, label: schema.title ?? label, description: schema.description ?? '', kind, choices,
    value: value === undefined ? schema.default : value, schema,
  };
}

function kind_of(schema: JsonSchema): FieldKind {
  const type = Array.isArray(schema.type) ? schema.type.find((t) => t !== 'null') : schema.type;
  if (schema.enum) return 'choice';
  if (type === 'boolean') return 'switch';
  if (type === 'integer') return 'integer';
  if (type === 'number') return 'number';
  if (type === 'array' && (schema.items?.type ?? 'string') === 'string') return 'lines';
  if (type === 'string' || type === undefined) {
    return schema['x-secret'] === true || schema.format === 'password' ? 'secret' : 'text';
  }
  return 'json';
}

/** What is typed, as the value that is sent; a sentence when it cannot be one. */
export function parse_input(field: Field, input: string): { value: unknown } | { problem: string } {
  if (input === '' && may_be_null(field.schema) && field.kind !== 'lines') return { value: null };
  switch (field.kind) {
    case 'integer':
    case 'number':
      return parse_number(field, input);
    case 'lines':
      return { value: input.split('\n').map((line) => line.trim()).filter(Boolean) };
    case 'choice':
      return { value: field.schema.enum?.find((e) => String(e) === input) ?? input };
    case 'json':
      try {
        return { value: JSON.parse(input) as unknown };
      } catch {
        return { problem: 'This is not valid JSON.' };
      }
    default:
      return { value: input };
  }
}

function parse_number(field: Field, input: string): { value: number } | { problem: string } {
  const value = Number(input);
  const { minimum, maximum } = field.schema;
  if (input.trim() === '' || !Number.isFinite(value)) return { problem: 'A number is needed.' };
  if (field.kind === 'integer' && !Number.isInteger(value)) return { problem: 'A whole number is needed.' };
  if (minimum !== undefined && value < minimum) return { problem: `At least ${minimum}.` };
  if (maximum !== undefined && value > maximum) return { problem: `At most ${maximum}.` };
  return { value };
}

export function input_of(field: Field): string {
  const { value } = field;
  if (field.kind === 'lines') return Array.isArray(value) ? value.join('\n') : '';
  if (field.kind === 'json') return JSON.stringify(value ?? null, null, 2);
  return value === undefined || value === null ? '' : String(value);
}

function may_be_null(schema: JsonSchema): boolean {
  return Array.isArray(schema.type) && schema.type.includes('null');
}

/** Where the name of a section is jargon. */
const kTitles: Record<string, string | undefined> = { llm: 'Language model', auth: 'Login' };
const kShort = new Set(['url', 'api', 'tls', 'gpu', 'llm', 'id', 'ip', 'json']);

function words(name: string): string {
  const spaced = name.split(/[_-]+/).map((w) => (kShort.has(w) ? w.toUpperCase() : w)).join(' ');
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

function tree(value: unknown): Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tree) : {};
}
