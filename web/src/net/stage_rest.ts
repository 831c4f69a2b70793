// Figures, movements and backgrounds that the server keeps, and commands in plain words for the body.

import type { RestClient } from './rest';

export type Kept = 'animations' | 'models3d' | 'backgrounds';
export interface KeptFile { name: string; bytes: number; builtin: boolean }

export class StageRest {
  private readonly rest: RestClient;

  constructor(rest: RestClient) {
    this.rest = rest;
  }

  async list(kind: Kept): Promise<KeptFile[]> {
    const rows = (await this.read(`/api/${kind}`))[kind];
    return (Array.isArray(rows) ? rows : []).flatMap((row: unknown) => {
      const { name, bytes, builtin } = (typeof row === 'object' && row !== null ? row : {}) as Record<string, unknown>;
      return typeof name === 'string' && name ? [{ name, bytes: typeof bytes === 'number' ? bytes : 0, builtin: builtin === true }] : [];
    });
  }

  /** The figure that every page shows; empty: the one that the program brings. */
  async chosen_figure(): Promise<string> {
    const { chosen } = await this.read('/api/models3d');
    return typeof chosen === 'string' ? chosen : '';
  }
  async choose_figure(name: string): Promise<void> {
    await this.rest.raw('PATCH', '/api/config/character', { character: name });
  }
  /** The background that was set for every page; empty: none was. */
  async background(): Promise<string> {
    const { background } = await this.read('/api/config/background');
    return typeof background === 'string' ? background : '';
  }

  private async read(path: string): Promise<Record<string, unknown>> {
    const got: unknown = await (await this.rest.raw('GET', path)).json();
    return typeof got === 'object' && got !== null ? (got as Record<string, unknown>) : {};
  }

  async fetch(kind: Kept, name: string): Promise<ArrayBuffer> {
    return (await this.rest.raw('GET', `/api/${kind}/${encodeURIComponent(name)}`)).arrayBuffer();
  }

  async add(kind: Kept, name: string, bytes: ArrayBuffer): Promise<void> {
    await this.rest.raw('POST', `/api/${kind}?${new URLSearchParams({ name })}`, new Blob([bytes], { type: 'application/octet-stream' }));
  }

  async remove(kind: Kept, name: string): Promise<void> {
    await this.rest.raw('DELETE', `/api/${kind}/${encodeURIComponent(name)}`);
  }

  /** A command in plain words; the answer of the character, if it has one. */
  async do_this(text: string): Promise<string> {
    const got = (await (await this.rest.raw('POST', '/api/body/do', { text })).json().catch(() => ({}))) as Record<string, unknown>;
    return typeof got.said === 'string' ? got.said : '';
  }
}
