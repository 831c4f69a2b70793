// Figures, movements and backgrounds: dropped or chosen files are read here, once, and kept by the server.

import { ApiError } from '../../net/rest';
import { type KeptFile, StageRest } from '../../net/stage_rest';
import type { ModelReport } from '../../stage/vrm_file';
import { type Page, info_of } from '../page.svelte';
import type { StageHost } from './host.svelte';

export interface Note {
  level: 'good' | 'trouble';
  title: string;
  text: string;
  report?: ModelReport;
  /** a movement that can be tried at once */
  action?: string;
}

const kFigure = /\.(vrm|glb)$/i;
const kMovement = /\.(vrma|fbx|bvh)$/i;
const kImage = /\.(png|jpe?g|webp)$/i;
/** A file's name without its ending. */
export const bare = (name: string): string => name.replace(/\.[^.]*$/, '');
/** What the file picker offers. */
export const kAccepted = '.vrm,.glb,.vrma,.fbx,.bvh,.png,.jpg,.jpeg,.webp';

export class Wardrobe {
  figures = $state.raw<KeptFile[]>([]);
  movements = $state.raw<KeptFile[]>([]);
  backgrounds = $state.raw<KeptFile[]>([]);
  /** addresses of the pictures, which a style sheet can use where a key is needed to fetch them */
  pictures = $state.raw<Record<string, string>>({});
  /** what is being read just now */
  reading = $state('');
  note = $state.raw<Note | undefined>(undefined);
  private readonly page: Page;
  private readonly host: StageHost;
  private readonly rest: StageRest;
  /** movements of the server that this page has learned */
  private readonly learned = new Set<string>();

  constructor(page: Page, host: StageHost) {
    this.page = page;
    this.host = host;
    this.rest = new StageRest(page.rest);
  }

  /** What the server keeps, and on the stage what was on it the last time. */
  async open(): Promise<void> {
    this.learned.clear(); // another stage, another body
    await this.refresh();
    const { figure } = this.page.look;
    if (figure && this.host.phase === 'live') await this.choose(figure, 'quiet');
    for (const { name, builtin } of this.movements) {
      if (!builtin && !this.learned.has(name)) await this.learn(name).catch(() => undefined);
    }
  }

  async refresh(): Promise<void> {
    // An older server keeps none of these: then there is nothing to list, and nothing to say.
    const [figures, movements, backgrounds] = await Promise.all(
      (['models3d', 'animations', 'backgrounds'] as const).map((kind) => this.rest.list(kind).catch(() => [])));
    this.figures = figures ?? [];
    this.movements = movements ?? [];
    this.backgrounds = backgrounds ?? [];
    await Promise.all(this.backgrounds.map(({ name }) => this.picture(name)));
  }

  private async picture(name: string): Promise<void> {
    if (this.pictures[name] !== undefined) return;
    const bytes = await this.rest.fetch('backgrounds', name).catch(() => undefined);
    if (bytes) this.pictures = { ...this.pictures, [name]: URL.createObjectURL(new Blob([bytes])) };
  }

  async take(files: Iterable<File>): Promise<void> {
    for (const given of files) {
      this.reading = given.name;
      try {
        this.note = await this.read(given);
      } catch (error) {
        this.note = { level: 'trouble', title: `“${given.name}” cannot be used`, text: info_words(error) };
      }
    }
    this.reading = '';
    await this.refresh();
  }

  /** A figure that the server keeps; empty: Nook. */
  async choose(name: string, manner: 'quiet' | 'aloud' = 'aloud'): Promise<void> {
    try {
      if (name === '') await this.host.wear_nook();
      else await this.host.wear(await this.rest.fetch('models3d', name), name);
      this.page.look = { ...this.page.look, figure: name };
    } catch (error) {
      if (manner === 'quiet') this.page.look = { ...this.page.look, figure: '' };
      else this.note = { level: 'trouble', title: `“${name}” cannot be shown`, text: info_words(error) };
    }
  }

  async remove(kind: 'models3d' | 'animations' | 'backgrounds', name: string): Promise<void> {
    if ((await this.page.attempt(() => this.rest.remove(kind, name).then(() => true))) !== true) return;
    if (kind === 'animations') this.host.forget(bare(name));
    if (kind === 'models3d' && this.page.look.figure === name) await this.choose('');
    if (kind === 'backgrounds' && this.page.look.image === name) this.page.look = { ...this.page.look, backdrop: 'niche', image: '' };
    await this.refresh();
  }

  private async read(given: File): Promise<Note> {
    const bytes = await given.arrayBuffer();
    const name = bare(given.name).slice(0, 60) || 'unnamed';
    if (kFigure.test(given.name)) return this.read_figure(name, bytes);
    if (kMovement.test(given.name)) return this.read_movement(given.name, bytes);
    if (kImage.test(given.name)) return this.read_image(given, bytes);
    return {
      level: 'trouble', title: `“${given.name}” cannot be used`,
      text: 'The stage takes figures (VRM), movements (VRMA, Mixamo FBX, BVH) and pictures for the background (PNG, JPEG, WebP).',
    };
  }

  private async read_figure(name: string, bytes: ArrayBuffer): Promise<Note> {
    const report = await this.host.wear(bytes, name);
    const kept = await this.keep('models3d', `${name}.vrm`, bytes);
    if (kept === '') this.page.look = { ...this.page.look, figure: `${name}.vrm` };
    return { level: 'good', title: report.name || name, text: kept, report };
  }

  private async read_movement(file_name: string, bytes: ArrayBuffer): Promise<Note> {
    const { convert } = await import('../../stage/motion/convert');
    const made = await convert(file_name, bytes);
    const action = this.host.learn(made.clip);
    const kept = await this.keep('animations', `${made.name}.vrma`, made.vrma);
    if (kept === '') this.learned.add(`${made.name}.vrma`);
    return { level: 'good', title: made.name, text: `${made.seconds.toFixed(1)} s, ${made.bones} bones. ${kept}`.trim(), action };
  }

  private async read_image(given: File, bytes: ArrayBuffer): Promise<Note> {
    await createImageBitmap(given).catch(() => { throw new Error('It is no picture that this browser can show, or it is damaged.'); });
    await this.rest.add('backgrounds', given.name, bytes);
    this.page.look = { ...this.page.look, backdrop: 'image', image: given.name };
    return { level: 'good', title: bare(given.name), text: 'It is the background now.' };
  }

  /** Empty when it is kept, else why it is not. */
  private async keep(kind: 'models3d' | 'animations', name: string, bytes: ArrayBuffer): Promise<string> {
    try {
      await this.rest.add(kind, name, bytes);
      return '';
    } catch (error) {
      return `It is on the stage, but not kept: ${info_words(error)}`;
    }
  }

  private async learn(name: string): Promise<void> {
    const { convert } = await import('../../stage/motion/convert');
    const made = await convert(name, await this.rest.fetch('animations', name));
    this.host.learn(made.clip);
    this.learned.add(name);
  }
}

/** Trouble with a file is said in words already; what comes from the server has a hint. */
function info_words(error: unknown): string {
  if (error instanceof Error && !(error instanceof ApiError)) return error.message;
  const { message, hint } = info_of(error);
  return [message, hint].filter(Boolean).join(' ');
}
