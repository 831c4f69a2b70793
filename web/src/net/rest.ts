// The REST interface, typed. Every failure, also that of the network, comes as ApiError with an
// ErrorInfo that can be shown as it is.

import { errorInfo, message, modelCard, session } from '../protocol/records';
import { type Decoder, list } from '../protocol/shape';
import type { ErrorInfo, Message, ModelCard, Session } from '../protocol/types';

export class ApiError extends Error {
  readonly status: number;
  readonly info: ErrorInfo;

  constructor(status: number, info: ErrorInfo) {
    super(info.message);
    this.status = status;
    this.info = info;
  }
}

export interface WorkspaceFile { name: string; content: string; description: string }
export interface DataPath { what: string; path: string; bytes: number }
/** How another device reaches this server; `qr` has one text of 0 and 1 per row. */
export interface PhoneLink { reachable: boolean; url: string; hint: string; qr: string[] }
export interface LogRecord {
  time_ms: number; level: string; category: string; message: string; request_id: string;
  fields: Record<string, unknown>;
}
export interface ConfigView {
  values: Record<string, unknown>;
  origins: Record<string, string>;
  schema: JsonSchema;
  restart_needed: string[];
  problems: ConfigProblem[];
  /** section -> why it is switched off */
  disabled: Record<string, string>;
  /** the file that this page writes */
  local_file: string;
}
export interface ConfigProblem { key: string; where: string; message: string; hint: string }
export interface JsonSchema {
  type?: string | string[];
  title?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: boolean | JsonSchema;
  'x-secret'?: boolean;
  'x-applies'?: string;
  items?: JsonSchema;
  enum?: unknown[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  format?: string;
}

type Json = Record<string, unknown>;

export class RestClient {
  private readonly token: () => string | undefined;

  constructor(token: () => string | undefined) {
    this.token = token;
  }

  async sessions(query: string, limit = 100): Promise<Session[]> {
    const got = await this.get(`/api/sessions?${new URLSearchParams({ query, limit: `${limit}` })}`);
    return list(session)(got.sessions) ?? [];
  }
  rename(id: string, title: string): Promise<Json> {
    return this.call('PATCH', `/api/sessions/${encodeURIComponent(id)}`, { title });
  }
  remove_session(id: string): Promise<Json> {
    return this.call('DELETE', `/api/sessions/${encodeURIComponent(id)}`);
  }
  /** A new conversation that still knows this one. */
  async reset_session(id: string): Promise<Session | undefined> {
    return session(await this.call('POST', `/api/sessions/${encodeURIComponent(id)}/reset`, {}));
  }
  clear_session(id: string): Promise<Json> {
    return this.call('POST', `/api/sessions/${encodeURIComponent(id)}/clear`, {});
  }
  async export_session(id: string, format: 'markdown' | 'json'): Promise<Blob> {
    const path = `/api/sessions/${encodeURIComponent(id)}/export?format=${format}`;
    return (await this.fetch('GET', path)).blob();
  }
  async messages(session_id: string, before: string): Promise<{ messages: Message[]; has_more: boolean }> {
    const query = new URLSearchParams({ session_id, before, limit: '60' });
    const got = await this.get(`/api/messages?${query}`);
    return { messages: list(message)(got.messages) ?? [], has_more: got.has_more === true };
  }

  async workspace(): Promise<WorkspaceFile[]> {
    const got = await this.get('/api/workspace');
    return (list(object)(got.files) ?? []).map((f) => ({
      name: str(f.name), content: str(f.content), description: str(f.description),
    }));
  }
  save_workspace(name: string, content: string): Promise<Json> {
    return this.call('PUT', `/api/workspace/${encodeURIComponent(name)}`, { content });
  }

  async config(): Promise<ConfigView> {
    const got = await this.get('/api/config');
    return {
      values: object(got.values) ?? {},
      origins: (object(got.origins) ?? {}) as Record<string, string>,
      schema: (object(got.schema) ?? {}) as JsonSchema,
      restart_needed: (Array.isArray(got.restart_needed) ? got.restart_needed : []).map(str),
      problems: (list(object)(got.problems) ?? []).map((p) => ({
        key: str(p.key), message: str(p.message), hint: str(p.hint),
        where: p.file ? `${str(p.file)}:${num(p.line)}` : '',
      })),
      disabled: (object(got.disabled) ?? {}) as Record<string, string>,
      local_file: str(got.local_file),
    };
  }
  patch_config(changes: Json): Promise<Json> {
    return this.call('PATCH', '/api/config', changes);
  }

  async models(): Promise<{ models: ModelCard[]; offers: ModelCard[] }> {
    const got = await this.get('/api/models');
    return { models: list(modelCard)(got.models) ?? [], offers: list(modelCard)(got.offers) ?? [] };
  }
  model_action(id: string, verb: 'use' | 'pull' | 'remove' | 'cancel'): Promise<Json> {
    return this.call('POST', `/api/models/${encodeURIComponent(id)}/${verb}`, {});
  }
  /** Makes a reply again with that model, as soon as it is here. */
  answer_with(id: string, session_id: string, message_id: string): Promise<Json> {
    return this.call('POST', `/api/models/${encodeURIComponent(id)}/answer`, { session_id, message_id });
  }

  async logs(level: string, limit: number, request_id = ''): Promise<LogRecord[]> {
    const query = new URLSearchParams({ level, limit: `${limit}` });
    if (request_id) query.set('request_id', request_id);
    const got = await this.get(`/api/logs?${query}`);
    const records = (list(object)(got.records) ?? []).map((r) => ({
      time_ms: num(r.time_ms), level: str(r.level), category: str(r.category), message: str(r.message),
      request_id: str(r.request_id), fields: object(r.fields) ?? {},
    }));
    return records.sort((a, b) => b.time_ms - a.time_ms);
  }
  async data_paths(): Promise<DataPath[]> {
    const got = await this.get('/api/data');
    return (list(object)(got.paths) ?? []).map((p) => ({
      what: str(p.what), path: str(p.path), bytes: num(p.bytes),
    }));
  }

  async phone(): Promise<PhoneLink> {
    const got = await this.get('/api/phone');
    const qr = (Array.isArray(got.qr) ? got.qr : []).map(str);
    return { reachable: got.reachable === true, url: str(got.url), hint: str(got.hint), qr };
  }

  async auth_status(): Promise<{ enabled: boolean; authenticated: boolean }> {
    const got = await this.get('/api/auth/status');
    return { enabled: got.enabled === true, authenticated: got.authenticated === true };
  }
  async login(key: string): Promise<string> {
    return str((await this.call('POST', '/api/auth/login', { key })).token);
  }

  /** For what is no JSON: files in, files out. */
  raw(method: string, path: string, body?: Json | Blob): Promise<Response> {
    return this.fetch(method, path, body);
  }

  private get(path: string): Promise<Json> {
    return this.call('GET', path);
  }

  private async call(method: string, path: string, body?: Json): Promise<Json> {
    const response = await this.fetch(method, path, body);
    const value: unknown = await response.json().catch(() => ({}));
    return object(value) ?? {};
  }

  private async fetch(method: string, path: string, body?: Json | Blob): Promise<Response> {
    const headers: Record<string, string> = { accept: 'application/json' };
    const token = this.token();
    if (token) headers.authorization = `Bearer ${token}`;
    const file = body instanceof Blob;
    if (body) headers['content-type'] = file ? body.type : 'application/json';
    let response: Response;
    try {
      response = await fetch(path, { method, headers, body: file ? body : body ? JSON.stringify(body) : null });
    } catch {
      throw new ApiError(0, {
        code: 'unavailable', message: 'The Loci server does not answer.',
        hint: 'Check that it is running; this page connects again by itself.',
      });
    }
    if (!response.ok) throw new ApiError(response.status, await error_of(response, path));
    return response;
  }
}

async function error_of(response: Response, path: string): Promise<ErrorInfo> {
  const value = object(await response.json().catch(() => undefined));
  return errorInfo(value?.error) ?? {
    code: 'internal', message: `The server answered ${response.status} to ${path.split('?')[0]}.`,
    hint: 'The log may say more.',
  };
}

const object: Decoder<Json> = (v) =>
  typeof v === 'object' && v !== null && !Array.isArray(v) ? (v as Json) : undefined;
const str = (v: unknown): string => (typeof v === 'string' ? v : '');
const num = (v: unknown): number => (typeof v === 'number' && Number.isFinite(v) ? v : 0);
