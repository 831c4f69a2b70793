/** Hands a file to the browser. The name comes from a conversation's title: only what every disk takes. */
export function save_blob(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name.replace(/[^\p{L}\p{N} ._-]+/gu, '').slice(0, 80).trim() || 'conversation';
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
