/** Waits before the next attempt to connect: doubling, with jitter so that pages do not march in step. */
export class Backoff {
  private attempts = 0;
  private readonly random: () => number;

  constructor(random: () => number = Math.random) {
    this.random = random;
  }

  next(): number {
    const ceiling = Math.min(kLongest, kShortest * 2 ** this.attempts);
    this.attempts += 1;
    return Math.round(ceiling * (0.5 + this.random() / 2));
  }

  reset(): void {
    this.attempts = 0;
  }
}

const kShortest = 400;
const kLongest = 10_000;
