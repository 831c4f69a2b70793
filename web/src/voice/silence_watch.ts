// A room is never quite silent: a microphone that has delivered nothing but zeros since it was opened
// is switched off. Later zeros are the work of noise suppression.

const kZeros_dbfs = -95;
/** frames of 20 ms */
const kLong = 400;

export class SilenceWatch {
  private zeros = 0;
  private alive = false;

  begin(): void {
    this.zeros = 0;
    this.alive = false;
  }

  frame(level_dbfs: number): 'silent' | 'heard' | undefined {
    if (level_dbfs > kZeros_dbfs) {
      const first = !this.alive && this.zeros >= kLong;
      this.alive = true;
      return first ? 'heard' : undefined;
    }
    this.zeros += 1;
    return !this.alive && this.zeros === kLong ? 'silent' : undefined;
  }
}
