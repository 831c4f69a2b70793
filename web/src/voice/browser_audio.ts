// Microphone and loudspeaker of a browser: one AudioContext, a worklet for each direction.

import { AudioTrouble, type AudioEvents, type AudioProblem, type Devices, type Microphone, type VoiceAudio } from './audio';
import type { LaneNews, LaneOrder } from './lanes';
import capture_url from './worklets/capture.worklet.ts?worker&url';
import playback_url from './worklets/playback.worklet.ts?worker&url';

/** Chrome's and Firefox's; TypeScript's list has neither. */
interface SinkContext extends AudioContext {
  setSinkId?: (id: string) => Promise<void>;
}

const kPatience_ms = 3000;

interface Captured { frame: Int16Array<ArrayBuffer>; level: number }

export class BrowserAudio implements VoiceAudio {
  private context: SinkContext | undefined;
  private playback: AudioWorkletNode | undefined;
  private capture: AudioWorkletNode | undefined;
  private source: MediaStreamAudioSourceNode | undefined;
  private stream: MediaStream | undefined;
  private events: AudioEvents | undefined;

  async allowed(): Promise<boolean> {
    if (!window.isSecureContext || !navigator.mediaDevices) return false;
    // Not every browser knows this name.
    const asked = await navigator.permissions?.query({ name: 'microphone' as PermissionName }).catch(() => undefined);
    return asked?.state === 'granted';
  }

  async unlock(events: AudioEvents): Promise<void> {
    if (!window.isSecureContext || !navigator.mediaDevices) throw new AudioTrouble('insecure');
    if (typeof AudioWorkletNode === 'undefined') throw new AudioTrouble('no_worklets');
    this.events = events;
    const context: SinkContext = new AudioContext({ latencyHint: 'interactive' });
    this.context = context;
    // A phone that rang, or was locked, suspends the sound without being asked.
    context.onstatechange = () => {
      if (this.context === context && context.state !== 'running') void context.resume().catch(() => undefined);
    };
    // Outside of a click this waits for the microphone.
    void context.resume().catch(() => undefined);
    await Promise.all([context.audioWorklet.addModule(capture_url), context.audioWorklet.addModule(playback_url)]);
    const playback = new AudioWorkletNode(context, 'loci-playback', { numberOfInputs: 0, outputChannelCount: [1] });
    playback.port.onmessage = (e: MessageEvent<LaneNews>) => this.events?.on_news(e.data);
    playback.connect(context.destination);
    this.playback = playback;
    navigator.mediaDevices.addEventListener('devicechange', this.devices_changed);
  }

  async open_microphone(device: string | undefined): Promise<Microphone> {
    const context = this.context;
    if (!context) throw new AudioTrouble('unknown', 'no sound yet');
    const stream = await open_stream(device);
    if (this.context !== context) {
      for (const track of stream.getTracks()) track.stop();
      throw new AudioTrouble('unknown', 'put to sleep meanwhile');
    }
    this.close_microphone();
    const [track] = stream.getAudioTracks();
    if (!track) throw new AudioTrouble('no_device');
    track.onended = () => this.events?.on_lost();
    const capture = new AudioWorkletNode(context, 'loci-capture', { numberOfOutputs: 0, channelCount: 1, channelCountMode: 'explicit' });
    capture.port.onmessage = (e: MessageEvent<Captured>) => this.events?.on_frame(e.data.frame, e.data.level);
    this.source = context.createMediaStreamSource(stream);
    this.source.connect(capture);
    this.capture = capture;
    this.stream = stream;
    if (!(await runs(context))) throw new AudioTrouble('no_click');
    const settings = track.getSettings();
    return {
      id: settings.deviceId ?? '', name: track.label || 'Microphone',
      echo_cancelled: settings.echoCancellation === true, noise_suppressed: settings.noiseSuppression === true,
    };
  }

  async use_output(device: string | undefined): Promise<void> {
    await this.context?.setSinkId?.(device ?? '');
  }

  async devices(): Promise<Devices> {
    const all = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
    const of = (kind: MediaDeviceKind, name: string) => all.filter((d) => d.kind === kind && d.deviceId)
      .map((d, i) => ({ id: d.deviceId, name: d.label || `${name} ${i + 1}` }));
    return {
      inputs: of('audioinput', 'Microphone'), outputs: of('audiooutput', 'Loudspeaker'),
      output_choice: this.context ? typeof this.context.setSinkId === 'function' : 'setSinkId' in AudioContext.prototype,
    };
  }

  order(order: LaneOrder): void {
    this.playback?.port.postMessage(order, order.type === 'audio' ? [order.samples.buffer] : []);
  }

  now(): number {
    return this.context?.currentTime ?? 0;
  }

  latency(): number {
    const context = this.context;
    if (!context) return 0;
    const reported = context.outputLatency;
    return reported > 0 ? reported : context.baseLatency || 0;
  }

  rate(): number {
    return this.context?.sampleRate ?? 48_000;
  }

  close(): void {
    navigator.mediaDevices?.removeEventListener('devicechange', this.devices_changed);
    this.close_microphone();
    this.playback?.disconnect();
    this.playback = undefined;
    this.events = undefined;
    const context = this.context;
    this.context = undefined;
    // The last 20 ms fade out first.
    if (context) setTimeout(() => void context.close().catch(() => undefined), 60);
  }

  private close_microphone(): void {
    this.source?.disconnect();
    if (this.capture) this.capture.port.onmessage = null;
    for (const track of this.stream?.getTracks() ?? []) {
      track.onended = null;
      track.stop();
    }
    this.source = this.capture = this.stream = undefined;
  }

  private readonly devices_changed = () => this.events?.on_devices();
}

/** Whether sound runs, or does within a moment. */
async function runs(context: AudioContext): Promise<boolean> {
  const late = new Promise((resolve) => setTimeout(resolve, kPatience_ms));
  if (context.state !== 'running') await Promise.race([context.resume().catch(() => undefined), late]);
  return context.state === 'running';
}

async function open_stream(device: string | undefined): Promise<MediaStream> {
  const audio: MediaTrackConstraints = {
    echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1,
    ...(device ? { deviceId: { ideal: device } } : {}),
  };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio });
  } catch (error) {
    throw new AudioTrouble(problem_of(error));
  }
}

function problem_of(error: unknown): AudioProblem {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'no_device';
  return name === 'NotReadableError' || name === 'AbortError' ? 'device_busy' : 'unknown';
}
