// Everything that comes from the microphone: what of it leaves this machine, how loud it is, whether
// it is switched off, and what the short exchange after waking finds.

import { kInputRate, to_wire } from './frames';
import { without_notice } from './reduce';
import { SilenceWatch } from './silence_watch';
import { ears_open, kHistory, type Meters } from './state';
import type { TalkStore } from './store';
import { notice } from './trouble';
import { kNoFindings, WakeCheck, type WakeFindings } from './wake_check';

const kSilence = new Int16Array(kInputRate / 50);

export class Ears {
  readonly meters: Meters = { level: -100, probability: 0, history: new Float32Array(kHistory) };
  private readonly store: TalkStore;
  private readonly send: (frame: ArrayBuffer) => void;
  private readonly silence = new SilenceWatch();
  private check: WakeCheck | undefined;

  constructor(store: TalkStore, send: (frame: ArrayBuffer) => void) {
    this.store = store;
    this.send = send;
  }

  /** Another microphone. */
  begin(): void {
    this.silence.begin();
  }

  end(): void {
    this.check = undefined;
    this.meters.level = -100;
    this.meters.probability = 0;
    this.meters.history.fill(0);
  }

  hear(frame: Int16Array<ArrayBuffer>, level: number): void {
    const { talk } = this.store;
    const open = ears_open(talk);
    this.meters.level = open ? level : -100;
    // Silence keeps the server's clock of samples going; nothing of the room leaves this machine.
    this.send(to_wire(open ? frame : kSilence.slice()));
    if (!open) return;
    this.check?.frame(level, talk.sounding !== undefined);
    const news = this.silence.frame(level);
    if (news === 'silent') this.store.patch({ notice: notice('mic_silent') });
    if (news === 'heard' && talk.notice?.problem === 'mic_silent') this.store.set(without_notice(talk));
  }

  /** The server's probability that somebody speaks; gives what the check has newly found. */
  measure(p: number): WakeFindings | undefined {
    this.meters.probability = p;
    this.meters.history.copyWithin(0, 1);
    this.meters.history[kHistory - 1] = p;
    this.check?.probability(p, this.store.talk.sounding !== undefined);
    return this.find();
  }

  understood(text: string): void {
    this.check?.understood(text);
  }

  begin_check(): void {
    this.check = new WakeCheck();
    this.store.patch({ findings: kNoFindings });
  }

  end_check(): void {
    this.check = undefined;
    const { findings: _, ...rest } = this.store.talk;
    this.store.set(rest);
  }

  private find(): WakeFindings | undefined {
    const found = this.check?.findings;
    const known = this.store.talk.findings;
    if (!found || (known && same(known, found))) return undefined;
    this.store.patch({ findings: found });
    return found;
  }
}

function same(a: WakeFindings, b: WakeFindings): boolean {
  return a.level === b.level && a.words === b.words && a.echo === b.echo;
}
