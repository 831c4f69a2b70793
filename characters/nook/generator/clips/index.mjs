// All clips, in the order in which they are shown and packed.
import * as gestures from './gestures.mjs';
import * as idle from './idle.mjs';
import * as seated from './seated.mjs';

export const CLIPS = [idle, gestures, seated].flatMap((group) =>
  Object.values(group).filter((value) => value?.name && value.keys));
