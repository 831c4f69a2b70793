// A room is never quite silent: a microphone that delivers zeros only is switched off.

const kZeros_dbfs = -95;
/** frames of 20 ms */
const kLong = 200;

export class SilenceWatch {
  private zeros = 0;

  begin(): void {
    this.zeros = 0;
  }

  frame(level_dbfs: number): 'silent' | 'heard' | undefined {
    if (level_dbfs > kZeros_dbfs) {
      const was_silent = this.zeros >= kLong;
      this.zeros = 0;
      return was_silent ? 'heard' : undefined;
    }
    this.zeros += 1;
    return this.zeros === kLong ? 'silent' : undefined;
  }
}
