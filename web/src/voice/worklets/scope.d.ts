// What an AudioWorklet sees around itself.

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
interface AudioWorkletNodeProcessor extends AudioWorkletProcessor {
  process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean;
}
declare function registerProcessor(name: string, made: new () => AudioWorkletNodeProcessor): void;
declare const sampleRate: number;
declare const currentFrame: number;
