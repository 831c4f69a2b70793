// The talk as components see it: the state to read, and the controller to ask.

import { createContext } from 'svelte';
import type { VoiceController } from '../../voice/controller';
import { shown, type Talk } from '../../voice/state';

export class VoiceView {
  /** Replaced as a whole with every change. */
  talk = $state.raw<Talk>() as Talk;
  readonly controller: VoiceController;

  constructor(controller: VoiceController) {
    this.controller = controller;
    this.talk = controller.talk;
    controller.subscribe((talk) => (this.talk = talk));
  }

  get shown() {
    return shown(this.talk);
  }

  get awake(): boolean {
    return this.talk.phase === 'awake';
  }
}

/** Calls `draw` before every frame while the element lives; for what changes faster than state should. */
export function each_frame(draw: () => void): () => void {
  let frame = requestAnimationFrame(function step() {
    draw();
    frame = requestAnimationFrame(step);
  });
  return () => cancelAnimationFrame(frame);
}

export const [use_voice, provide_voice] = createContext<VoiceView>();
