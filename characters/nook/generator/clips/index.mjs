// All clips, in the order in which they are packed.
import * as feelings from './feelings.mjs';
import * as gestures from './gestures.mjs';
import * as idle from './idle.mjs';
import * as seated from './seated.mjs';
import * as talking from './talking.mjs';
import * as walking from './walking.mjs';

export const CLIPS = [idle, gestures, talking, feelings, walking, seated].flatMap((group) =>
  Object.values(group).filter((value) => value?.name && value.keys));
