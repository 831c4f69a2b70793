// Figures, movements and backgrounds: dropped or chosen files are read here, once, and kept by the server.

import { ApiError } from '../../net/rest';
import { type KeptFile, StageRest } from '../../net/stage_rest';
import type { Converted } from '../../stage/motion/convert';
import type { ModelReport } from '../../stage/vrm_file';
import { type Page, info_of } from '../page.svelte';
import type { StageHost } from './host.svelte';
import { backdrop_named, kFirstLook } from './look';

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
  /** the one on the stage, as its file is named; empty: Nook */
  figure = $state('');
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
  /** by clip: file and size of the movements that the body has learned from the server */
  private readonly learned = new Map<string, string>();
  /** the server's choice of the figure as it was seen last */
  private chosen = '';
  /** one thing after the other: a figure that is being put on is not taken off by news of itself */
  private last: Promise<unknown> = Promise.resolve();

  constructor(page: Page, host: StageHost) {
    this.page = page;
    this.host = host;
    this.rest = new StageRest(page.rest);
  }

  /** A new stage, with Nook on it: what the server keeps, and what was chosen for every page. */
  async open(): Promise<void> {
    this.learned.clear();
    this.chosen = this.figure = '';
    const background = await this.rest.background().catch(() => '');
    // Who chose another one in this browser keeps it.
    if (background && this.page.look.backdrop === kFirstLook.backdrop) this.page.look = { ...this.page.look, ...backdrop_named(background) };
    await this.follow();
  }

  /** Files or choices have changed, or may have: the stage has what the server has. */
  follow(): Promise<void> {
    return this.in_turn(async () => {
      await this.refresh();
      const chosen = await this.rest.chosen_figure().catch(() => this.chosen);
      if (chosen !== this.chosen) {
        this.chosen = chosen;
        await this.put_on(chosen).catch((error: unknown) => this.cannot(chosen, error));
      }
      await this.learn_all();
    });
  }

  private in_turn(work: () => Promise<void>): Promise<void> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
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

  take(files: Iterable<File>): Promise<void> {
    return this.in_turn(async () => {
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
    });
  }

  /** A figure that the server keeps, for every page; empty: Nook. */
  choose(name: string): Promise<void> {
    return this.in_turn(async () => {
      try {
        await this.put_on(name);
        await this.rest.choose_figure(name);
        this.chosen = name;
      } catch (error) {
        this.cannot(name, error);
      }
    });
  }

  async remove(kind: 'models3d' | 'animations' | 'backgrounds', name: string): Promise<void> {
    if ((await this.page.attempt(() => this.rest.remove(kind, name).then(() => true))) !== true) return;
    if (kind === 'models3d' && this.figure === name) await this.choose('');
    if (kind === 'backgrounds' && this.page.look.image === name) this.page.look = { ...this.page.look, backdrop: 'niche', image: '' };
    await this.follow();
  }

  private async put_on(name: string): Promise<void> {
    if (name === '') await this.host.wear_nook();
    else await this.host.wear(await this.rest.fetch('models3d', name), name);
    this.figure = name;
  }
  private cannot(name: string, error: unknown): void {
    this.note = { level: 'trouble', title: `“${name || 'Nook'}” cannot be shown`, text: info_words(error) };
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
    this.figure = `${name}.vrm`;
    const kept = await this.keep('models3d', this.figure, bytes);
    if (kept === '') {
      this.chosen = this.figure;
      await this.rest.choose_figure(this.figure);
    }
    return { level: 'good', title: report.name || name, text: kept, report };
  }

  private async read_movement(file_name: string, bytes: ArrayBuffer): Promise<Note> {
    const made = await this.converted(file_name, bytes);
    const action = this.host.learn(made.clip);
    const kept = await this.keep('animations', `${made.name}.vrma`, made.vrma);
    if (kept === '') this.learned.set(made.name, version(`${made.name}.vrma`, made.vrma.byteLength));
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

  /** The body knows the movements that the server keeps, and no others of them. */
  private async learn_all(): Promise<void> {
    const own = this.movements.filter((m) => !m.builtin);
    // What was put into the folder as another form has been kept as VRMA beside it.
    const wanted = own.filter(({ name }) => /\.vrma$/i.test(name) || !own.some((o) => o.name === `${bare(name)}.vrma`));
    for (const clip of this.learned.keys()) {
      if (wanted.some(({ name }) => bare(name) === clip)) continue;
      this.learned.delete(clip);
      this.host.forget(clip);
    }
    for (const { name, bytes } of wanted) {
      if (this.learned.get(bare(name)) === version(name, bytes)) continue;
      // One that cannot be read is left out: it stands in the list, and the others come.
      await this.learn(name, bytes).catch(() => this.learned.set(bare(name), version(name, bytes)));
    }
  }

  private async learn(name: string, bytes: number): Promise<void> {
    const made = await this.converted(name, await this.rest.fetch('animations', name));
    this.host.learn(made.clip);
    this.learned.set(bare(name), version(name, bytes));
    if (/\.vrma$/i.test(name) || (await this.keep('animations', `${made.name}.vrma`, made.vrma)) !== '') return;
    this.learned.set(bare(name), version(`${made.name}.vrma`, made.vrma.byteLength));
  }

  private async converted(name: string, bytes: ArrayBuffer): Promise<Converted> {
    return (await import('../../stage/motion/convert')).convert(name, bytes);
  }
}

const version = (file: string, bytes: number): string => `${file}:${bytes}`;

/** Trouble with a file is said in words already; what comes from the server has a hint. */
function info_words(error: unknown): string {
  if (error instanceof Error && !(error instanceof ApiError)) return error.message;
  const { message, hint } = info_of(error);
  return [message, hint].filter(Boolean).join(' ');
}
