// How much of a response a person has heard: what the worklet has put out, minus what is still on
// its way through the sound card. It never goes back and never runs ahead of what was put out.

export class PlayedAccount {
  private out_ms = 0;
  private told_at = 0;
  private running = false;
  private most = 0;

  /** The worklet had put out `out_ms` at `at_s` of the audio clock. */
  report(out_ms: number, at_s: number, running: boolean): void {
    this.out_ms = Math.max(this.out_ms, out_ms);
    this.told_at = at_s;
    this.running = running;
  }

  heard_ms(now_s: number, latency_s: number): number {
    const since = Math.max(0, (now_s - this.told_at) * 1000);
    const cap = this.running ? this.out_ms + since : this.out_ms;
    const heard = Math.min(cap, this.out_ms + since - latency_s * 1000);
    this.most = Math.max(this.most, Math.min(heard, cap), 0);
    return this.most;
  }

  /** All that was put out has also left the loudspeaker, and nothing more goes out. */
  settled(now_s: number, latency_s: number): boolean {
    return !this.running && this.heard_ms(now_s, latency_s) >= this.out_ms - 0.5;
  }
}
