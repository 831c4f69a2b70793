// Awake as soon as the page opens: without a click, without a word, and, where it fails, without a complaint.

import type { VoiceAudio } from './audio';
import type { VoiceController } from './controller';

export async function wake_by_itself(controller: VoiceController, audio: VoiceAudio): Promise<void> {
  if (controller.talk.preferences.by_itself && (await audio.allowed())) await controller.wake('quietly');
}
