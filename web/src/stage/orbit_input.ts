// Pointer, wheel, pinch and keys on the canvas, as turns and zooms of the camera.

export interface OrbitTarget {
  orbit(yaw: number, pitch: number): void;
  zoom(factor: number): void;
  reset(): void;
}

/** Degrees per pixel. */
const kTurn = 0.32;

export class OrbitInput {
  private readonly held = new Map<number, { x: number; y: number }>();
  private readonly stop = new AbortController();
  private readonly target: OrbitTarget;
  private readonly moved: () => void;

  constructor(element: HTMLElement, target: OrbitTarget, moved: () => void) {
    this.target = target;
    this.moved = moved;
    const options = { signal: this.stop.signal };
    element.addEventListener('pointerdown', (e) => this.down(element, e), options);
    element.addEventListener('pointermove', (e) => this.move(e), options);
    for (const name of ['pointerup', 'pointercancel'] as const) element.addEventListener(name, (e) => this.held.delete(e.pointerId), options);
    element.addEventListener('wheel', (e) => this.wheel(e), { ...options, passive: false });
    element.addEventListener('dblclick', () => this.done(() => target.reset()), options);
    element.addEventListener('keydown', (e) => this.key(e), options);
  }

  end(): void {
    this.stop.abort();
  }

  private down(element: HTMLElement, event: PointerEvent): void {
    if (event.button !== 0) return;
    this.held.set(event.pointerId, { x: event.clientX, y: event.clientY });
    element.setPointerCapture(event.pointerId);
  }

  private move(event: PointerEvent): void {
    const before = this.held.get(event.pointerId);
    if (!before) return;
    const here = { x: event.clientX, y: event.clientY };
    if (this.held.size === 1) this.target.orbit((before.x - here.x) * kTurn, (here.y - before.y) * kTurn * 0.7);
    const other = [...this.held].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const apart = (p: { x: number; y: number }): number => Math.hypot(p.x - other.x, p.y - other.y);
      this.target.zoom(apart(here) / Math.max(apart(before), 1));
    }
    this.held.set(event.pointerId, here);
    this.moved();
  }

  private wheel(event: WheelEvent): void {
    if (event.ctrlKey) return; // the browser's own zoom
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY;
    this.done(() => this.target.zoom(Math.exp(-pixels * 0.0012)));
  }

  private key(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const acts: Record<string, () => void> = {
      ArrowLeft: () => this.target.orbit(-12, 0), ArrowRight: () => this.target.orbit(12, 0),
      ArrowUp: () => this.target.orbit(0, 6), ArrowDown: () => this.target.orbit(0, -6),
      '+': () => this.target.zoom(1.15), '-': () => this.target.zoom(1 / 1.15), '0': () => this.target.reset(),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    this.done(act);
  }

  private done(act: () => void): void {
    act();
    this.moved();
  }
}
